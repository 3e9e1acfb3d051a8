"""Several replicas on one PostgreSQL divide the slots; what one had when it went is taken over in a moment."""

import asyncio
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from itertools import combinations

import asyncpg  # type: ignore[import-untyped]
import pytest

from livechat_plugin.services import leases as module
from livechat_plugin.services.deliveries import SLOTS
from livechat_plugin.services.leases import Leases
from livechat_plugin.services.terms import Terms
from livechat_plugin.store.database import Database
from livechat_plugin.store.leadership import open_replica

HOLDER = """
import asyncio, sys
from livechat_plugin.store.leadership import open_replica

async def hold():
    assert await replica.take()
    print(len(replica.slots), replica.is_leading.is_set(), flush=True)
    await replica.lost()

replica = open_replica(sys.argv[1])
asyncio.run(hold())
"""

pytestmark = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


@pytest.fixture(autouse=True)
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "RENEW_EVERY", 0.05)
    monkeypatch.setattr("livechat_plugin.services.terms.ASK_EVERY", 0.02)
    monkeypatch.setattr("livechat_plugin.services.terms.HANDOVER", 0.02)


def leases_on(url: str) -> Leases:
    replica = open_replica(url)
    assert isinstance(replica, Leases)
    return replica


@asynccontextmanager
async def at_work(url: str) -> AsyncIterator[Leases]:
    replica = leases_on(url)
    terms = Terms(replica, _nothing)
    running = asyncio.create_task(terms.run())
    try:
        await terms.has_asked.wait()
        yield replica
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


@asynccontextmanager
async def _nothing() -> AsyncIterator[None]:
    yield


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not holds():  # noqa: ASYNC110 - anything may be waited for
            await asyncio.sleep(0.01)


def divided(*replicas: Leases) -> bool:
    """Everything is somebody's, nothing is two's, and nobody has much more than another."""
    shares = [replica.slots for replica in replicas]
    assert all(not one & other for one, other in combinations(shares, 2))
    return sum(map(len, shares)) == SLOTS and max(map(len, shares)) <= -(-SLOTS // len(shares))


async def end_connections(server: str) -> None:
    administrator = await asyncpg.connect(server)
    await administrator.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE application_name = 'livechat-plugin replica'"
    )
    await administrator.close()


async def test_who_is_alone_has_everything_and_leads_at_once(database_url: str) -> None:
    async with at_work(database_url) as replica:
        assert replica.slots == set(range(SLOTS))
        assert replica.is_leading.is_set()
        await asyncio.wait_for(replica.sure(), 1)


async def test_replicas_share_and_take_over_what_is_given_back(database_url: str) -> None:
    async with at_work(database_url) as first:
        async with at_work(database_url) as second:
            await until(lambda: divided(first, second))
            async with at_work(database_url) as third:
                await until(lambda: divided(first, second, third))
                assert [one.is_leading.is_set() for one in (first, second, third)] == [True, False, False]
                assert third.census.replicas == 3
            await until(lambda: divided(first, second))
        await until(lambda: divided(first))


async def test_the_next_leads_when_the_leader_has_gone(database_url: str) -> None:
    async with at_work(database_url) as first:
        assert first.is_leading.is_set()
        running = at_work(database_url)
        second = await running.__aenter__()
    await until(second.is_leading.is_set)
    await until(lambda: divided(second))
    await running.__aexit__(None, None, None)


