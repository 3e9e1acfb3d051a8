"""The plugin's own cost: a homeserver that answers at once, and a database."""

import asyncio
import contextlib
import random
import sys
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from statistics import median
from typing import Any, Final

import aiohttp

from benchmarks.alone_report import PACE, Outcome, Size, report
from benchmarks.databases import DATABASES, Database
from benchmarks.figures import Latencies, Report, is_in_order
from benchmarks.homeserver_push import Event, HomeserverPush
from benchmarks.machine import CpuMeter, cpu_seconds, resident_mb
from benchmarks.plugin_process import SLUG, PluginProcess, free_port
from benchmarks.stub_homeserver import MARK

SERVER_NAME: Final = "stub.localhost"
OPERATOR: Final = f"@anna:{SERVER_NAME}"
_AFTERGLOW: Final = 0.5
"""Seconds after the last copy, for striking off what was delivered: its cost belongs to the messages."""

_UNTIL_ROOMS_ARE_MADE: Final = 5
"""Seconds; new spare rooms are made a little after others were taken."""

STARTS: Final = 3

FULL: Final = Size(conversations=100, messages=2000, rounds=3, singles=200)
QUICK: Final = Size(conversations=50, messages=1000, rounds=1, singles=50)


async def measure(folder: Path, size: Size) -> Report:
    """One database after the other."""
    return report([await _with_database(folder / one.name, one, size) for one in DATABASES], size)


async def _with_database(folder: Path, database: Database, size: Size) -> Outcome:
    async with AsyncExitStack() as stack:
        opened = stack.enter_context(database.opened(folder))
        stub = await stack.enter_async_context(stub_homeserver())
        environment = {"LIVECHAT_DATABASE__URL": opened.url}
        plugin = PluginProcess(folder / "plugin", stub, SERVER_NAME, environment)
        await plugin.install()
        await plugin.command("migrate")
        stack.push_async_callback(plugin.stop)
        outcome = Outcome(database.title, opened.settings, database.messages_per_second)
        outcome.ready_after, outcome.start_cpu = await _starts(plugin)
        outcome.rss_at_rest = resident_mb(plugin.pid)
        await plugin.add_live_chat(OPERATOR)
        watch = await stack.enter_async_context(aiohttp.ClientSession(stub))
        push = await stack.enter_async_context(HomeserverPush(plugin.url, plugin.registration))
        run = _Run(plugin, push, watch, size, outcome)
        await run.open_conversations()
        await run.everything()
        outcome.ready_again_after, outcome.start_again_cpu = await _starts(plugin)
        return outcome


async def _starts(plugin: PluginProcess) -> tuple[float, float]:
    """Start it several times; medians of the seconds until it is ready, and of the CPU that took.

    A single start that meets with anything else on the machine says little.
    """
    seconds, cpu = [], []
    for _ in range(STARTS):
        await plugin.stop()
        seconds.append(await plugin.start())
        cpu.append(cpu_seconds(plugin.pid))
    return median(seconds), median(cpu)


