"""Online, away, offline, absent: what employees say of themselves, and what follows (requirements E1, S17)."""

import pytest

from livechat_plugin import SessionState, Text
from livechat_plugin.core.employees import OperatorStatus
from livechat_plugin.services.live_chats import LiveChatForm
from livechat_plugin.services.room_events import ReadUpTo, Signal, TypingChanged
from tests.fakes.rooms import FakeRoom
from tests.unit.desk import ANNA, BORIS, BOT, CARLA, DAN, SAM, Desk, event_ids


def told(desk: Desk) -> str:
    return desk.lines(desk.queue)[-1].removeprefix("livechat_support: ")


def told_inside(desk: Desk) -> str:
    return desk.lines(desk.session_room())[-1].removeprefix("livechat_support: ")


def status(desk: Desk, user: str) -> OperatorStatus:
    return desk.stored.employees[user].status


async def bot_chat(desk: Desk, user: str) -> FakeRoom:
    room_id = await desk.people.open_room(user, BOT)
    await desk.settle()
    return desk.homeserver.rooms[room_id]


async def ask_bot(desk: Desk, user: str, said: str) -> str:
    room = await bot_chat(desk, user)
    await desk.people.say(user, room.room_id, said)
    await desk.settle()
    return desk.lines(room)[-1].removeprefix("livechat: ")


@pytest.mark.parametrize("name", ["online", "away", "offline"])
async def test_a_status_is_set_and_its_meaning_told(desk: Desk, name: str) -> None:
    await desk.command(ANNA, f"!{name}")
    assert status(desk, ANNA) is OperatorStatus(name)
    assert told(desk).startswith(f"You are {name}.")


async def test_it_is_set_in_session_rooms_and_the_bots_chat_too(desk: Desk) -> None:
    await desk.write()
    await desk.take()
    await desk.answer(ANNA, "!away")
    assert status(desk, ANNA) is OperatorStatus.AWAY
    assert told_inside(desk).startswith("You are away.")
    assert (await ask_bot(desk, SAM, "!offline")).startswith("You are offline.")
    assert status(desk, SAM) is OperatorStatus.OFFLINE
    assert desk.lines(desk.chat()) == ["carla: Hello"]


@pytest.mark.parametrize("said", ["!online", "!absent", "!absent clear", "!absent until 2026-12-05", "!who"])
async def test_customers_have_no_status(desk: Desk, said: str) -> None:
    assert "You are neither operator nor supervisor here." in await ask_bot(desk, CARLA, said)
    assert CARLA not in desk.stored.employees


async def test_offline_operators_cannot_take_neither_by_command_nor_by_reaction(desk: Desk) -> None:
    await desk.write()
    await desk.command(ANNA, "!offline")
    await desk.command(ANNA, "!take 1")
    assert "You are offline, so you can neither take sessions nor answer. Write !online first." in told(desk)
    await desk.people.react(ANNA, desk.queue.room_id, desk.card().event_id, "✋")
    await desk.settle()
    assert "Write !online first." in told(desk)
    assert desk.queue.mentioned[desk.queue.shown()[-1].event_id] == {ANNA}
    assert desk.session().state is SessionState.WAITING
    await desk.command(ANNA, "!online")
    await desk.take(ANNA)
    assert desk.session().is_served_by(ANNA)


async def test_who_is_away_can_take_and_answer(desk: Desk) -> None:
    await desk.write()
    await desk.command(ANNA, "!away")
    await desk.take(ANNA)
    await desk.answer(ANNA, "I am back sooner")
    assert desk.lines(desk.chat())[-1] == "livechat_support: I am back sooner"


async def test_what_an_offline_operator_does_in_their_session_stays_inside_and_they_are_told(
    desk: Desk,
) -> None:
    await desk.write()
    await desk.take(ANNA)
    first = await desk.answer(ANNA, "While online")
    await desk.answer(ANNA, "!offline")
    assert "You still serve #1: what you write there is not sent to the customer." in told_inside(desk)
    before = desk.lines(desk.chat())

    written = await desk.answer(ANNA, "While offline")
    refusal = "Not sent to the customer. You are offline, so you can neither take sessions nor answer."
    assert told_inside(desk).startswith(refusal)
    assert desk.session_room().shown()[-1].reply_to == written
    await desk.people.edit(ANNA, desk.session_room().room_id, first, "Changed")
    await desk.settle()
    assert told_inside(desk).startswith(refusal)
    [hello] = event_ids(desk.session_room().shown(), "Hello")
    await desk.people.react(ANNA, desk.session_room().room_id, hello, "👍")
    await desk.settle()
    assert told_inside(desk).startswith(refusal)
    assert desk.session_room().shown()[-1].reply_to == hello
    assert desk.lines(desk.chat()) == before
    assert [shown.reactions for shown in desk.chat().shown()] == [()] * len(before)

    await desk.answer(ANNA, "!note they look on")
    await desk.people.redact(ANNA, desk.session_room().room_id, first)
    await desk.settle()
    assert desk.lines(desk.chat()) == before[:-1], "what was sent can be taken back"
    await desk.answer(ANNA, "!online")
    await desk.answer(ANNA, "Online again")
    assert desk.lines(desk.chat())[-1] == "livechat_support: Online again"


