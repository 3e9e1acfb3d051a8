"""Striking deliveries off together with their effects: each once, whatever becomes of the others."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from livechat_plugin.core.errors import ConcurrentChange, StoreUnavailable
from livechat_plugin.services import ledger as module
from livechat_plugin.services.deliveries import (
    Delivery,
    JoinCustomerRoom,
    PassOnSlowed,
    Payload,
    ShowCard,
    TakeByCard,
)
from livechat_plugin.services.delivering.outcome import Effects
from livechat_plugin.services.ledger import BATCH, Ledger
from livechat_plugin.services.room_events import ReactionSent
from livechat_plugin.services.unit_of_work import UnitOfWork
from tests.contract import stores
from tests.fakes.troubled_store import TroubledStore


@pytest.fixture
def store() -> TroubledStore:
    return TroubledStore(lambda _: None, lambda _: None)


@pytest.fixture
async def ledger(store: TroubledStore) -> AsyncIterator[Ledger]:
    ledger = Ledger(store)
    running = asyncio.create_task(ledger.run())
    yield ledger
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def owe(store: TroubledStore, count: int) -> list[Delivery]:
    async with store.begin() as work:
        owed = [await stores.owe(work, "lane", ShowCard(number)) for number in range(count)]
        await work.commit()
    store.commits = 0
    return owed


def writes(name: str, error: Exception | None = None) -> Effects:
    """Effects that count how often they are kept, or fail."""

    async def keep(work: UnitOfWork) -> None:
        await work.inbox.keep_note(name, str(int(await work.inbox.note(name) or 0) + 1))
        if error is not None:
            raise error

    return keep


async def test_many_are_kept_in_one_unit_of_work(store: TroubledStore, ledger: Ledger) -> None:
    owed = await owe(store, BATCH)
    await asyncio.gather(*(ledger.settle(delivery, writes(str(delivery.id))) for delivery in owed))
    assert store.commits == 1
    assert store.stored.deliveries == {}
    assert set(store.stored.notes.values()) == {"1"}


async def test_one_with_bad_effects_does_not_spoil_the_others(store: TroubledStore, ledger: Ledger) -> None:
    one, bad, two = await owe(store, 3)
    settled = [
        ledger.settle(one, writes("one")),
        ledger.settle(bad, writes("bad", ZeroDivisionError("a fault of ours"))),
        ledger.settle(two, writes("two")),
    ]
    await asyncio.wait(settled)
    assert store.stored.notes == {"one": "1", "two": "1"}
    assert store.stored.deliveries == {}
    [(delivery, reason)] = store.stored.failed.values()
    assert (delivery, reason) == (bad, "ZeroDivisionError")


async def test_effects_are_kept_once_however_often_it_is_settled(
    store: TroubledStore, ledger: Ledger
) -> None:
    [delivery] = await owe(store, 1)
    await asyncio.gather(*(ledger.settle(delivery, writes("kept")) for _ in range(3)))
    await ledger.settle(delivery, writes("kept"))
    assert store.stored.notes == {"kept": "1"}


async def test_a_lost_race_is_run_again(store: TroubledStore, ledger: Ledger) -> None:
    [delivery] = await owe(store, 1)
    store.commit_failures.extend([ConcurrentChange("faster")] * 3)
    await ledger.settle(delivery, writes("kept"))
    assert store.stored.notes == {"kept": "1"}
    assert store.stored.failed == {}


async def test_a_race_that_is_lost_each_time_is_a_fault(
    store: TroubledStore, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As where a row stands in the way of one that the effects would add."""
    monkeypatch.setattr(module, "STORE_AWAY", 0.0)
    delivery, after = await owe(store, 2)
    clashing = writes("kept", ConcurrentChange("UniqueViolation"))
    settled = [
        ledger.settle(delivery, clashing, otherwise=(writes("told"),)),
        ledger.settle(after, writes("after")),
    ]
    await asyncio.wait_for(asyncio.wait(settled), 10)
    assert store.stored.notes == {"told": "1", "after": "1"}
    assert list(store.stored.failed.values()) == [(delivery, "ConcurrentChange")]


async def test_if_what_is_foreseen_cannot_be_kept_either_there_is_the_last_resort(
    store: TroubledStore, ledger: Ledger
) -> None:
    [delivery] = await owe(store, 1)
    foreseen = (writes("foreseen", KeyError("ours")), writes("last"), writes("never"))
    await ledger.settle(delivery, writes("kept", ZeroDivisionError("ours")), otherwise=foreseen)
    assert store.stored.notes == {"last": "1"}
    assert list(store.stored.failed.values()) == [(delivery, "ZeroDivisionError")]


async def test_a_database_that_is_away_is_waited_for(
    store: TroubledStore, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "STORE_AWAY", 0.005)
    [delivery] = await owe(store, 1)
    store.commit_failures.extend([StoreUnavailable("away")] * 10)
    await ledger.settle(delivery, writes("kept"))
    assert store.stored.notes == {"kept": "1"}


async def test_what_is_given_up_is_kept_with_the_reason(store: TroubledStore, ledger: Ledger) -> None:
    [delivery] = await owe(store, 1)
    for _ in range(2):
        await ledger.settle(delivery, writes("told"), "M_FORBIDDEN")
    assert list(store.stored.failed.values()) == [(delivery, "M_FORBIDDEN")]
    assert store.stored.notes == {"told": "1"}


async def test_without_effects_it_is_just_struck_off(store: TroubledStore, ledger: Ledger) -> None:
    [delivery] = await owe(store, 1)
    await ledger.settle(delivery, None)
    assert store.stored.deliveries == {}


@pytest.mark.parametrize(
    ("payload", "commits"),
    [
        (ShowCard(7), 1),
        (JoinCustomerRoom(7, "!room"), 3),
        (PassOnSlowed(7), 3),
        (TakeByCard(7, ReactionSent("$event", "!queue", "@anna:x", stores.NOW, "$card", "✋")), 3),
    ],
    ids=lambda value: getattr(value, "kind", str(value)),
)
async def test_what_takes_something_in_is_kept_by_itself(
    store: TroubledStore, ledger: Ledger, payload: Payload, commits: int
) -> None:
    before, after = await owe(store, 2)
    async with store.begin() as work:
        own = await stores.owe(work, "lane", payload)
        await work.commit()
    store.commits = 0
    settled = [ledger.settle(delivery, writes(str(delivery.id))) for delivery in (before, own, after)]
    assert await asyncio.gather(*settled) == [True, True, True]
    assert store.commits == commits
