"""Making up for what the homeserver did not push, before anything newer, and never twice."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from livechat_plugin.core.errors import ConcurrentChange, HomeserverUnavailable, StoreUnavailable
from livechat_plugin.services.deliveries import Delivery, ShowCard
from livechat_plugin.services.ports import Changes
from livechat_plugin.services.reconciliation import FORGET_EVERY, KEPT_FOR, MARK, SEEN_FOR
from livechat_plugin.services.room_events import AnyRoomEvent, RejectedEvent
from livechat_plugin.services.unpushed import FIRST_LOOK, GRACE, UNSURE_EVERY
from tests.fakes.faults import absence, refusal
from tests.fakes.homeserver import FakeHomeserver
from tests.unit.desk import CARLA, DAN, SUPPORT, Desk


@pytest.fixture
async def watched(desk: Desk) -> AsyncIterator[Desk]:
    """Carla has a direct chat, and the homeserver is watched."""
    await desk.open_chat(CARLA)
    running = asyncio.create_task(desk.reconciliation.run())
    await desk.until(lambda: MARK in desk.stored.notes)
    yield desk
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


def lose_what_is_pushed(desk: Desk) -> list[AnyRoomEvent]:
    lost = list(desk.homeserver.unpushed)
    desk.homeserver.unpushed.clear()
    return lost


async def go_away_and_come_back(desk: Desk) -> None:
    done = desk.meter.of("reconciliations")
    desk.homeserver.end_wait(absence())
    await desk.until(lambda: desk.meter.of("reconciliations") > done)
    await desk.settle()


async def pass_time(desk: Desk, seconds: float) -> None:
    """Let the connection be held for so long and be renewed."""
    calls = desk.homeserver.faults.calls
    desk.clock.advance(seconds)
    desk.homeserver.end_wait()
    await desk.until(lambda: desk.homeserver.faults.calls > calls)


def lines(desk: Desk) -> list[str]:
    return [line.partition(": ")[2] for line in desk.lines(desk.session_room())]


async def test_what_was_missed_is_fetched_when_the_homeserver_is_back(watched: Desk) -> None:
    for word in ("one", "two", "three"):
        await watched.people.say(CARLA, watched.chat().room_id, word)
    lose_what_is_pushed(watched)
    await go_away_and_come_back(watched)
    assert lines(watched) == ["one", "two", "three"]


async def test_what_had_arrived_is_not_taken_in_again(watched: Desk) -> None:
    await watched.write(CARLA, "one")
    await watched.people.say(CARLA, watched.chat().room_id, "two")
    lose_what_is_pushed(watched)
    await go_away_and_come_back(watched)
    await go_away_and_come_back(watched)
    assert lines(watched) == ["one", "two"]


async def test_an_invitation_that_was_missed_is_answered(watched: Desk) -> None:
    await watched.people.open_room(DAN, SUPPORT)
    lose_what_is_pushed(watched)
    await go_away_and_come_back(watched)
    assert watched.chat(DAN).has(SUPPORT)


async def test_what_was_missed_comes_before_what_is_pushed_now(watched: Desk) -> None:
    await watched.people.say(CARLA, watched.chat().room_id, "missed")
    lose_what_is_pushed(watched)
    ghost = watched.naming.live_chat("support")
    watched.homeserver.faults.stall(ghost)
    watched.homeserver.end_wait(absence())
    await watched.until(lambda: watched.inbox.is_busy)
    await watched.people.say(CARLA, watched.chat().room_id, "now")
    pushing = asyncio.create_task(watched.push(*lose_what_is_pushed(watched)))
    await asyncio.sleep(0.01)
    assert watched.stored.sessions == {}
    watched.homeserver.faults.mend(ghost)
    await pushing
    await watched.settle()
    assert lines(watched) == ["missed", "now"]


async def test_newer_events_wait_until_the_leader_has_its_turn(watched: Desk) -> None:
    """A replica that leads again begins anew, and others may have missed something since."""
    async with Desk(stored=watched.stored, homeserver=watched.homeserver).working() as again:
        again.inbox.hold_on()
        await again.people.say(CARLA, again.chat().room_id, "missed")
        lose_what_is_pushed(again)
        await again.people.say(CARLA, again.chat().room_id, "now")
        pushing = asyncio.create_task(again.push(*lose_what_is_pushed(again)))
        await asyncio.sleep(0)
        running = asyncio.create_task(again.reconciliation.run())
        await pushing
        await again.settle()
        assert lines(again) == ["missed", "now"]
        assert again.reconciliation.has_caught_up
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        assert not again.reconciliation.has_caught_up


@pytest.mark.parametrize("trouble", [ConcurrentChange("a batch takes long"), StoreUnavailable("away")])
async def test_what_was_missed_waits_for_the_batch_that_is_being_taken_in(
    watched: Desk, monkeypatch: pytest.MonkeyPatch, trouble: Exception
) -> None:
    again = Desk(stored=watched.stored, homeserver=watched.homeserver)
    locking = again.store.before_all_inboxes
    caught_up: list[bool] = []

    @asynccontextmanager
    async def late() -> AsyncIterator[None]:
        caught_up.append(again.reconciliation.has_caught_up)
        if len(caught_up) < 5:
            raise trouble
        async with locking():
            yield

    monkeypatch.setattr(again.store, "before_all_inboxes", late)
    running = asyncio.create_task(again.reconciliation.run())
    await again.until(lambda: again.reconciliation.has_caught_up)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert caught_up == [False] * 5


async def test_what_was_missed_while_we_were_down_is_fetched_at_the_start(watched: Desk) -> None:
    await watched.people.say(CARLA, watched.chat().room_id, "while you were out")
    lose_what_is_pushed(watched)
    async with Desk(stored=watched.stored, homeserver=watched.homeserver).working() as restarted:
        running = asyncio.create_task(restarted.reconciliation.run())
        await restarted.until(lambda: restarted.stored.sessions)
        await restarted.settle()
        assert lines(restarted) == ["while you were out"]
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def test_what_was_fetched_is_not_fetched_again_at_the_next_start(watched: Desk) -> None:
    mark = watched.stored.notes[MARK]
    await watched.write(CARLA, "one")
    await go_away_and_come_back(watched)
    fetched = watched.stored.notes[MARK]
    assert fetched != mark
    await watched.people.say(CARLA, watched.chat().room_id, "two")
    lose_what_is_pushed(watched)
    await go_away_and_come_back(watched)
    assert lines(watched) == ["one", "two"]
    assert watched.stored.notes[MARK] not in {mark, fetched}


async def test_the_first_start_takes_in_nothing_old(desk: Desk) -> None:
    await desk.write()
    running = asyncio.create_task(desk.reconciliation.run())
    await desk.until(lambda: MARK in desk.stored.notes)
    assert desk.stored.notes[MARK] == str(len(desk.homeserver.log))
    assert desk.meter.of("reconciliations") == 0
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_the_mark_advances_only_when_all_before_it_had_two_minutes_to_come(watched: Desk) -> None:
    begun = watched.stored.notes[MARK]
    await watched.write(CARLA, "Hello")
    for _ in range(5):
        await pass_time(watched, 25)
    await asyncio.sleep(0.01)
    assert watched.stored.notes[MARK] == begun
    await pass_time(watched, 25)
    await watched.until(lambda: int(watched.stored.notes[MARK]) > int(begun))


async def test_what_was_dropped_without_a_word_is_found(watched: Desk) -> None:
    """By a homeserver that goes on as if nothing had been, and shows no error."""
    await watched.write(CARLA, "one")
    await watched.people.say(CARLA, watched.chat().room_id, "dropped")
    await watched.people.open_room(DAN, SUPPORT)
    lose_what_is_pushed(watched)
    for number in range(8):
        await pass_time(watched, 25)
        await watched.write(CARLA, str(number))
    await watched.settle()
    await watched.until(lambda: sorted(lines(watched)) == sorted(["one", "dropped", *map(str, range(8))]))
    assert watched.chat(DAN).has(SUPPORT)
    begun = int(watched.stored.notes[MARK])
    for _ in range(8):
        await pass_time(watched, 25)
    await watched.until(lambda: int(watched.stored.notes[MARK]) > begun)
    assert lines(watched).count("dropped") == 1
    assert watched.meter.of("reconciliations") == 1


async def test_a_homeserver_that_pauses_before_it_pushes_again_is_not_waited_for(watched: Desk) -> None:
    """Synapse could not reach us for a while: now we are back, and it does not try for eight minutes."""
    words = [f"{number}" for number in range(12)]
    for word in words:
        await watched.people.say(CARLA, watched.chat().room_id, word)
        lose_what_is_pushed(watched)
        await pass_time(watched, FIRST_LOOK.total_seconds())
    for _ in range(3):
        await pass_time(watched, GRACE.total_seconds())
    await watched.until(lambda: lines(watched) == words)


async def test_it_is_looked_often_until_something_has_been_pushed(watched: Desk) -> None:
    for _ in range(40):
        await pass_time(watched, UNSURE_EVERY.total_seconds())
    await watched.people.say(CARLA, watched.chat().room_id, "after a quiet hour")
    lose_what_is_pushed(watched)
    await pass_time(watched, UNSURE_EVERY.total_seconds())
    await pass_time(watched, GRACE.total_seconds())
    await watched.until(lambda: bool(watched.stored.sessions))


async def test_what_is_still_on_its_way_is_waited_for(watched: Desk) -> None:
    await watched.people.say(CARLA, watched.chat().room_id, "a long batch")
    await pass_time(watched, GRACE.total_seconds())
    await watched.settle()
    for _ in range(3):
        await pass_time(watched, GRACE.total_seconds())
    assert lines(watched) == ["a long batch"]
    assert watched.meter.of("reconciliations") == 0


async def test_each_event_is_asked_for_once_and_none_in_quiet_times(
    watched: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []
    changes = type(watched.homeserver).changes

    async def counted(homeserver: FakeHomeserver, as_user: str, mark: str) -> Changes:
        found = await changes(homeserver, as_user, mark)
        asked.append(len(found.events))
        return found

    monkeypatch.setattr(type(watched.homeserver), "changes", counted)
    for number in range(20):
        if number < 10:
            await watched.write(CARLA, str(number))
        await pass_time(watched, 25)
    await watched.settle()
    assert 10 <= sum(asked) <= 12  # her words, and those who came into new rooms
    assert len(asked) <= 7


async def test_a_clock_that_is_set_ahead_does_not_advance_the_mark(watched: Desk) -> None:
    await watched.people.say(CARLA, watched.chat().room_id, "Hello")
    lose_what_is_pushed(watched)  # it waits in the memory of a homeserver that is killed soon
    await pass_time(watched, 25)
    watched.clock.jump(3600)
    await pass_time(watched, 25)
    await asyncio.sleep(0.01)
    await go_away_and_come_back(watched)
    assert lines(watched) == ["Hello"]


async def test_what_was_missed_comes_first_also_when_the_database_goes_away_meanwhile(watched: Desk) -> None:
    await watched.people.say(CARLA, watched.chat().room_id, "missed")
    lose_what_is_pushed(watched)
    ghost = watched.naming.live_chat("support")
    watched.homeserver.faults.break_down(ghost, StoreUnavailable("away"))
    watched.homeserver.end_wait(absence())
    await watched.until(lambda: watched.inbox.is_busy)
    await watched.people.say(CARLA, watched.chat().room_id, "now")
    pushing = asyncio.create_task(watched.push(*lose_what_is_pushed(watched)))
    await asyncio.sleep(0.2)
    watched.homeserver.faults.mend(ghost)
    await pushing
    await watched.settle()
    assert lines(watched) == ["missed", "now"]


async def test_the_mark_does_not_advance_while_a_batch_is_taken_in(watched: Desk) -> None:
    begun = watched.stored.notes[MARK]
    await watched.write(CARLA, "Hello")
    async with watched.inbox.before_all_others():
        for _ in range(9):
            await pass_time(watched, 25)
        await asyncio.sleep(0.01)
        assert watched.stored.notes[MARK] == begun
    await pass_time(watched, 25)
    await watched.until(lambda: int(watched.stored.notes[MARK]) > int(begun))


async def test_what_is_pushed_late_is_not_lost_to_an_advancing_mark(watched: Desk) -> None:
    await watched.people.say(CARLA, watched.chat().room_id, "pushed late")
    late = lose_what_is_pushed(watched)
    for _ in range(4):
        await pass_time(watched, 25)
    assert late  # the homeserver is killed now and never pushes it
    await go_away_and_come_back(watched)
    assert lines(watched) == ["pushed late"]


async def test_a_homeserver_that_answers_with_errors_does_not_keep_new_events_waiting_for_ever(
    watched: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    sleep = asyncio.sleep

    async def brief(_: float) -> None:
        await sleep(0.001)

    monkeypatch.setattr(asyncio, "sleep", brief)
    watcher = watched.naming.watcher
    watched.homeserver.faults.break_down(watcher, HomeserverUnavailable("HTTP 500", is_reachable=True))
    watched.homeserver.end_wait(absence())
    await watched.people.say(CARLA, watched.chat().room_id, "Hello")
    async with asyncio.timeout(2):
        await watched.push(*lose_what_is_pushed(watched))
    await watched.settle()
    assert lines(watched) == ["Hello"]
    done = watched.meter.of("reconciliations")
    watched.homeserver.faults.mend(watcher)
    await watched.until(lambda: watched.meter.of("reconciliations") > done)


@pytest.mark.parametrize(
    "error",
    [StoreUnavailable("away"), refusal(), KeyError("next_batch")],
    ids=lambda error: type(error).__name__,
)
async def test_watching_goes_on_whatever_happens(
    watched: Desk, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    sleep = asyncio.sleep

    async def brief(_: float) -> None:
        await sleep(0.001)

    monkeypatch.setattr(asyncio, "sleep", brief)
    watched.homeserver.end_wait(error)
    await watched.until(lambda: watched.meter.of("reconciliations") == 1)
    watched.homeserver.end_wait(error)
    watched.homeserver.faults.fail(error, 10)
    await watched.until(lambda: watched.meter.of("reconciliations") == 2)


async def test_a_clock_that_is_set_ahead_by_a_year_makes_no_event_new_again(watched: Desk) -> None:
    await watched.people.say(CARLA, watched.chat().room_id, "once")
    pushed = lose_what_is_pushed(watched)
    await watched.push(*pushed)
    watched.clock.jump(366 * 24 * 3600)
    await pass_time(watched, FORGET_EVERY.total_seconds())
    await pass_time(watched, 25)
    await watched.push(*pushed)  # the homeserver did not get our answer
    await watched.settle()
    assert lines(watched) == ["once"]


async def test_ids_of_old_events_are_forgotten_in_time(
    watched: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("livechat_plugin.services.reconciliation.SEEN_AT_LEAST", 0)
    await watched.write(CARLA, "Hello")
    assert watched.stored.seen
    await pass_time(watched, 25)
    watched.clock.advance(SEEN_FOR.total_seconds())
    await pass_time(watched, FORGET_EVERY.total_seconds())
    await watched.until(lambda: not watched.stored.seen)


async def test_rejected_events_and_failed_deliveries_are_forgotten_in_time(watched: Desk) -> None:
    await watched.push(RejectedEvent("$bad", "content.body: must be a string"))
    delivery = Delivery(1, "lane", "token", ShowCard(1))
    watched.stored.failed[1], watched.stored.failed_at[1] = (delivery, "banned"), watched.clock.now()
    await pass_time(watched, FORGET_EVERY.total_seconds())
    await asyncio.sleep(0.01)
    assert watched.stored.rejected
    assert watched.stored.failed
    watched.clock.advance(KEPT_FOR.total_seconds())
    await pass_time(watched, FORGET_EVERY.total_seconds())
    await watched.until(lambda: not watched.stored.rejected and not watched.stored.failed)
