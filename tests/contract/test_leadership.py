"""On SQLite one process at a time has the right to work; it is free the moment its holder is gone."""

import asyncio
import signal
import subprocess
import sys

import pytest

from livechat_plugin.core.errors import StoreUnavailable
from livechat_plugin.store.leadership import open_replica

HOLDER = """
import asyncio, sys
from livechat_plugin.store.leadership import open_replica

async def hold():
    assert await leadership.take()
    print("taken", flush=True)
    await leadership.lost()

leadership = open_replica(sys.argv[1])
asyncio.run(hold())
"""


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_the_right_is_given_once_until_it_is_given_back(database_url: str) -> None:
    first, second = open_replica(database_url), open_replica(database_url)
    assert await first.take()
    assert not await second.take()
    assert not await second.take()
    await first.close()
    assert await second.take()
    await second.close()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_what_a_killed_process_had_is_free_at_once(database_url: str) -> None:
    ours = open_replica(database_url)
    with subprocess.Popen([sys.executable, "-c", HOLDER, database_url], stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        await asyncio.to_thread(holder.stdout.readline)
        assert not await ours.take()
        holder.send_signal(signal.SIGKILL)
    async with asyncio.timeout(0.5):
        while not await ours.take():  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    await ours.close()


@pytest.mark.parametrize(
    "url", ["sqlite:////no/such/folder/livechat.db", "postgresql+asyncpg://nobody:secret@127.0.0.1:1/x"]
)
async def test_without_a_database_there_is_no_right_to_be_had(url: str) -> None:
    leadership = open_replica(url)
    with pytest.raises(StoreUnavailable) as caught:
        await leadership.take()
    assert "secret" not in str(caught.value)
    await leadership.close()
