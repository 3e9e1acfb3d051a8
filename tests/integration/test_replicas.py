"""Two replicas divide the conversations; one that is killed, or stopped past its lease, costs no message and no order."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio

from tests.integration.installation import Desk, Installation, Served, free_port, new_database, says

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(240)]

PATIENCE = 60.0
CONVERSATIONS = 4
SLOTS = 64


class Pair(Installation):
    """The homeserver knows the first one's address; the second one has its part of the deliveries."""

    def __init__(self, directory: Path, database_url: str) -> None:
        super().__init__(directory, database_url)
        self.second = f"http://127.0.0.1:{free_port()}"
        self._second: subprocess.Popen[bytes] | None = None

    async def start_second(self) -> None:
        env = {**os.environ, "LIVECHAT_WEB__LISTEN_PORT": self.second.rpartition(":")[2]}
        command = [sys.executable, "-m", "livechat_plugin", "serve", "--config", str(self.config)]
        with self.config.with_name("second.log").open("ab") as log:
            self._second = subprocess.Popen(command, stdout=log, stderr=log, env=env)
        async with httpx.AsyncClient() as client, asyncio.timeout(PATIENCE):
            while True:
                with suppress(httpx.TransportError):
                    if (await client.get(f"{self.second}/ready")).status_code == 200:
                        return
                assert self._second.poll() is None
                await asyncio.sleep(0.05)

    async def kill_second(self) -> None:
        if self._second is not None:
            self._second.kill()
            await asyncio.to_thread(self._second.wait, 20)
            self._second = None

    async def end(self) -> None:
        await self.kill_second()
        await super().end()

    async def told(self, address: str) -> dict[str, Any]:
        """What a replica tells of its part."""
        async with httpx.AsyncClient() as client:
            part: dict[str, Any] = (await client.get(f"{address}/health")).json()["replica"]
        return part

    async def until(self, holds: Callable[[dict[str, Any]], bool], address: str = "") -> None:
        async with asyncio.timeout(PATIENCE):
            while not holds(await self.told(address or self.web)):  # noqa: ASYNC110 - told by HTTP
                await asyncio.sleep(0.05)

    async def share(self) -> None:
        """Wait until both have their halves."""
        for address in (self.web, self.second):
            await self.until(lambda part: part["slots"] == SLOTS // 2 and part["replicas"] == 2, address)

    def send(self, how: signal.Signals) -> None:
        """To the second one, without waiting for what it does."""
        assert self._second is not None
        self._second.send_signal(how)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def pair(postgresql_server: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Pair]:
    pair = Pair(tmp_path_factory.mktemp("pair"), await new_database(postgresql_server, "pair"))
    try:
        await pair.set_up()
        await pair.start_second()
        yield pair
    finally:
        await pair.end()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def conversations(pair: Pair) -> list[Served]:
    desk = await Desk.open(pair)
    return [await desk.serve(await pair.customer(), f"Hello {number}") for number in range(CONVERSATIONS)]


async def write(one: Served, words: list[str]) -> None:
    for word in words:
        await one.customer.say(one.customer_room, word)


async def everything_arrives(conversations: list[Served], words: list[str]) -> None:
    """Each message once, and in the order in which it was written."""
    for one in conversations:
        await one.operator.wait_for(one.session_room, says(words[-1]), PATIENCE)
        seen = [event["content"].get("body", "") for event in one.operator.events(one.session_room)]
        assert [body for body in seen if body in words] == words


async def test_both_work_in_their_own_lanes(pair: Pair, conversations: list[Served]) -> None:
    await pair.share()
    leads = [(await pair.told(address))["leads"] for address in (pair.web, pair.second)]
    assert leads == [True, False]
    words = [f"shared {number}" for number in range(5)]
    await asyncio.gather(*(write(one, words) for one in conversations))
    await everything_arrives(conversations, words)
    for address in (pair.web, pair.second):
        async with httpx.AsyncClient() as client:
            metrics = (await client.get(f"{address}/metrics")).text
        assert "livechat_deliveries_total{" in metrics
        assert "livechat_lane_slots 32.0" in metrics


async def test_one_is_killed_among_messages_and_one_comes(pair: Pair, conversations: list[Served]) -> None:
    words = [f"killed {number}" for number in range(10)]
    writing = asyncio.gather(*(write(one, words) for one in conversations))
    await conversations[0].operator.wait_for(conversations[0].session_room, says("killed 2"), PATIENCE)
    await pair.kill_second()
    async with asyncio.timeout(10):
        await pair.until(lambda part: part["slots"] == SLOTS and part["replicas"] == 1)
    await pair.start_second()
    await writing
    await everything_arrives(conversations, words)
    await pair.share()


async def test_one_is_stopped_past_its_lease_and_goes_on(pair: Pair, conversations: list[Served]) -> None:
    words = [f"stopped {number}" for number in range(10)]
    writing = asyncio.gather(*(write(one, words) for one in conversations))
    await conversations[0].operator.wait_for(conversations[0].session_room, says("stopped 2"), PATIENCE)
    pair.send(signal.SIGSTOP)
    try:
        await writing
        await pair.until(lambda part: part["slots"] == SLOTS and part["replicas"] == 1)
        await everything_arrives(conversations, words)
    finally:
        pair.send(signal.SIGCONT)
    later = [f"later {number}" for number in range(3)]
    await asyncio.gather(*(write(one, later) for one in conversations))
    await everything_arrives(conversations, later)
    await pair.share()
    await everything_arrives(conversations, words)