async def test_a_slot_is_given_back_only_when_it_is_quiet(database_url: str) -> None:
    async with at_work(database_url) as first:
        busy = set(range(40))
        first.is_busy = busy.__contains__
        async with at_work(database_url) as second:
            await until(lambda: len(first.slots) == SLOTS // 2)
            await until(lambda: len(second.slots) == SLOTS - 40)
            await asyncio.sleep(0.2)
            assert len(second.slots) == SLOTS - 40
            busy.clear()
            await until(lambda: divided(first, second))


async def test_what_a_killed_replica_had_is_taken_over_at_once(database_url: str) -> None:
    holder = await asyncio.create_subprocess_exec(
        sys.executable, "-c", HOLDER, database_url, stdout=subprocess.PIPE
    )
    assert holder.stdout is not None
    while await holder.stdout.readline() != b"64 True\n":  # what is logged comes first
        assert not holder.stdout.at_eof()
    async with at_work(database_url) as ours:
        await until(lambda: len(ours.slots) == SLOTS // 2)
        assert not ours.is_leading.is_set()
        holder.send_signal(signal.SIGKILL)
        await until(lambda: divided(ours) and ours.is_leading.is_set())
    await holder.wait()


async def test_what_a_stopped_replica_had_is_taken_over_after_its_lease(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with at_work(database_url) as ours, at_work(database_url) as stopped:
        await until(lambda: divided(ours, stopped))
        now = module.since_boot()
        monkeypatch.setattr(stopped, "_ticks", lambda: now)
        # As its clock stands still, it renews nothing.
        await asyncio.sleep(0.1)
        await end_lease(database_url, stopped)
        await until(lambda: len(ours.slots) == SLOTS)
        monkeypatch.setattr(stopped, "_ticks", lambda: now + 60)
        frozen = asyncio.create_task(stopped.sure())
        await asyncio.sleep(0)
        assert not frozen.done()  # it begins nothing more
        monkeypatch.setattr(stopped, "_ticks", module.since_boot)
        await until(lambda: not ours.slots & stopped.slots)
        await until(lambda: divided(ours, stopped))
        frozen.cancel()


async def test_who_leads_and_is_stopped_keeps_neither_the_lead_nor_the_inboxes(database_url: str) -> None:
    stopped = leases_on(database_url)
    database, theirs = Database(database_url, print, print), Database(database_url, print, print)
    assert await stopped.take()
    assert stopped.is_leading.is_set()
    async with database.before_all_inboxes(), at_work(database_url) as ours:
        assert not ours.is_leading.is_set()
        await end_lease(database_url, stopped)
        await until(ours.is_leading.is_set)
        await until(lambda: divided(ours))
        async with asyncio.timeout(5), theirs.before_all_inboxes():
            pass
        async with asyncio.timeout(1):
            await stopped.lost()  # it learns at once, as soon as it goes on
        assert not stopped.slots
    await stopped.close()
    await database.close()
    await theirs.close()


async def test_a_row_from_the_future_keeps_nothing(database_url: str) -> None:
    async with at_work(database_url) as ours:
        connection = await asyncpg.connect(database_url.replace("+asyncpg", ""))
        await connection.execute(
            "INSERT INTO replicas (name, until, backend) VALUES ('old', now() + interval '1 hour', 0)"
        )
        await connection.close()
        await until(lambda: ours.census.has_lost_one)
        await until(lambda: divided(ours))


async def test_who_is_forgotten_by_the_others_begins_anew(database_url: str) -> None:
    async with at_work(database_url) as ours:
        connection = await asyncpg.connect(database_url.replace("+asyncpg", ""))
        gained: list[None] = []
        ours.on_gained = lambda: gained.append(None)
        await connection.execute("DELETE FROM replicas")
        await connection.close()
        await until(lambda: bool(gained) and len(ours.slots) == SLOTS)


async def test_with_the_connection_everything_is_lost_at_once_and_taken_anew(
    database_url: str, postgresql_server: str
) -> None:
    ours = leases_on(database_url)
    assert await ours.take()
    losing = asyncio.create_task(ours.lost())
    await asyncio.sleep(0.05)
    assert not losing.done()
    await end_connections(postgresql_server)
    async with asyncio.timeout(1):
        await losing
    assert not ours.slots
    assert not ours.is_leading.is_set()
    assert await ours.take()
    assert len(ours.slots) == SLOTS
    await ours.close()


async def test_nobody_is_at_work_beside_a_process_of_the_version_before(database_url: str) -> None:
    before = await asyncpg.connect(database_url.replace("+asyncpg", ""))
    assert await before.fetchval("SELECT pg_try_advisory_lock(1818850918)")
    ours = leases_on(database_url)
    assert not await ours.take()
    assert await before.fetchval("SELECT pg_advisory_unlock(1818850918)")
    assert await ours.take()
    assert not await before.fetchval("SELECT pg_try_advisory_lock(1818850918)")
    await ours.close()
    async with asyncio.timeout(5):
        while not await before.fetchval("SELECT pg_try_advisory_lock(1818850918)"):  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    await before.close()


async def test_a_database_that_answers_nothing_ends_the_term(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours = leases_on(database_url)
    assert await ours.take()
    monkeypatch.setattr("livechat_plugin.store.replica_register._RENEW", "no statement at all")
    async with asyncio.timeout(1):
        await ours.lost()
    await ours.close()


async def end_lease(url: str, replica: Leases) -> None:
    connection = await asyncpg.connect(url.replace("+asyncpg", ""))
    name = replica._register._name  # type: ignore[attr-defined]
    await connection.execute("UPDATE replicas SET until = now() - interval '1 second' WHERE name = $1", name)
    await connection.close()
