"""Deliveries: in order within a lane, lanes side by side, none lost, none doubled."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest

from livechat_plugin.core.acts import React, Say, Target
from livechat_plugin.core.content import Text
from livechat_plugin.core.errors import ConcurrentChange, HomeserverUnavailable
from livechat_plugin.core.naming import Naming
from livechat_plugin.services import attempts
from livechat_plugin.services.assignments import Assignments
from livechat_plugin.services.attempts import Handler
from livechat_plugin.services.deliveries import (
    ActForCustomer,
    Delivery,
    Payload,
    PrepareSessionRoom,
    SayInRoom,
    ShowCard,
)
from livechat_plugin.services.delivering.giving_up import GivingUp
from livechat_plugin.services.delivering.outcome import Done
from livechat_plugin.services.dispatcher import REMEMBERED, Dispatcher
from livechat_plugin.services.ledger import Ledger
from livechat_plugin.services.relay import Relay
from livechat_plugin.services.replicas import EveryLane, LaneShare
from livechat_plugin.services.unit_of_work import UnitOfWork
from tests.fakes.clock import FakeClock
from tests.fakes.faults import absence, refusal
from tests.fakes.meter import FakeMeter
from tests.fakes.repositories.outbox import FakeOutbox
from tests.fakes.stored import Stored
from tests.fakes.troubled_store import TroubledStore


class Post:
    """A dispatcher whose deliveries are words that are written down when they are made.

    Attributes:
        made: what was delivered, in order, as often as it was.
        kept: what the effects of deliveries wrote, in order.
        trouble: what the next attempts on a word meet.
        stalled: words whose delivery hangs until they are taken out.
    """

    def __init__(
        self,
        stored: Stored | None = None,
        at_once: int = 24,
        share: LaneShare | None = None,
        beside: "Post | None" = None,
    ) -> None:
        self.made: list[str] = []
        self.trouble: dict[str, list[Exception]] = {}
        self.stalled: set[str] = set()
        self.clock, self.meter = FakeClock(), FakeMeter()
        # Beside another one, it is told of nothing that is committed.
        self.store: TroubledStore = beside.store if beside else TroubledStore(self._wake, lambda _: None)
        self.store.stored = stored or self.store.stored
        naming = Naming("livechat", "example.org")
        giving_up = GivingUp(Relay(naming), Assignments(self.clock, naming), naming, self.clock)
        handlers: dict[type[Payload], Handler] = {
            SayInRoom: self._say,
            ShowCard: self._show,
            ActForCustomer: self._act,
            PrepareSessionRoom: self._prepare,
        }
        self.dispatcher = Dispatcher(
            self.store,
            Ledger(self.store),
            handlers,
            giving_up,
            self.clock,
            self.meter,
            share or EveryLane(),
            at_once=at_once,
        )

    @asynccontextmanager
    async def at_work(self) -> AsyncIterator["Post"]:
        running = asyncio.create_task(self.dispatcher.run())
        try:
            yield self
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)

    async def owe(self, lane: str, *words: str | Payload, seconds: float | None = None) -> None:
        due_at = self.clock.now() + timedelta(seconds=seconds) if seconds is not None else None
        async with self.store.begin() as work:
            for word in words:
                payload = SayInRoom(lane, "us", word) if isinstance(word, str) else word
                await work.outbox.add(lane, payload, due_at)
            await work.commit()

    async def until(self, holds: Callable[[], object]) -> None:
        async with asyncio.timeout(5):
            while not holds():  # noqa: ASYNC110 - anything may be waited for
                await asyncio.sleep(0.001)

    async def until_done(self) -> None:
        await self.until(lambda: not self.pending and not self.dispatcher.waiting)

    @property
    def pending(self) -> list[Delivery]:
        return list(self.store.stored.deliveries.values())

    def _wake(self, owed: Sequence[Delivery]) -> None:
        self.dispatcher.wake(owed)

    async def _say(self, _: Delivery, payload: SayInRoom) -> Done:
        return await self._make(payload.body)

    async def _show(self, _: Delivery, payload: ShowCard) -> Done:
        return await self._make(str(payload.session_number))

    async def _prepare(self, _: Delivery, payload: PrepareSessionRoom) -> Done:
        return await self._make(f"room {payload.session_number}")

    async def _act(self, _: Delivery, payload: ActForCustomer) -> Done:
        return await self._make(payload.address)

    async def _make(self, word: str) -> Done:
        await asyncio.sleep(0)
        while word in self.stalled:  # noqa: ASYNC110 - a test ends it
            await asyncio.sleep(0.001)
        if self.trouble.get(word):
            raise self.trouble[word].pop(0)
        self.made.append(word)

        async def keep(work: UnitOfWork) -> None:
            known = await work.inbox.note("kept")
            await work.inbox.keep_note("kept", f"{known or ''} {word}".strip())

        return Done(keep)

    @property
    def kept(self) -> list[str]:
        return self.store.stored.notes.get("kept", "").split()


@pytest.fixture
async def post() -> AsyncIterator[Post]:
    async with Post().at_work() as post:
        await asyncio.sleep(0.01)
        yield post


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attempts, "_backoff", lambda _: 0.001)


async def test_a_lane_keeps_its_order_through_retries(post: Post) -> None:
    post.trouble["two"] = [absence() for _ in range(4)]
    await post.owe("lane", "one", "two", "three")
    await post.owe("lane", "four")
    await post.until_done()
    assert post.made == post.kept == ["one", "two", "three", "four"]
    assert post.meter.of("delivery_retries", "say_in_room") == 4
    assert post.meter.of("deliveries", "say_in_room") == 4


async def test_lanes_do_not_wait_for_each_other(post: Post) -> None:
    post.stalled.add("slow")
    await post.owe("a", "slow", "after it")
    await post.owe("b", "quick")
    await post.until(lambda: post.made)
    assert post.made == ["quick"]
    post.stalled.clear()
    await post.until_done()
    assert post.made == ["quick", "slow", "after it"]


async def test_only_so_many_are_under_way_at_once() -> None:
    async with Post(at_once=2).at_work() as post:
        post.stalled.update("abc")
        for lane in "abcd":
            await post.owe(lane, lane)
        await asyncio.sleep(0.02)
        assert post.made == []
        post.stalled.remove("a")
        await post.until(lambda: "a" in post.made)
        post.stalled.clear()
        await post.until_done()
        assert sorted(post.made) == ["a", "b", "c", "d"]


async def test_a_lane_that_waits_for_the_homeserver_takes_up_no_room() -> None:
    async with Post(at_once=1).at_work() as post:
        post.trouble["never"] = [HomeserverUnavailable("away", retry_after=60)] * 3
        await post.owe("a", "never")
        await post.until(lambda: post.meter.of("delivery_retries", "say_in_room"))
        await post.owe("b", "quick")
        await post.until(lambda: post.made == ["quick"])


async def test_what_is_refused_is_counted_and_the_lane_goes_on(post: Post) -> None:
    post.trouble["two"] = [refusal()]
    await post.owe("lane", "one", "two", "three")
    await post.until_done()
    assert post.made == ["one", "three"]
    [(delivery, reason)] = post.store.stored.failed.values()
    assert isinstance(delivery.payload, SayInRoom)
    assert (delivery.payload.body, reason) == ("two", "M_FORBIDDEN: No.")
    assert post.meter.of("deliveries_failed", "say_in_room") == 1


async def test_a_fault_of_ours_is_given_up_without_its_details(post: Post) -> None:
    post.trouble["one"] = [ZeroDivisionError("secret detail")]
    await post.owe("lane", "one", "two")
    await post.until_done()
    assert post.made == ["two"]
    [(_, reason)] = post.store.stored.failed.values()
    assert "internal error" in reason
    assert "secret" not in reason


async def test_a_homeserver_that_is_away_is_waited_for_as_long_as_it_takes(post: Post) -> None:
    post.trouble["one"] = [absence() for _ in range(50)]
    await post.owe("lane", "one")
    await post.until_done()
    assert post.made == ["one"]


async def test_a_homeserver_that_answers_with_errors_is_given_up_in_the_end(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attempts, "GIVE_UP_AFTER", 0.2)
    error = HomeserverUnavailable("HTTP 500", is_reachable=True)
    post.trouble["one"] = [error] * 200
    await post.owe("lane", "one", "two")
    await post.until_done()
    assert post.made == ["two"]
    assert [reason for _, reason in post.store.stored.failed.values()] == ["HTTP 500"]


async def test_the_pause_that_the_homeserver_asks_for_is_kept(post: Post) -> None:
    slow_down = HomeserverUnavailable("slow down", retry_after=0.15, is_reachable=True)
    post.trouble["one"] = [slow_down, slow_down]
    began = asyncio.get_running_loop().time()
    await post.owe("lane", "one")
    await post.until_done()
    assert asyncio.get_running_loop().time() - began >= 0.15


async def test_what_builds_on_its_predecessors_waits_for_their_effects(post: Post) -> None:
    act = React(Target(1), "👍")
    for payload in (ShowCard(7), ActForCustomer(1, act, "matrix", "reaction", "us")):
        await post.owe(payload.kind, "first", payload)
        post.store.commit_failures.extend([ConcurrentChange("faster")] * 3)
        await post.until(lambda: not post.store.commit_failures)
        assert post.made[-1] == "first"
        await post.until_done()
    assert post.made == post.kept == ["first", "7", "first", "reaction"]


async def test_plain_words_do_not_wait_for_the_database(post: Post) -> None:
    say = Say(Text("Hello"), Target(None, "$known"))
    await post.owe("lane", "one", ActForCustomer(1, say, "matrix", "two", "us"), "three")
    post.store.commit_failures.extend([ConcurrentChange("faster")] * 3)
    await post.until(lambda: len(post.made) == 3)
    assert post.store.commit_failures
    await post.until_done()
    assert post.made == post.kept == ["one", "two", "three"]


async def test_what_a_crash_left_behind_is_found() -> None:
    before = Post()
    await before.owe("lane", "one", "two")
    async with Post(before.store.stored).at_work() as post:
        await post.until_done()
        assert post.made == ["one", "two"]


async def test_what_was_under_way_in_a_crash_is_made_again_with_its_token() -> None:
    async with Post().at_work() as before:
        before.stalled.add("one")
        await before.owe("lane", "one", "two")
        await asyncio.sleep(0.01)
        tokens = [delivery.token for delivery in before.pending]
    async with Post(before.store.stored).at_work() as post:
        assert [delivery.token for delivery in post.pending] == tokens
        await post.until_done()
        assert post.made == ["one", "two"]


async def test_what_another_process_owes_is_found(post: Post) -> None:
    other = Post(post.store.stored)
    await other.owe("lane", "one")
    post.store.stored = other.store.stored
    await post.until_done()
    assert post.made == ["one"]


@pytest.mark.parametrize("others", [0, 2 * REMEMBERED])
async def test_what_a_slow_look_tells_of_when_it_is_struck_off_is_not_made_again(
    post: Post, monkeypatch: pytest.MonkeyPatch, others: int
) -> None:
    """As on PostgreSQL, where others go on while a look reads."""
    has_read, goes_on, again = asyncio.Event(), asyncio.Event(), asyncio.Event()
    pending = FakeOutbox.pending

    async def slowly(outbox: FakeOutbox, *args: Any, **limits: Any) -> Sequence[Delivery]:
        found = await pending(outbox, *args, **limits)
        if goes_on.is_set():
            again.set()
        elif found:
            has_read.set()
            await goes_on.wait()
        return found

    monkeypatch.setattr(FakeOutbox, "pending", slowly)
    other = Post(post.store.stored, beside=post)
    written: list[Delivery] = []
    async with other.store.begin() as work:
        await work.outbox.add("lane", SayInRoom("lane", "us", "one"))
        post.store._on_commit = written.extend
        await work.commit()
    post.store._on_commit = post.dispatcher.wake
    await asyncio.wait_for(has_read.wait(), 5)
    assert written
    post.dispatcher.wake(written)
    for number in range(others):
        await post.owe(f"lane {number}", "another")
    await post.until_done()
    goes_on.set()
    await asyncio.wait_for(again.wait(), 5)
    await post.until_done()
    assert post.made.count("one") == 1
    await post.owe("lane", "two")
    await post.until_done()
    assert post.made[-1] == "two"


async def fail_always(*_: object) -> bool:
    raise KeyError("a fault of ours")


async def test_what_cannot_be_struck_off_is_found_again(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    faults = [KeyError("a fault of ours")] * 2

    async def fail(outbox: FakeOutbox, delivery_id: int) -> bool:
        if faults:
            raise faults.pop()
        return await done(outbox, delivery_id)

    done = FakeOutbox.done
    monkeypatch.setattr(FakeOutbox, "done", fail)
    monkeypatch.setattr(FakeOutbox, "failed", fail_always)
    await post.owe("lane", "one")
    await post.until_done()
    assert post.made == ["one", "one"]
    assert post.kept == ["one"]


async def test_what_is_not_due_yet_waits(post: Post) -> None:
    await post.owe("lane", "later", seconds=3)
    await post.owe("lane", "now")
    await post.until(lambda: post.made)
    await asyncio.sleep(0.05)
    assert post.made == ["now"]
    post.clock.advance(3)
    await post.until_done()
    assert post.made == ["now", "later"]


async def test_a_database_that_is_away_is_waited_for(post: Post) -> None:
    post.store.is_away = True
    await asyncio.sleep(0.05)
    post.store.is_away = False
    await post.owe("lane", "one")
    await post.until_done()
    assert post.made == post.kept == ["one"]


async def test_nobody_is_told_while_nobody_works() -> None:
    post = Post()
    await post.owe("lane", "one")
    assert post.dispatcher.waiting == 0


async def test_a_delivery_that_meets_a_faster_writer_is_attempted_again() -> None:
    post = Post()
    async with post.at_work():
        post.trouble["one"] = [ConcurrentChange("somebody was faster")]
        await post.owe("lane", "one", "two")
        await post.until_done()
    assert post.made == ["one", "two"]
    assert not post.meter.of("deliveries_failed", "say_in_room")
