"""What it costs that many pages of the console are open, and how soon they learn of a change."""

import asyncio
import time
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import aiohttp
from starlette.responses import Response

from benchmarks.alone import SERVER_NAME, stub_homeserver
from benchmarks.figures import Latencies, Report, at_most
from benchmarks.homeserver_push import HomeserverPush
from benchmarks.machine import CpuMeter, load, resident_mb
from benchmarks.plugin_process import PluginProcess
from livechat_plugin.bootstrap.clock import SystemClock
from livechat_plugin.bootstrap.configuration import configure
from livechat_plugin.bootstrap.outside import secret_of
from livechat_plugin.web.console.visitor import COOKIE, Visitors

PAGES: Final = 500
ROUNDS: Final = 30
AT_REST: Final = 30.0
"""Seconds; every connection is pinged once in them."""
PACE: Final = 0.5
SOON: Final = 100.0
"""Milliseconds from a commit until an open page has been told."""
OPERATORS: Final = [f"@operator{number}:{SERVER_NAME}" for number in range(10)]
"""Whose pages they are: each may have some dozens open."""
PATIENCE: Final = 30.0


@dataclass(slots=True)
class _Pages:
    """The browsers: each has one connection, and notes when it is told of a change."""

    session: aiohttp.ClientSession
    url: str
    told: list[float] = field(default_factory=list)
    round: int = 0
    everybody: asyncio.Event = field(default_factory=asyncio.Event)

    async def follow(self, operator: str, cookie: str) -> None:
        """One page of somebody, until it is cut off."""
        topics = {"topics": f"live_chat:1 person:{operator}"}
        headers = {"Cookie": f"{COOKIE}={cookie}"}
        heard = -1
        async with self.session.get(f"{self.url}/console/live", params=topics, headers=headers) as response:
            response.raise_for_status()
            async for chunk in response.content.iter_any():
                if b"event: " in chunk and heard < self.round:
                    heard = self.round
                    self.told.append(time.perf_counter())
                    if len(self.told) == PAGES:
                        self.everybody.set()

    def begin(self) -> None:
        """Another round, in which each page is to be told once."""
        self.round += 1
        self.told.clear()
        self.everybody.clear()

    async def all_told(self) -> None:
        """Wait until each was greeted, or told of a change."""
        async with asyncio.timeout(PATIENCE):
            await self.everybody.wait()


async def measure(folder: Path, rounds: int) -> Report:
    """One plugin with SQLite; the pages are connections of this process."""
    report = Report(
        f"Open pages: {PAGES} that follow the queue",
        ["", "changes", "p50 ms", "p95 ms", "p99 ms"],
    )
    async with AsyncExitStack() as stack:
        stub = await stack.enter_async_context(stub_homeserver())
        plugin = PluginProcess(folder / "plugin", stub, SERVER_NAME)
        await plugin.install()
        stack.push_async_callback(plugin.stop)
        await plugin.start()
        await plugin.add_live_chat(*OPERATORS)
        push = await stack.enter_async_context(HomeserverPush(plugin.url, plugin.registration))
        customer, room = f"@customer1:{SERVER_NAME}", f"!room1:{SERVER_NAME}"
        await push.push([push.direct_invite(room, customer, plugin.ghost)])
        await push.push([push.message(room, customer, "Hello")])
        await asyncio.sleep(3)
        session = await stack.enter_async_context(
            aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=0),
                timeout=aiohttp.ClientTimeout(total=None),
            )
        )
        pages = _Pages(session, plugin.url)
        before = resident_mb(plugin.pid)
        cookies = [(operator, _cookie(plugin, operator)) for operator in OPERATORS]
        following = [
            asyncio.create_task(pages.follow(*cookies[number % len(cookies)])) for number in range(PAGES)
        ]
        await pages.all_told()
        await asyncio.sleep(1)
        memory = resident_mb(plugin.pid) - before
        cpu = CpuMeter(plugin.pid)
        await asyncio.sleep(AT_REST)
        at_rest = cpu.milliseconds() / AT_REST / 10
        first, last = [], []
        for number in range(rounds):
            pages.begin()
            began = time.perf_counter()
            await push.push([push.message(room, customer, f"Number {number}")])
            await pages.all_told()
            first.append(min(pages.told) - began)
            last.append(max(pages.told) - began)
            await asyncio.sleep(PACE)
        asked, cpu_each = await _asked_again(session, plugin, [cookie for _, cookie in cookies])
        began = time.perf_counter()
        await plugin.stop()
        ended = time.perf_counter() - began
        await asyncio.gather(*following, return_exceptions=True)
    soonest, latest = Latencies(first), Latencies(last)
    report.rows += [["first page told", *soonest.cells()], [f"last of {PAGES} told", *latest.cells()]]
    report.checks += [
        at_most("first page told, p95", soonest.milliseconds(95), SOON, " ms"),
        at_most(f"last of {PAGES} pages told, p95", latest.milliseconds(95), SOON, " ms"),
        at_most("CPU while nothing happens", at_rest, 2.0, " % of a core"),
        at_most("memory for each page", memory * 1024 / PAGES, 100.0, " kB"),
        at_most("end of the process with all pages open", ended, 5.0, " s"),
    ]
    report.notes.append(
        "From the push of a customer's message until the page has it, so the commit is included; pages are read by one"
        f" process on the same cores. Memory of all {PAGES}: {memory:.1f} MB. When all ask for their list at once after a"
        f" change: {asked:.2f} s until the last has it, {cpu_each:.1f} ms of CPU each. {load()}."
    )
    report.figures = {
        "first": soonest.figures(),
        "last": latest.figures(),
        "at_rest_percent": at_rest,
        "memory_mb": memory,
        "ended_after_s": ended,
        "asked_again_s": asked,
    }
    return report


async def _asked_again(
    session: aiohttp.ClientSession, plugin: PluginProcess, cookies: list[str]
) -> tuple[float, float]:
    """All pages ask for the list at once, as they do after a change; until the last is answered, and CPU for each."""
    headers = {"HX-Request": "true", "HX-Target": "session-list"}

    async def ask(number: int) -> None:
        cookie = {"Cookie": f"{COOKIE}={cookies[number % len(cookies)]}"}
        async with session.get(f"{plugin.url}/console/sessions/queue", headers=headers | cookie) as response:
            response.raise_for_status()
            await response.read()

    cpu, began = CpuMeter(plugin.pid), time.perf_counter()
    await asyncio.gather(*(ask(number) for number in range(PAGES)))
    return time.perf_counter() - began, cpu.milliseconds() / PAGES


def _cookie(plugin: PluginProcess, operator: str) -> str:
    """Of somebody who has signed in."""
    as_token = configure(plugin.config).registration.as_token.get_secret_value()
    response = Response()
    Visitors(secret_of(as_token), SystemClock(), is_secure=False).sign_in(response, operator)
    return response.headers["set-cookie"].partition("=")[2].partition(";")[0]
