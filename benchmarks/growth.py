"""What grows with the data: the cost of a message, the start, the memory, the pages, up to a million messages."""

import asyncio
import random
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import aiohttp
from sqlalchemy import Connection

from benchmarks import pages
from benchmarks.alone import stub_homeserver
from benchmarks.databases import DATABASES, Database
from benchmarks.figures import Latencies, Report, at_most, median
from benchmarks.filled_store import (
    ADMINISTRATOR,
    OPERATORS,
    SERVER,
    Filling,
    customer_room,
    fill,
    session_room,
)
from benchmarks.homeserver_push import HomeserverPush
from benchmarks.machine import CpuMeter, cpu_seconds, load, resident_mb
from benchmarks.plugin_process import PluginProcess
from benchmarks.stub_homeserver import MARK
from livechat_plugin.store.database import open_backend

EMPTY: Final = 100
"""Conversations that count as none: with fewer, every message meets the same ones."""
SIZES: Final = (EMPTY, 1_000, 10_000, 100_000)
QUICK: Final = (EMPTY, 10_000)
EACH: Final = 10
"""Messages in a conversation: a million in all at the end."""
BATCH: Final = 500
ROUNDS: Final = 5
WORTH: Final = 0.1
"""How much more a message may cost than with an empty database."""
START: Final = 2.0
MEMORY: Final = 20.0


@dataclass(slots=True)
class Outcome:
    """What one size gave on one database."""

    conversations: int
    cpu_ms: list[float] = field(default_factory=list)
    answer_cpu_ms: list[float] = field(default_factory=list)
    ready_after: float = 0.0
    start_cpu: float = 0.0
    rss_at_rest: float = 0.0
    rss_after: float = 0.0
    pages: dict[str, Latencies] = field(default_factory=dict)

    @property
    def slowest(self) -> tuple[float, str]:
        """The slowest page: p95 in milliseconds, the first request included, and its name."""
        return max((_p95(times), name) for name, times in self.pages.items())

    @property
    def coldest(self) -> tuple[float, str]:
        """The page whose first request took longest."""
        return max((times.seconds[0] * 1000, name) for name, times in self.pages.items())


async def measure(folder: Path, sizes: tuple[int, ...]) -> Report:
    """Each database, from little to much."""
    outcomes = {
        one.title: [await _with(folder / f"{one.name}-{size}", one, size) for size in sizes]
        for one in DATABASES
    }
    return _report(outcomes)


async def _with(folder: Path, database: Database, size: int) -> Outcome:
    async with AsyncExitStack() as stack:
        opened = stack.enter_context(database.opened(folder))
        stub = await stack.enter_async_context(stub_homeserver())
        plugin = PluginProcess(folder / "plugin", stub, SERVER, {"LIVECHAT_DATABASE__URL": opened.url})
        await plugin.install("--administrator", ADMINISTRATOR)
        await plugin.command("migrate")
        filling = Filling(size, EACH, is_open=True)
        await _fill(opened.url, filling)
        outcome = Outcome(size)
        stack.push_async_callback(plugin.stop)
        outcome.ready_after = await plugin.start()
        outcome.start_cpu = cpu_seconds(plugin.pid)
        await asyncio.sleep(1)
        outcome.rss_at_rest = resident_mb(plugin.pid)
        watch = await stack.enter_async_context(aiohttp.ClientSession(stub))
        push = await stack.enter_async_context(HomeserverPush(plugin.url, plugin.registration))
        await _messages(plugin, push, watch, filling, outcome)
        outcome.rss_after = resident_mb(plugin.pid)
        await plugin.stop()
        async with pages.browser(plugin, opened.url) as browser:
            for page in pages.pages(filling):
                outcome.pages[page.name] = await pages.time_of(browser, page)
        return outcome


async def _fill(url: str, filling: Filling) -> None:
    def work(connection: Connection) -> Any:
        fill(connection, filling)

    backend = open_backend(url.replace("postgresql://", "postgresql+asyncpg://"))
    try:
        await backend.migrate(work)
    finally:
        await backend.close()


