"""What comes before all others keeps the inboxes of all replicas waiting, and nobody else."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import asyncpg  # type: ignore[import-untyped]
import pytest

from livechat_plugin.core.errors import StoreUnavailable
from livechat_plugin.store.database import Database
from tests.contract.stores import NOW

pytestmark = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


@pytest.fixture
async def two(database_url: str) -> AsyncIterator[tuple[Database, Database]]:
    databases = Database(database_url, print, print), Database(database_url, print, print)
    yield databases
    for database in databases:
        await database.close()


async def take_in(database: Database, *ids: str) -> frozenset[str]:
    async with database.begin() as unit:
        new = await unit.inbox.mark_seen(ids, NOW, in_turn=True)
        await unit.commit()
    return new


async def test_all_inboxes_wait_for_what_comes_before_them(two: tuple[Database, Database]) -> None:
    ours, theirs = two
    async with ours.before_all_inboxes():
        waiting = asyncio.create_task(take_in(theirs, "$1", "$2"))
        async with ours.begin() as unit:  # what is brought in meanwhile
            assert await unit.inbox.mark_seen({"$1"}, NOW) == {"$1"}
            await unit.commit()
        async with theirs.begin() as unit:  # and others who write
            assert await unit.inbox.mark_seen({"$3"}, NOW) == {"$3"}
            await unit.commit()
        assert not await theirs.is_inbox_quiet()
        assert not waiting.done()
    assert await asyncio.wait_for(waiting, 5) == {"$2"}
    assert await take_in(theirs, "$3", "$4", "$4") == {"$4"}
    assert await take_in(theirs) == frozenset()
    assert await theirs.is_inbox_quiet()


async def test_inboxes_do_not_wait_for_each_other(two: tuple[Database, Database]) -> None:
    ours, theirs = two
    async with ours.begin() as unit:
        await unit.inbox.mark_seen({"$1"}, NOW, in_turn=True)
        assert await asyncio.wait_for(take_in(theirs, "$2"), 5) == {"$2"}
        assert not await theirs.is_inbox_quiet()
        await unit.commit()
    assert await theirs.is_inbox_quiet()


async def test_what_comes_before_all_others_waits_for_who_has_begun(two: tuple[Database, Database]) -> None:
    ours, theirs = two
    async with AsyncExitStack() as stack:
        async with theirs.begin() as unit:
            await unit.inbox.mark_seen({"$1"}, NOW, in_turn=True)
            entering = asyncio.create_task(stack.enter_async_context(ours.before_all_inboxes()))
            await asyncio.sleep(0.1)
            assert not entering.done()
            await unit.commit()
        await asyncio.wait_for(entering, 5)


async def test_what_follows_sees_what_came_before_it(two: tuple[Database, Database]) -> None:
    """The lock is taken in the statement that is the first of its unit of work, whose later ones must look anew."""
    ours, theirs = two
    async with ours.before_all_inboxes(), ours.begin() as unit:
        waiting = asyncio.create_task(noted(theirs))
        await asyncio.sleep(0.1)
        await unit.inbox.keep_note("what", "new")
        await unit.commit()
    assert await asyncio.wait_for(waiting, 5) == "new"


async def noted(database: Database) -> str | None:
    async with database.begin() as unit:
        await unit.inbox.mark_seen({"$1"}, NOW, in_turn=True)
        return await unit.inbox.note("what")


async def test_who_is_cut_off_keeps_nobody_waiting(
    two: tuple[Database, Database], postgresql_server: str
) -> None:
    ours, theirs = two
    async with ours.before_all_inboxes():
        administrator = await asyncpg.connect(postgresql_server)
        await administrator.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND pid <> pg_backend_pid()"
        )
        await administrator.close()
        async with asyncio.timeout(5):
            while True:
                try:
                    assert await take_in(theirs, "$1") == {"$1"}
                    break
                except StoreUnavailable:  # its connections were ended, too
                    await asyncio.sleep(0.01)
    async with ours.before_all_inboxes():
        assert not await theirs.is_inbox_quiet()


async def test_who_gives_up_waiting_leaves_nothing_locked(two: tuple[Database, Database]) -> None:
    ours, theirs = two
    async with theirs.before_all_inboxes():
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.1), ours.before_all_inboxes():
                raise AssertionError("it was not our turn")
    assert await asyncio.wait_for(take_in(theirs, "$1"), 5) == {"$1"}
    assert await theirs.is_inbox_quiet()
