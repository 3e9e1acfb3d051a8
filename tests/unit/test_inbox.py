"""How room events are taken in: once, in order, durably, and none for the fault of another."""

import asyncio

import pytest

from livechat_plugin import SessionState, Text
from livechat_plugin.core.errors import ConcurrentChange, Stopping, StoreUnavailable
from livechat_plugin.services.customers import CustomerSide
from livechat_plugin.services.inbox import RACES_LOST
from livechat_plugin.services.room_events import AnyRoomEvent, MessageSent, RejectedEvent
from livechat_plugin.services.unit_of_work import UnitOfWork
from tests.unit.desk import ANNA, CARLA, Desk


@pytest.fixture
async def open_desk(desk: Desk) -> Desk:
    await desk.open_chat(CARLA)
    return desk


def message(desk: Desk, event_id: str, body: str) -> MessageSent:
    return MessageSent(event_id, desk.chat().room_id, CARLA, desk.clock.now(), Text(body))


def is_busy(desk: Desk) -> bool:
    return desk.inbox.is_busy


def lines(desk: Desk) -> list[str]:
    return [line.partition(": ")[2] for line in desk.lines(desk.session_room())]


async def test_an_event_that_comes_again_is_ignored(open_desk: Desk) -> None:
    event = message(open_desk, "$one", "Hello")
    for _ in range(2):
        await open_desk.push(event)
    await open_desk.push(event, message(open_desk, "$two", "again"), event)
    await open_desk.settle()
    assert lines(open_desk) == ["Hello", "again"]
    assert open_desk.meter.of("events", "repeated") == 1


async def test_an_event_that_comes_twice_in_one_batch_counts_once(open_desk: Desk) -> None:
    event = message(open_desk, "$one", "Hello")
    await open_desk.push(event, event)
    await open_desk.settle()
    assert lines(open_desk) == ["Hello"]


async def test_everything_is_kept_when_it_is_acknowledged(open_desk: Desk) -> None:
    await open_desk.push(message(open_desk, "$one", "Hello"))
    # No delivery has been made yet, and a crash now would lose nothing.
    assert open_desk.session().state is SessionState.OPENING
    assert [m.content for m in open_desk.stored.messages.values()] == [Text("Hello")]
    assert {d.payload.kind for d in open_desk.stored.deliveries.values()} >= {
        "act_in_session_room",
        "route_session",
    }


async def test_nothing_at_all_is_taken_in_without_trouble(open_desk: Desk) -> None:
    commits = open_desk.store.commits
    await open_desk.push()
    async with open_desk.inbox.before_all_others() as turn:
        await turn.receive([])
    assert open_desk.store.commits == commits


async def test_a_malformed_event_is_recorded_and_the_rest_goes_through(open_desk: Desk) -> None:
    await open_desk.push(
        message(open_desk, "$one", "before"),
        RejectedEvent("$bad", "body is missing or not a string"),
        RejectedEvent(None, "the event is not an object"),
        message(open_desk, "$two", "after"),
    )
    await open_desk.settle()
    assert lines(open_desk) == ["before", "after"]
    rejected = [(event_id, reason) for event_id, reason, _ in open_desk.stored.rejected]
    assert rejected == [("$bad", "body is missing or not a string"), (None, "the event is not an object")]
    assert open_desk.meter.of("events", "rejected") == 2


async def test_a_malformed_event_that_comes_again_is_recorded_once(open_desk: Desk) -> None:
    for _ in range(2):
        await open_desk.push(RejectedEvent("$bad", "reason"))
    assert len(open_desk.stored.rejected) == 1


@pytest.fixture
def bug(monkeypatch: pytest.MonkeyPatch) -> None:
    """We fail on every message "bug"."""
    handle = CustomerSide.handle

    async def failing(
        self: CustomerSide, work: UnitOfWork, event: AnyRoomEvent, conversation_id: int
    ) -> None:
        await handle(self, work, event, conversation_id)
        if isinstance(event, MessageSent) and event.content == Text("bug"):
            raise ZeroDivisionError("a fault of ours")

    monkeypatch.setattr(CustomerSide, "handle", failing)


@pytest.mark.usefixtures("bug")
async def test_a_fault_in_handling_one_event_does_not_lose_the_others(open_desk: Desk) -> None:
    words = ("one", "bug", "two")
    await open_desk.push(*(message(open_desk, f"${word}", word) for word in words))
    await open_desk.settle()
    assert lines(open_desk) == ["one", "two"]
    assert any("could not be passed on" in line for line in open_desk.lines(open_desk.chat()))
    [(event_id, reason, _)] = open_desk.stored.rejected
    assert (event_id, reason) == ("$bug", "ZeroDivisionError")


@pytest.mark.usefixtures("bug")
async def test_a_single_event_that_we_fail_on_is_recorded_and_not_tried_for_ever(open_desk: Desk) -> None:
    for _ in range(2):
        await open_desk.push(message(open_desk, "$bug", "bug"))
    await open_desk.settle()
    assert open_desk.stored.sessions == {}
    assert len(open_desk.stored.rejected) == 1


@pytest.mark.parametrize("races", [1, RACES_LOST])
async def test_a_lost_race_is_run_again(open_desk: Desk, races: int) -> None:
    open_desk.store.commit_failures.extend([ConcurrentChange("faster")] * races)
    await open_desk.push(message(open_desk, "$one", "one"), message(open_desk, "$two", "two"))
    await open_desk.settle()
    assert lines(open_desk) == ["one", "two"]
    assert open_desk.stored.rejected == []


