"""How long the server needs for each page of the console, with much in the database and with little."""

import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import httpx
from fastapi import FastAPI
from sqlalchemy import Connection
from starlette.responses import Response
from starlette.routing import Mount

from benchmarks.databases import DATABASES, Database
from benchmarks.figures import Latencies, Report, at_most
from benchmarks.filled_store import (
    ADMINISTRATOR,
    OPERATORS,
    SERVER,
    SUPERVISOR,
    Filling,
    fill,
)
from benchmarks.plugin_process import PluginProcess
from livechat_plugin.bootstrap.configuration import Configuration, configure
from livechat_plugin.bootstrap.migration import migrate
from livechat_plugin.bootstrap.plugin import Plugin
from livechat_plugin.store.database import open_backend

LIMIT: Final = 100.0
"""Milliseconds of server time for a page."""
LITTLE: Final = Filling(100, 10)
MUCH: Final = Filling(100_000, 10)
QUICK: Final = Filling(10_000, 10)
TIMES: Final = 30
ADDRESS: Final = "http://127.0.0.1:9009"


@dataclass(frozen=True, slots=True)
class Page:
    """A page and who looks at it; in `path` stand numbers of sessions by their state."""

    name: str
    user: str
    path: str


def pages(filling: Filling) -> list[Page]:
    """Every page of the console that shows what there is much of."""
    last = filling.conversations
    mine = next(number for number in range(last, 0, -1) if number % 10 == 1 and number % 100 == 1)
    closed = next(number for number in range(last, 0, -1) if number % 10 == 1 and number % 100 > 2)
    operator = OPERATORS[1]
    return [
        Page("Queue", operator, "/sessions/queue"),
        Page("My sessions", operator, "/sessions/mine"),
        Page("Active", SUPERVISOR, "/sessions/active"),
        Page("Closed", SUPERVISOR, "/sessions/closed"),
        Page("Closed, far back", SUPERVISOR, f"/sessions/closed?beyond={last // 2}"),
        Page("Closed, searched", SUPERVISOR, "/sessions/closed?q=floor+3"),
        Page("Session, active", operator, f"/sessions/{mine}"),
        Page("Session, closed", SUPERVISOR, f"/sessions/{closed}"),
        Page("Customer Information", operator, f"/sessions/{mine}/customer"),
        Page("Items", operator, "/items/contacts"),
        Page("Items, searched", operator, "/items/contacts?q=company+77"),
        Page("Item", operator, f"/items/contacts/{mine}"),
        Page("Dashboard, day", SUPERVISOR, "/dashboard?period=day"),
        Page("Dashboard, 30 days", SUPERVISOR, "/dashboard?period=month"),
        Page("Live chats", ADMINISTRATOR, "/live-chats"),
        Page("Live chat", ADMINISTRATOR, "/live-chats/chat-1"),
        Page("Apps", ADMINISTRATOR, "/apps"),
        Page("Groups", ADMINISTRATOR, "/groups"),
        Page("Operators", ADMINISTRATOR, "/operators"),
        Page("Audit log", ADMINISTRATOR, "/audit"),
    ]


async def measure(folder: Path, much: Filling) -> Report:
    """Each page, on each database, with little and with much in it, by turns."""
    report = Report(
        f"Pages: server time with {much.conversations:,} conversations and "
        f"{much.conversations * much.messages:,} messages (ms)",
        ["page", "requests", "p50", "p95", "p99", "p50 with 100 conversations"],
    )
    for database in DATABASES:
        async with _console(folder / f"{database.name}-little", database, LITTLE) as small:
            before = {page.name: await time_of(small, page) for page in pages(LITTLE)}
        async with _console(folder / f"{database.name}-much", database, much) as large:
            for page in pages(much):
                times = await time_of(large, page)
                row = [f"{page.name}, {database.title}", *times.cells()]
                report.rows.append([*row, f"{before[page.name].milliseconds(50):.1f}"])
                what = f"p95 of {page.name} on {database.title}"
                report.checks.append(at_most(what, times.milliseconds(95), LIMIT, " ms"))
                report.figures[f"{database.name}: {page.name}"] = times.figures()
    report.notes.append(
        "Asked in the process, without a network; the first of each counts too. The dashboard believes its sums for 15 s."
    )
    return report


async def time_of(console: "Browser", page: Page) -> Latencies:
    """So many requests for it, the first included."""
    seconds = []
    for _ in range(TIMES):
        begin = time.perf_counter()
        response = await console.get(page)
        seconds.append(time.perf_counter() - begin)
        if response.status_code != 200:
            raise RuntimeError(
                f"{page.name} ({page.path}) answers {response.status_code}: {response.text[:500]}"
            )
    return Latencies(seconds)


class Browser:
    """Asks for pages as whoever it must be."""

    def __init__(self, application: FastAPI) -> None:
        [console] = [
            route.app for route in application.routes if isinstance(route, Mount) and route.path == "/console"
        ]
        self._sign_in: Callable[[Response, str], None] = console.state.visitors.sign_in  # type: ignore[attr-defined]
        self._client = httpx.AsyncClient(transport=httpx.ASGITransport(app=application), base_url=ADDRESS)

    async def get(self, page: Page) -> httpx.Response:
        """One page."""
        response = Response()
        self._sign_in(response, page.user)
        cookie = response.headers["set-cookie"].split(";")[0]
        return await self._client.get(f"/console{page.path}", headers={"cookie": cookie})


@asynccontextmanager
async def _console(folder: Path, database: Database, filling: Filling) -> AsyncIterator[Browser]:
    """The plugin's own application on a filled database; nothing is delivered."""
    with database.opened(folder) as opened:
        process = PluginProcess(folder / "plugin", "http://127.0.0.1:9", SERVER)
        await process.install("--administrator", ADMINISTRATOR)
        await migrate(_configured(process, opened.url).settings)

        def work(connection: Connection) -> Any:
            fill(connection, filling)

        backend = open_backend(_configured(process, opened.url).settings.database.async_url)
        try:
            await backend.migrate(work)
        finally:
            await backend.close()
        async with browser(process, opened.url) as console:
            yield console


@asynccontextmanager
async def browser(process: PluginProcess, url: str) -> AsyncIterator[Browser]:
    """The console of an installation, on the database at this address, in our own process."""
    plugin = Plugin(_configured(process, url))
    await plugin.prepare()
    try:
        yield Browser(plugin.application())
    finally:
        await plugin.client.close()
        await plugin.store.close()


def _configured(process: PluginProcess, url: str) -> Configuration:
    config = process.config.read_text(encoding="utf-8")
    process.config.write_text(config.replace('"sqlite:///livechat.db"', f'"{url}"'), encoding="utf-8")
    return configure(process.config)