async def _messages(
    plugin: PluginProcess,
    push: HomeserverPush,
    watch: aiohttp.ClientSession,
    filling: Filling,
    outcome: Outcome,
) -> None:
    """Customers and operators by turns, in conversations from everywhere in the database."""
    chance = random.Random(1)  # noqa: S311 -- the same conversations in every run
    served = [number for number in range(1, filling.conversations + 1) if number % 100 != 0]
    sent = 0
    for number in range(ROUNDS + 1):
        for kept, is_answer in ((outcome.cpu_ms, False), (outcome.answer_cpu_ms, True)):
            events = []
            for one in chance.choices(served, k=BATCH):
                room = session_room(one) if is_answer else customer_room(one)
                sender = OPERATORS[one % len(OPERATORS)] if is_answer else f"@customer{one}:{SERVER}"
                events.append(push.message(room, sender, f"{MARK}{one}"))
            sent += BATCH
            cpu = CpuMeter(plugin.pid)
            await push.push(events)
            async with asyncio.timeout(60), watch.get(f"/stub/wait?count={sent}") as response:
                response.raise_for_status()
            await asyncio.sleep(0.3)
            if number:  # the first round is for warming up
                kept.append(cpu.milliseconds() / BATCH)


def _p95(times: Latencies) -> float:
    return times.milliseconds(95)


def _report(outcomes: dict[str, list[Outcome]]) -> Report:
    report = Report(
        f"Growth: all conversations open, {EACH} messages in each",
        (
            "",
            "CPU ms, customer's message",
            "operator's",
            "ready after s",
            "CPU s",
            "RSS MB at rest",
            "after",
            "slowest page p95 ms",
            "slowest first ms",
        ),
        notes=[
            (
                f"CPU of a message: medians of {ROUNDS} rounds of {BATCH} in hundreds, in conversations chosen from all."
                f" Pages: {pages.TIMES} requests each in the process. {load()}."
            )
        ],
    )
    for title, sizes in outcomes.items():
        for one in sizes:
            (slowest, page), (coldest, first) = one.slowest, one.coldest
            report.rows.append(
                (
                    f"{title}, {one.conversations:,}",
                    f"{median(one.cpu_ms):.2f}",
                    f"{median(one.answer_cpu_ms):.2f}",
                    f"{one.ready_after:.2f}",
                    f"{one.start_cpu:.2f}",
                    f"{one.rss_at_rest:.0f}",
                    f"{one.rss_after:.0f}",
                    f"{slowest:.0f} ({page})",
                    f"{coldest:.0f} ({first})",
                )
            )
        _check(report, title, sizes[0], sizes[-1])
        report.figures[title] = [_figures(one) for one in sizes]
    return report


def _check(report: Report, title: str, empty: Outcome, full: Outcome) -> None:
    many = f"{title} with {full.conversations:,}"
    for what, before, after in (
        ("a customer's", empty.cpu_ms, full.cpu_ms),
        ("an operator's", empty.answer_cpu_ms, full.answer_cpu_ms),
    ):
        ratio = median(after) / median(before)
        report.checks.append(at_most(f"{many}: CPU of {what} message against empty", ratio, 1 + WORTH))
    report.checks += [
        at_most(f"{many}: ready", full.ready_after, START, " s"),
        at_most(f"{many}: memory at rest against empty", full.rss_at_rest - empty.rss_at_rest, MEMORY, " MB"),
        at_most(
            f"{many}: memory after messages against empty", full.rss_after - empty.rss_after, MEMORY, " MB"
        ),
    ]
    (slowest, page), (coldest, first) = full.slowest, full.coldest
    report.checks += [
        at_most(f"{many}: the slowest page ({page}), p95", slowest, pages.LIMIT, " ms"),
        at_most(f"{many}: the slowest first request ({first})", coldest, pages.LIMIT, " ms"),
    ]


def _figures(one: Outcome) -> dict[str, Any]:
    return {
        "conversations": one.conversations,
        "messages": one.conversations * EACH,
        "cpu_ms": median(one.cpu_ms),
        "answer_cpu_ms": median(one.answer_cpu_ms),
        "ready_after_s": one.ready_after,
        "start_cpu_s": one.start_cpu,
        "rss_at_rest_mb": one.rss_at_rest,
        "rss_after_mb": one.rss_after,
        "slowest_ms": one.slowest[0],
        "coldest_ms": one.coldest[0],
        "pages": {
            name: times.figures() | {"first_ms": times.seconds[0] * 1000} for name, times in one.pages.items()
        },
    }
