"""One process at a time has the right to work; it is free the moment its holder is gone."""

import asyncio
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg  # type: ignore[import-untyped]
import pytest

from livechat_plugin.core.errors import StoreUnavailable
from livechat_plugin.services.terms import Terms
from livechat_plugin.store.leadership import open_leadership

HOLDER = """
import asyncio, sys
from livechat_plugin.store.leadership import open_leadership

async def hold():
    assert await leadership.take()
    print("taken", flush=True)
    await leadership.lost()

leadership = open_leadership(sys.argv[1])
asyncio.run(hold())
"""


async def test_the_right_is_given_once_until_it_is_given_back(database_url: str) -> None:
    first, second = open_leadership(database_url), open_leadership(database_url)
    assert await first.take()
    assert not await second.take()
    assert not await second.take()
    await first.close()
    assert await second.take()
    await second.close()


async def test_what_a_killed_process_had_is_free_at_once(database_url: str) -> None:
    ours = open_leadership(database_url)
    with subprocess.Popen([sys.executable, "-c", HOLDER, database_url], stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        await asyncio.to_thread(holder.stdout.readline)
        assert not await ours.take()
        holder.send_signal(signal.SIGKILL)
    async with asyncio.timeout(0.5):
        while not await ours.take():  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    await ours.close()


async def end_connections(server: str) -> None:
    administrator = await asyncpg.connect(server)
    await administrator.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE application_name = 'livechat-plugin leadership'"
    )
    await administrator.close()


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_with_its_connection_the_right_is_lost_at_once_and_taken_again(
    postgresql_server: str, database_url: str
) -> None:
    ours, other = open_leadership(database_url), open_leadership(database_url)
    assert await ours.take()
    losing = asyncio.create_task(ours.lost())
    await asyncio.sleep(0.05)
    assert not losing.done()
    await end_connections(postgresql_server)
    async with asyncio.timeout(1):
        await losing
    assert await ours.take()
    assert not await other.take()
    await ours.close()
    await other.close()


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_a_connection_without_a_sign_of_life_has_no_right(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("livechat_plugin.store.advisory_lock.SIGN_OF_LIFE", 0.05)
    ours = open_leadership(database_url)
    assert await ours.take()
    losing = asyncio.create_task(ours.lost())
    await asyncio.sleep(0.3)
    assert not losing.done()  # every look was answered
    monkeypatch.setattr("livechat_plugin.store.advisory_lock._ONE", "no statement at all")
    async with asyncio.timeout(1):
        await losing
    await ours.close()


@pytest.mark.parametrize(
    "url", ["sqlite:////no/such/folder/livechat.db", "postgresql+asyncpg://nobody:secret@127.0.0.1:1/x"]
)
async def test_without_a_database_there_is_no_right_to_be_had(url: str) -> None:
    leadership = open_leadership(url)
    with pytest.raises(StoreUnavailable) as caught:
        await leadership.take()
    assert "secret" not in str(caught.value)
    await leadership.close()


class Office:
    """Where one of two processes works."""

    def __init__(self, url: str, journal: list[str], name: str) -> None:
        self._journal, self._name = journal, name
        self.terms = Terms(open_leadership(url), self._work)

    @asynccontextmanager
    async def _work(self) -> AsyncIterator[None]:
        self._journal.append(f"{self._name} begins")
        try:
            yield
        finally:
            self._journal.append(f"{self._name} ends")


@pytest.mark.parametrize("how", ["ends", "loses its connection"])
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_the_second_takes_over_when_the_first(
    how: str, database_url: str, postgresql_server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("livechat_plugin.services.terms.ASK_EVERY", 0.02)
    journal: list[str] = []
    offices = [Office(database_url, journal, name) for name in ("first", "second")]
    running = []
    for office in offices:
        running.append(asyncio.create_task(office.terms.run()))
        await office.terms.has_asked.wait()
    await asyncio.sleep(0.1)
    assert [office.terms.is_at_work for office in offices] == [True, False]
    if how == "ends":
        running[0].cancel()
        async with asyncio.timeout(1):
            while not offices[1].terms.is_at_work:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        assert journal[-1] == "second begins"
    else:
        await end_connections(postgresql_server)
        async with asyncio.timeout(2):
            while len(journal) < 3 or not any(office.terms.is_at_work for office in offices):  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        assert journal[:2] == ["first begins", "first ends"]
    assert sum(office.terms.is_at_work for office in offices) == 1
    for task in running:
        task.cancel()
    await asyncio.gather(*running, return_exceptions=True)
