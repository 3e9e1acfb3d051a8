"""Looking up where many customers are."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from livechat_plugin.core.errors import StoreUnavailable
from livechat_plugin.services.delivering.whereabouts import Whereabouts
from tests.contract.stores import add_conversation
from tests.fakes.store import FakeUnitOfWork
from tests.fakes.troubled_store import TroubledStore


class SlowStore(TroubledStore):
    """Looks take their time, and are counted."""

    def __init__(self) -> None:
        super().__init__(lambda _: None, lambda _: None)
        self.looks = 0
        self.go_on = asyncio.Event()
        self.go_on.set()

    @asynccontextmanager
    async def read(self) -> AsyncIterator[FakeUnitOfWork]:
        self.looks += 1
        await self.go_on.wait()
        async with super().read() as work:
            yield work


@pytest.fixture
async def store() -> SlowStore:
    made = SlowStore()
    async with made.begin() as work:
        for number in range(3):
            await add_conversation(work, f"@customer{number}:x")
        await work.commit()
    return made


async def test_what_is_asked_for_during_a_look_is_answered_by_one_more(store: SlowStore) -> None:
    whereabouts = Whereabouts(store)
    store.go_on.clear()
    asking = [asyncio.create_task(whereabouts.view(1))]
    await asyncio.sleep(0)  # it asks
    await asyncio.sleep(0)  # the look begins
    asking += [asyncio.create_task(whereabouts.view(number)) for number in (1, 2, 3, 2)]
    await asyncio.sleep(0)
    store.go_on.set()
    found = await asyncio.gather(*asking)
    assert [view.conversation.id for view in found] == [1, 1, 2, 3, 2]
    assert store.looks == 2


async def test_a_conversation_that_is_gone_troubles_only_who_asked_for_it(store: SlowStore) -> None:
    whereabouts = Whereabouts(store)
    found = await asyncio.gather(*map(whereabouts.view, (1, 99, 2)), return_exceptions=True)
    assert [isinstance(one, LookupError) for one in found] == [False, True, False]


async def test_a_store_that_is_away_is_told_to_all_and_asked_again(store: SlowStore) -> None:
    whereabouts = Whereabouts(store)
    store.is_away = True
    found = await asyncio.gather(*map(whereabouts.view, (1, 2)), return_exceptions=True)
    assert [type(one) for one in found] == [StoreUnavailable, StoreUnavailable]
    store.is_away = False
    assert (await whereabouts.view(1)).conversation.id == 1


async def test_who_is_stopped_stops_nobody_else_and_the_last_one_the_look(store: SlowStore) -> None:
    whereabouts = Whereabouts(store)
    store.go_on.clear()
    one, two = [asyncio.create_task(whereabouts.view(number)) for number in (1, 2)]
    await asyncio.sleep(0)
    one.cancel()
    await asyncio.wait([one])
    store.go_on.set()
    assert (await two).conversation.id == 2

    store.go_on.clear()
    last = asyncio.create_task(whereabouts.view(3))
    await asyncio.sleep(0)
    last.cancel()
    await asyncio.wait([last])
    assert last.cancelled()
    store.go_on.set()
    assert (await whereabouts.view(3)).conversation.id == 3
