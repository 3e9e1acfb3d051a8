"""Deliveries that meet trouble: nothing lost, nothing doubled, nothing out of order, and somebody told."""

import random
from dataclasses import replace

import pytest

from livechat_plugin import SessionState, Text, preview
from livechat_plugin.core.acts import Say
from livechat_plugin.core.errors import ConcurrentChange, StoreUnavailable
from livechat_plugin.services import attempts, ledger
from livechat_plugin.services.deliveries import (
    ActForCustomer,
    AdmitOperator,
    Payload,
    PrepareSessionRoom,
    PrepareSpareRoom,
    RouteSession,
    SayFarewell,
    ShowCard,
    TidySession,
    session_lane,
    to_customer_lane,
)
from tests.fakes.faults import absence, refusal
from tests.unit.desk import ANNA, CARLA, SUPPORT, Desk


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attempts, "_backoff", lambda _: 0.001)
    monkeypatch.setattr(ledger, "STORE_AWAY", 0.001)


async def owe(desk: Desk, payload: Payload, lane: str = "lane") -> None:
    async with desk.store.begin() as work:
        await work.outbox.add(lane, payload)
        await work.commit()
    await desk.settle()


def said_by_customer(desk: Desk) -> list[str]:
    ghost = desk.ghost()[1:].partition(":")[0]
    return [
        line.removeprefix(f"{ghost}: ") for line in desk.lines(desk.session_room()) if line.startswith(ghost)
    ]


async def test_an_answer_that_got_lost_doubles_nothing(desk: Desk) -> None:
    desk.homeserver.faults.lose_answers(20)
    await desk.write(CARLA, "Hello")
    await desk.take(ANNA)
    desk.homeserver.faults.lose_answers(3)
    await desk.answer(ANNA, "Hi")
    await desk.people.react(ANNA, desk.session_room().room_id, desk.session_room().shown()[0].event_id, "👍")
    await desk.settle()
    assert desk.lines(desk.chat()) == ["carla: Hello", "livechat_support: Hi"]
    assert said_by_customer(desk) == ["Hello"]
    assert desk.chat().shown()[0].reactions == ("👍",)
    assert len([line for line in desk.queue.shown() if "#1 Carla" in preview(line.content)]) == 1


async def test_what_a_crash_interrupts_goes_on_where_it_was() -> None:
    async with Desk().working() as before:
        await before.set_up()
        await before.open_chat(CARLA)
    for word in ("one", "two", "three"):  # acknowledged, but nothing of it is delivered
        await before.people.say(CARLA, before.chat().room_id, word)
    await before.push_pending()
    async with Desk(stored=before.stored, homeserver=before.homeserver).working() as after:
        await after.settle()
        assert said_by_customer(after) == ["one", "two", "three"]
        assert "Waiting" in preview(after.card().content, 1000)


async def test_a_crash_between_sending_and_noting_it_doubles_nothing(desk: Desk) -> None:
    await desk.write(CARLA, "Hello")
    await desk.write(CARLA, "again")
    await desk.people.say(CARLA, desk.chat().room_id, "and again")
    await desk.push_pending()
    stored = desk.stored.copy()  # what a crash right now would leave
    await desk.settle()  # sent, but the crash forgets it
    async with Desk(stored=stored, homeserver=desk.homeserver).working() as after:
        await after.settle()
        assert said_by_customer(after) == ["Hello", "again", "and again"]