async def test_a_notice_of_an_offline_operators_program_is_neither_sent_nor_answered(desk: Desk) -> None:
    await desk.write()
    await desk.take(ANNA)
    await desk.answer(ANNA, "!offline")
    before = desk.lines(desk.session_room())
    await desk.answer(ANNA, Text("I am a program", style="notice"))
    assert len(desk.lines(desk.session_room())) == len(before) + 1
    assert "I am a program" not in desk.lines(desk.chat())[-1]


async def test_the_customer_sees_neither_typing_nor_reading_of_one_who_only_looks_on(desk: Desk) -> None:
    await desk.write()
    await desk.take(ANNA)
    room = desk.session_room().room_id
    [hello] = event_ids(desk.session_room().shown(), "Hello")
    signals: list[Signal] = [TypingChanged(room, frozenset({ANNA})), ReadUpTo(room, ANNA, hello)]
    await desk.answer(ANNA, "!offline")
    await desk.signals.relay(signals)
    assert (desk.chat().typing, desk.chat().read) == (set(), {})
    await desk.answer(ANNA, "!online")
    await desk.signals.relay(signals)
    assert desk.chat().typing
    assert desk.chat().read


async def test_absences_are_kept_listed_and_cleared(desk: Desk) -> None:
    await desk.command(ANNA, "!absent")
    assert told(desk).startswith("You are not absent.")
    await desk.command(ANNA, "!absent 2026-12-01 2026-12-05 skiing in the Alps")
    assert told(desk).startswith(
        "You are absent from 1 December 2026 to 5 December 2026 (skiing in the Alps)."
    )
    await desk.command(ANNA, "!absent until 2.1.2026")
    assert told(desk).startswith("You are absent from 1 January 2026 to 2 January 2026.")
    await desk.command(ANNA, "!absent 2026-06-01")
    assert told(desk).startswith("You are absent on 1 June 2026.")
    await desk.command(ANNA, "!absent 2026-07-01 to 2026-07-02")
    await desk.command(ANNA, "!absent")
    assert told(desk).startswith("You are absent: - ")
    for words in ("from 1 January", "on 1 June", "from 1 July 2026 to 2 July", "(skiing in the Alps)"):
        assert words in told(desk)
    await desk.command(BORIS, "!absent")
    assert told(desk).startswith("You are not absent.")
    await desk.command(ANNA, "!absent clear")
    assert told(desk) == "You are not absent any more."
    assert desk.stored.absences == {}
    await desk.command(ANNA, "!absent clear")
    assert told(desk) == "You were not absent."


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("!absent tomorrow", "'tomorrow' tells no days. Write, for example, !absent 2026-12-01"),
        ("!absent 2026-13-01 2026-13-05", "Write, for example"),
        ("!absent 2026-12-05 2026-12-01", "before it begins"),
        ("!absent until 2025-12-31", "before it begins"),
        ("!absent 2025-12-01 2025-12-31", "31 December 2025 is over already."),
        ("!absent 2026-12-01 2126-12-01", "longer than two years"),
        ("!absent until", "tells no days"),
    ],
)
async def test_wrong_days_are_refused_with_the_way_out(desk: Desk, said: str, reason: str) -> None:
    await desk.command(ANNA, said)
    assert reason in told(desk)
    assert desk.stored.absences == {}


async def test_somebody_has_only_so_many_absences(desk: Desk) -> None:
    for _ in range(50):
        await desk.command(ANNA, "!absent 2026-12-01")
    await desk.command(ANNA, "!absent 2026-12-01")
    assert "!absent clear" in told(desk)
    assert len(desk.stored.absences) == 50


async def test_online_in_an_absence_tells_that_it_goes_on(desk: Desk) -> None:
    await desk.command(ANNA, "!absent until 2026-01-05")
    await desk.command(ANNA, "!online")
    assert "but absent until 5 January 2026" in told(desk)
    assert "!absent clear" in told(desk)
    await desk.write()
    await desk.take(ANNA)
    assert desk.session().is_served_by(ANNA)


async def test_who_shows_operators_and_supervisors_who_works(desk: Desk) -> None:
    await desk.command(ANNA, "!away")
    await desk.command(BORIS, "!absent until 2026-01-05 skiing")
    await desk.command(SAM, "!who")
    assert told(desk) == (
        f"Customer Support: 🟢 {SAM} (supervisor) is online 🟡 {ANNA} is away "
        f"🟡 {BORIS} is absent until 5 January 2026 (skiing)"
    )
    await desk.command(BORIS, "!offline")
    await desk.command(ANNA, "!who")
    assert f"⚪ {BORIS} is offline" in told(desk)


async def test_who_shows_each_their_own_live_chats(desk: Desk) -> None:
    await desk.add_live_chat(LiveChatForm("it", "IT", (DAN,)))
    assert (await ask_bot(desk, DAN, "!who")) == f"IT: 🟢 {DAN} is online"
    assert "IT" not in await ask_bot(desk, ANNA, "!who")
    both = await ask_bot(desk, "@ada:example.org", "!who")
    assert "Customer Support:" in both
    assert "IT:" in both


async def test_supervisors_say_it_in_their_own_room(desk: Desk) -> None:
    room = desk.homeserver.rooms[desk.live_chat.supervisors_room or ""]
    for said in ("!away", "!who", "!help"):
        await desk.people.say(SAM, room.room_id, said)
        await desk.settle()
    assert status(desk, SAM) is OperatorStatus.AWAY
    away, who, help_ = desk.lines(room)[1::2]
    assert "You are away." in away
    assert f"{SAM} (supervisor) is away" in who
    assert "!absent" in help_