class _Run:
    """The measurements on one plugin."""

    def __init__(
        self,
        plugin: PluginProcess,
        push: HomeserverPush,
        watch: aiohttp.ClientSession,
        size: Size,
        outcome: Outcome,
    ) -> None:
        self._plugin = plugin
        self._push = push
        self._watch = watch
        self._size = size
        self._outcome = outcome
        self._said = [0] * size.conversations
        self._answered = [0] * size.conversations
        self._session_rooms: list[str] = []
        self._chance = random.Random(1)  # noqa: S311 -- the same messages in every run

    async def open_conversations(self) -> None:
        """As customers do: an invitation, then a first message, which opens a session."""
        push, everybody = self._push, range(self._size.conversations)
        ghost = self._plugin.ghost
        await push.push([push.direct_invite(_room(one), _customer(one), ghost) for one in everybody])
        await push.push([self._next_message(one) for one in everybody])
        await self._copies()
        await self._asked(f"rest?seconds={_UNTIL_ROOMS_ARE_MADE}")
        rooms: dict[str, list[str]] = await self._asked("messages")
        room_of = {int(texts[0].split()[0]): room for room, texts in rooms.items()}
        self._session_rooms = [room_of[one] for one in everybody]
        made: dict[str, str] = await self._asked("rooms")
        queue = made[f"livechat_{SLUG}"]
        # The sessions' numbers are counted up from 1.
        await push.push([push.message(queue, OPERATOR, f"!take {one + 1}") for one in everybody])
        await self._asked("rest?seconds=2")

    async def everything(self) -> None:
        """Warm-up, throughput, single messages, and a look at what arrived."""
        size, outcome = self._size, self._outcome
        await self._throughput(size.messages // 2)
        for _ in range(size.rounds):
            per_second, cpu_ms = await self._throughput(size.messages)
            outcome.per_second.append(per_second)
            outcome.cpu_ms.append(cpu_ms)
            answers_per_second, answer_cpu_ms = await self._throughput(size.messages, is_answer=True)
            outcome.answers_per_second.append(answers_per_second)
            outcome.answer_cpu_ms.append(answer_cpu_ms)
        cpu = CpuMeter(self._plugin.pid)
        outcome.acknowledged = Latencies(await self._singles(size.singles, 1))
        await self._copies()
        await asyncio.sleep(_AFTERGLOW)
        outcome.single_cpu_ms = cpu.milliseconds() / size.singles
        outcome.empty = Latencies(await self._singles(size.singles, 0))
        outcome.rss_after = resident_mb(self._plugin.pid)
        outcome.sent = self._sent
        rooms: dict[str, list[str]] = await self._asked("messages")
        outcome.delivered = sum(len(texts) for texts in rooms.values())
        outcome.in_order = all(
            self._is_right(rooms.get(self._session_rooms[one], []), one, self._said[one])
            and self._is_right(rooms.get(_room(one), []), one, self._answered[one])
            for one in range(size.conversations)
        )

    @property
    def _sent(self) -> int:
        return sum(self._said) + sum(self._answered)

    async def _asked(self, what: str) -> Any:
        async with self._watch.get(f"/stub/{what}") as response:
            return await response.json()

    async def _throughput(self, count: int, *, is_answer: bool = False) -> tuple[float, float]:
        """Push as fast as it is acknowledged; messages per second, and CPU milliseconds of the plugin for each."""
        say = self._next_answer if is_answer else self._next_message
        events = [say(self._chance.randrange(self._size.conversations)) for _ in range(count)]
        cpu, began = CpuMeter(self._plugin.pid), time.perf_counter()
        await self._push.push(events)
        await self._copies()
        seconds = time.perf_counter() - began
        await asyncio.sleep(_AFTERGLOW)
        return count / seconds, cpu.milliseconds() / count

    async def _singles(self, count: int, messages: int) -> list[float]:
        """Small transactions, paced: seconds until each is acknowledged, which is when its messages are durable.

        Empty ones tell what the connection alone takes.
        """
        times = []
        for _ in range(count):
            began = time.perf_counter()
            customers = (self._chance.randrange(self._size.conversations) for _ in range(messages))
            times.append(await self._push.transaction([self._next_message(one) for one in customers]))
            await asyncio.sleep(max(0.0, began + PACE - time.perf_counter()))
        return times

    def _next_message(self, customer: int) -> Event:
        number = self._said[customer]
        self._said[customer] += 1
        return self._push.message(_room(customer), _customer(customer), f"{MARK}{customer} {number}")

    def _next_answer(self, customer: int) -> Event:
        number = self._answered[customer]
        self._answered[customer] += 1
        return self._push.message(self._session_rooms[customer], OPERATOR, f"{MARK}{customer} {number}")

    async def _copies(self) -> None:
        async with asyncio.timeout(60), self._watch.get(f"/stub/wait?count={self._sent}") as response:
            response.raise_for_status()

    def _is_right(self, texts: list[str], customer: int, count: int) -> bool:
        """What was said to or by one customer: all of it, once, in order."""
        pairs = [text.split() for text in texts]
        is_theirs = all(int(whose) == customer for whose, _ in pairs)
        return is_theirs and is_in_order([int(number) for _, number in pairs], count)


def _room(customer: int) -> str:
    return f"!room{customer}:{SERVER_NAME}"


def _customer(customer: int) -> str:
    return f"@customer{customer}:{SERVER_NAME}"


@asynccontextmanager
async def stub_homeserver() -> AsyncIterator[str]:
    """The homeserver that says yes; its address."""
    url = f"http://127.0.0.1:{(port := free_port())}"
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "benchmarks.stub_homeserver", str(port)
    )
    try:
        async with asyncio.timeout(20), aiohttp.ClientSession() as session:
            while True:
                with contextlib.suppress(aiohttp.ClientError):
                    async with session.get(f"{url}/_matrix/client/versions"):
                        break
                await asyncio.sleep(0.05)
        yield url
    finally:
        process.terminate()
        await process.wait()