@pytest.mark.parametrize("seed", range(5))
async def test_whatever_fails_every_message_arrives_once_and_in_order(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - not for secrets
    async with Desk().working() as desk:
        await desk.set_up()
        await desk.write(CARLA, "0")
        await desk.take(ANNA)
        for number in range(1, 40):
            await desk.people.say(CARLA, desk.chat().room_id, str(number))
            await desk.people.say(ANNA, desk.session_room().room_id, str(number))
            match chance.randrange(5):
                case 0:
                    desk.homeserver.faults.fail(absence(), chance.randrange(1, 5))
                case 1:
                    desk.homeserver.faults.lose_answers(chance.randrange(1, 3))
                case 2 if not desk.store.commit_failures:
                    desk.store.commit_failures.extend([ConcurrentChange("faster")] * chance.randrange(1, 4))
                case 3:
                    desk.store.commit_failures.append(StoreUnavailable("away"))
                case _:
                    await desk.settle_patiently()
        await desk.settle_patiently()
        assert said_by_customer(desk) == [str(number) for number in range(40)]
        answers = [line.partition(": ")[2] for line in desk.lines(desk.chat()) if line.startswith("livechat")]
        assert answers == [str(number) for number in range(1, 40)]


async def test_an_edit_of_what_never_arrived_is_dropped_and_an_answer_to_it_is_shown(desk: Desk) -> None:
    await desk.write()
    desk.homeserver.faults.break_down(desk.ghost(), refusal())
    lost = await desk.write(CARLA, "lost")
    desk.homeserver.faults.mend(desk.ghost())
    chat = desk.chat().room_id
    await desk.people.edit(CARLA, chat, lost, "lost again")
    await desk.people.react(CARLA, chat, lost, "👍")
    await desk.people.say(CARLA, chat, "Did you get it?", lost)
    await desk.settle()
    assert said_by_customer(desk) == ["Hello", "Did you get it?"]
    assert desk.session_room().shown()[-1].reply_to is None


async def test_a_network_that_nobody_serves_is_told_to_the_operator(desk: Desk) -> None:
    await desk.write()
    await desk.take(ANNA)
    said = await desk.answer(ANNA, "!note a message to be lost")
    say = Say(Text("Hello"))
    await owe(desk, ActForCustomer(1, say, "pigeon", "roof", SUPPORT, None, said), to_customer_lane(1))
    assert "no channel serves the network 'pigeon'" in desk.lines(desk.session_room())[-1]


async def test_what_belongs_to_nothing_any_more_is_passed_over(desk: Desk) -> None:
    await desk.open_chat()  # a conversation without session and session room
    before = [list(room.events) for room in desk.homeserver.rooms.values()]
    gone: list[Payload] = [
        ShowCard(99),
        RouteSession(99, 1),
        SayFarewell(99, 1),
        PrepareSessionRoom(99, 1),
        PrepareSpareRoom(99),
        PrepareSpareRoom(1),  # is made already
        AdmitOperator(99, 1, ANNA),
        TidySession(99, 1, ANNA),
    ]
    for payload in gone:
        await owe(desk, payload)
    assert [list(room.events) for room in desk.homeserver.rooms.values()] == before
    assert desk.stored.failed == {}


async def test_words_wait_for_a_session_room_that_cannot_be_made_yet(desk: Desk) -> None:
    await desk.open_chat()
    rooms = desk.stored.session_rooms
    for number, room in list(rooms.items()):
        rooms[number] = replace(room, conversation_id=99)  # no spare room is left
    ghost = f"@livechat_support_c{max(rooms) + 1}:example.org"
    desk.homeserver.faults.break_down(ghost, refusal())
    await desk.people.say(CARLA, desk.chat().room_id, "Is there room?")
    await desk.push_pending()
    await desk.until(lambda: any("could not be made" in line for line in desk.lines(desk.queue)))
    desk.homeserver.faults.mend(ghost)
    desk.clock.advance(120)
    await desk.settle()
    assert any("Is there room?" in line for line in desk.lines(desk.session_room()))


async def test_an_invitation_for_a_session_that_is_over_is_not_made(desk: Desk) -> None:
    await desk.write()
    await desk.take(ANNA)
    await desk.answer(ANNA, "!close")
    await owe(desk, AdmitOperator(1, 1, ANNA))
    await desk.write()
    await owe(desk, AdmitOperator(2, 1, ANNA))  # nobody took it
    assert desk.session_room().memberships[ANNA] == "leave"


async def test_a_card_waits_for_its_queue_room(desk: Desk) -> None:
    queue_room = desk.live_chat.queue_room
    desk.change_live_chat(queue_room=None)
    await desk.open_chat()
    await desk.people.say(CARLA, desk.chat().room_id, "Hello?")
    await desk.push_pending()
    await desk.until(lambda: desk.stored.sessions and desk.session().state is SessionState.WAITING)
    assert desk.session().card is None
    desk.change_live_chat(queue_room=queue_room)
    await desk.until(lambda: desk.session().card is not None)
    assert "Hello?" in preview(desk.card().content, 1000)


async def test_a_live_chat_without_a_space_works(desk: Desk) -> None:
    desk.change_live_chat(space=None)
    await desk.write()
    await desk.take(ANNA)
    await desk.answer(ANNA, "!close")
    assert desk.stored.failed == {}


async def test_no_words_and_no_ids_of_people_are_logged(desk: Desk, logged: list[dict[str, object]]) -> None:
    desk.homeserver.faults.fail(absence(), 3)
    await desk.write(CARLA, "my secret words")
    await desk.take(ANNA)
    desk.homeserver.faults.break_down(desk.chat().room_id, refusal())
    await desk.answer(ANNA, "her secret answer")
    assert logged
    assert "secret" not in repr(logged)


async def test_nothing_waits_for_a_room_of_a_live_chat_that_was_deleted_before_it_was_made(
    desk: Desk,
) -> None:
    await desk.write()
    desk.change_live_chat(deleted_at=desk.clock.now(), queue_room=None, supervisors_room=None)
    async with desk.store.begin() as work:
        await work.outbox.add(session_lane(1), ShowCard(1))
        await work.commit()
    await desk.settle()
    assert desk.meter.of("deliveries_failed", "show_card") == 1
    assert not [one for one in desk.stored.deliveries.values() if one.payload.kind == "show_card"]
