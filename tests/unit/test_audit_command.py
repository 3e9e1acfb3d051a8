"""`!audit` in the bot's direct chat, for administrators only (requirements E18, S7)."""

import pytest

from tests.fakes.rooms import FakeRoom
from tests.unit.desk import BOT, CARLA, Desk
from tests.unit.wiring import ADA


@pytest.fixture
async def audited(desk: Desk) -> Desk:
    desk.homeserver.introduce(ADA)
    async with desk.store.begin() as work:
        for number in range(1, 31):
            action, live_chat = ("hook.configured", "support") if number % 3 else ("hook.switched_off", None)
            await work.audit.add(desk.clock.now(), ADA, action, f"<b>{number}</b>", live_chat=live_chat)
        await work.commit()
    return desk


async def ask(desk: Desk, said: str, who: str = ADA) -> FakeRoom:
    room_id = await desk.people.open_room(who, BOT)
    await desk.settle()
    await desk.people.say(who, room_id, said)
    await desk.settle()
    return desk.homeserver.rooms[room_id]


def answer(desk: Desk, room: FakeRoom) -> str:
    return desk.lines(room)[-1].removeprefix("livechat: ")


def actions(desk: Desk, room: FakeRoom) -> int:
    return answer(desk, room).count(": hook.")


async def test_the_newest_stand_first_and_the_rest_on_the_next_page(audited: Desk) -> None:
    room = await ask(audited, "!audit hook")
    assert "<b>30</b>" in answer(audited, room).partition("hook.")[2].partition("hook.")[0]
    assert actions(audited, room) == 20
    assert "&lt;b&gt;30" in (room.shown()[-1].content.html or "")  # type: ignore[union-attr]
    last = answer(audited, room).rpartition("Older ones: !audit before=")[2]
    rest = await ask(audited, f"!audit hook before={last}")
    assert "<b>10</b>" in answer(audited, rest).partition("hook.")[2].partition("hook.")[0]
    assert actions(audited, rest) == 10
    assert "Older ones" not in answer(audited, rest)


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("!audit hook.switched_off", 10),
        ("!audit hook chat=support", 20),
        (f"!audit by={ADA} since=2100-01-01", 0),
        ("!audit until=2000-01-01", 0),
    ],
)
async def test_entries_are_chosen(audited: Desk, said: str, found: int) -> None:
    assert actions(audited, await ask(audited, said)) == found


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("!audit live_chat=support", "live_chat: is not known here. There are chat=…"),
        ("!audit a b", "Write one action"),
        ("!audit before=x", "before: 'x' is not the number of an entry"),
        ("!audit since=x", "since: 'x' is no date"),
        ("!audit cake", "action: there is no 'cake'"),
        ('!audit "', "quotation mark"),
    ],
)
async def test_what_is_wrong_is_named(audited: Desk, said: str, reason: str) -> None:
    assert reason in answer(audited, await ask(audited, said))


async def test_others_are_refused(audited: Desk) -> None:
    assert "Only administrators" in answer(audited, await ask(audited, "!audit", CARLA))