async def test_a_race_that_is_always_lost_is_not_acknowledged_and_must_come_again(open_desk: Desk) -> None:
    open_desk.store.commit_failures.extend([ConcurrentChange("faster")] * (RACES_LOST + 1))
    with pytest.raises(StoreUnavailable):
        await open_desk.push(message(open_desk, "$one", "one"))
    assert open_desk.stored.rejected == []
    await open_desk.push(message(open_desk, "$one", "one"))
    await open_desk.settle()
    assert lines(open_desk) == ["one"]


async def test_nothing_is_acknowledged_while_the_database_is_away(open_desk: Desk) -> None:
    batch = [message(open_desk, "$one", "one"), message(open_desk, "$two", "two")]
    open_desk.store.is_away = True
    with pytest.raises(StoreUnavailable):
        await open_desk.push(*batch)
    open_desk.store.is_away = False
    assert open_desk.stored.messages == {}
    await open_desk.push(*batch)
    await open_desk.settle()
    assert lines(open_desk) == ["one", "two"]


async def test_nothing_is_acknowledged_when_the_database_goes_away_in_the_middle(open_desk: Desk) -> None:
    batch = [message(open_desk, "$one", "one"), message(open_desk, "$two", "two")]
    for failures in ([StoreUnavailable("away")], [ConcurrentChange("faster"), StoreUnavailable("away")]):
        open_desk.store.commit_failures.extend(failures)
        with pytest.raises(StoreUnavailable):
            await open_desk.push(*batch)
    await open_desk.push(*batch)
    await open_desk.settle()
    assert lines(open_desk) == ["one", "two"]


async def test_older_events_go_before_those_that_wait(open_desk: Desk) -> None:
    newer = message(open_desk, "$newer", "newer")
    async with open_desk.inbox.before_all_others() as turn:
        assert is_busy(open_desk)
        waiting = asyncio.create_task(open_desk.push(newer))
        await asyncio.sleep(0.01)
        assert open_desk.stored.messages == {}
        await turn.receive([message(open_desk, "$older", "older")])
    await waiting
    await open_desk.settle()
    assert not is_busy(open_desk)
    assert lines(open_desk) == ["older", "newer"]


async def test_batches_follow_each_other_in_the_order_of_their_arrival(open_desk: Desk) -> None:
    words = [str(number) for number in range(10)]
    await asyncio.gather(*(open_desk.push(message(open_desk, f"${word}", word)) for word in words))
    await open_desk.settle()
    assert lines(open_desk) == words


async def test_an_invitation_and_what_follows_it_in_one_batch(desk: Desk) -> None:
    room_id = await desk.people.open_room(CARLA, "@livechat_support:example.org")
    [invitation] = desk.homeserver.unpushed
    desk.homeserver.unpushed.clear()
    await desk.push(invitation, MessageSent("$one", room_id, CARLA, desk.clock.now(), Text("at once")))
    await desk.settle()
    assert lines(desk) == ["at once"]


async def test_rooms_of_other_kinds_are_passed_over(open_desk: Desk) -> None:
    room_id = open_desk.live_chat.space or ""
    await open_desk.push(MessageSent("$one", room_id, ANNA, open_desk.clock.now(), Text("!help")))
    await open_desk.settle()
    assert open_desk.lines(open_desk.homeserver.rooms[room_id]) == []


async def test_a_spare_session_room_is_nobodys_business(open_desk: Desk) -> None:
    [room_id, *_] = [room.room_id for room in open_desk.stored.session_rooms.values() if room.room_id]
    await open_desk.push(MessageSent("$one", room_id, ANNA, open_desk.clock.now(), Text("!help")))
    await open_desk.settle()
    assert open_desk.lines(open_desk.homeserver.rooms[room_id]) == []


async def test_when_the_process_ends_batches_that_wait_are_turned_away(open_desk: Desk) -> None:
    open_desk.inbox.hold_on()
    waiting = asyncio.create_task(open_desk.inbox.receive([message(open_desk, "$new", "new")]))
    await asyncio.sleep(0.01)
    open_desk.inbox.end()
    for late in (waiting, open_desk.inbox.receive([message(open_desk, "$later", "later")])):
        with pytest.raises(Stopping):
            await asyncio.wait_for(late, 5)
    assert not open_desk.stored.sessions


async def test_so_are_those_that_wait_for_older_events(open_desk: Desk) -> None:
    async with open_desk.inbox.before_all_others() as turn:
        waiting = asyncio.create_task(open_desk.inbox.receive([message(open_desk, "$new", "new")]))
        await asyncio.sleep(0.01)
        open_desk.inbox.end()
        with pytest.raises(Stopping):
            await asyncio.wait_for(waiting, 5)
        await turn.receive([message(open_desk, "$old", "old")])
    await open_desk.settle()
    assert lines(open_desk) == ["old"]


async def test_a_batch_that_need_not_wait_is_taken_in_while_the_process_ends(open_desk: Desk) -> None:
    open_desk.inbox.end()
    await open_desk.push(message(open_desk, "$new", "new"))
    await open_desk.settle()
    assert lines(open_desk) == ["new"]


async def test_a_batch_waits_until_another_replica_has_caught_up(open_desk: Desk) -> None:
    open_desk.inbox.hold_on()
    waiting = asyncio.create_task(open_desk.inbox.receive([message(open_desk, "$new", "new")]))
    await asyncio.sleep(0.01)
    assert not waiting.done()
    async with open_desk.inbox.before_all_others() as turn:  # it may be this one that leads by now
        await turn.receive([message(open_desk, "$old", "old")])
    open_desk.inbox.begin()
    await asyncio.wait_for(waiting, 5)
    await open_desk.settle()
    assert lines(open_desk) == ["old", "new"]
