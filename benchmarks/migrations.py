"""`python -m benchmarks.migrations`: bring filled databases up to date from every revision, while somebody writes.

The writer does what a process of the version before does for a message: a row, a delivery, and striking it off. Its
longest wait is what customers would notice. On SQLite it is another process beside `livechat migrate`; the plugin itself
migrates before it starts.
"""

import argparse
import asyncio
import sqlite3
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import asyncpg  # type: ignore[import-untyped]
from rich.console import Console
from rich.table import Table
from sqlalchemy import Connection, inspect

from benchmarks import filled_store
from benchmarks.databases import DATABASES, OpenDatabase
from benchmarks.filled_store import Filling
from livechat_plugin.resources import bundled
from livechat_plugin.store.database import open_backend
from livechat_plugin.store.migrate import upgrade

REVISIONS = ("0001", "0002", "0003")
PENDING = 1_000
"""Deliveries that are owed when the migration begins."""

_WRITES = (
    "INSERT INTO messages (conversation_id, direction, at, content) VALUES (1, 'note', {now}, NULL)",
    "INSERT INTO deliveries (lane, token, payload) VALUES ('conversation:1:customer', 'bench', '{{}}')",
    "DELETE FROM deliveries WHERE id = (SELECT max(id) FROM deliveries)",
)


@dataclass(frozen=True, slots=True)
class Measured:
    """One migration."""

    seconds: float
    longest_wait: float
    writes: int


class _Writer:
    """Writes as fast as it is let, in a thread or a task of its own."""

    def __init__(self) -> None:
        self.longest, self.count, self.is_over = 0.0, 0, False

    def wrote(self, began: float) -> None:
        self.longest = max(self.longest, time.perf_counter() - began)
        self.count += 1

    def on_sqlite(self, file: str) -> None:
        with sqlite3.connect(file, isolation_level=None, timeout=600) as database:
            while not self.is_over:
                began = time.perf_counter()
                database.execute("BEGIN IMMEDIATE")
                for statement in _WRITES:
                    database.execute(statement.format(now="CURRENT_TIMESTAMP"))
                database.execute("COMMIT")
                self.wrote(began)
                time.sleep(0.005)

    async def on_postgresql(self, url: str) -> None:
        connection = await asyncpg.connect(url)
        try:
            while not self.is_over:
                began = time.perf_counter()
                async with connection.transaction():
                    for statement in _WRITES:
                        await connection.execute(statement.format(now="now()"))
                self.wrote(began)
                await asyncio.sleep(0.005)
        finally:
            await connection.close()


def main() -> None:
    """Read the options, measure, print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.migrations", description=__doc__)
    parser.add_argument("--conversations", type=int, default=100_000)
    parser.add_argument("--messages", type=int, default=10, help="in each conversation")
    parser.add_argument("--revision", choices=REVISIONS, action="append", help="from where; each if left out")
    options = parser.parse_args()
    table = Table("Database", "From", "Messages", "Seconds", "Longest wait of a writer", "Writes meanwhile")
    filling = Filling(options.conversations, options.messages)
    for database in DATABASES:
        for revision in options.revision or REVISIONS:
            with (
                tempfile.TemporaryDirectory(prefix="livechat-migrations-") as folder,
                database.opened(Path(folder) / "data") as opened,
            ):
                measured = asyncio.run(_measure(opened, revision, filling))
            print(f"{database.title} from {revision}: {measured}", flush=True)  # the next one takes its time
            table.add_row(
                database.title,
                revision,
                f"{filling.conversations * filling.messages:,}",
                f"{measured.seconds:.2f}",
                f"{measured.longest_wait:.2f} s",
                str(measured.writes),
            )
    Console(width=110).print(table)


async def _measure(opened: OpenDatabase, revision: str, filling: Filling) -> Measured:
    url = opened.url.replace("postgresql://", "postgresql+asyncpg://", 1)
    await upgrade(url, bundled("migrations"), revision)
    await _run(url, lambda connection: _fill(connection, filling))
    writer = _Writer()
    if opened.url.startswith("sqlite"):
        file = opened.url.removeprefix("sqlite:///")
        writing = asyncio.ensure_future(asyncio.to_thread(writer.on_sqlite, file))
    else:
        writing = asyncio.ensure_future(writer.on_postgresql(opened.url))
    await asyncio.sleep(1)
    writer.longest, writer.count, began = 0.0, 0, time.perf_counter()
    await upgrade(url, bundled("migrations"))
    seconds = time.perf_counter() - began
    await asyncio.sleep(0.2)
    writer.is_over = True
    await writing
    return Measured(seconds, writer.longest, writer.count)


def _fill(connection: Connection, filling: Filling) -> None:
    """As far as the tables of the revision go."""
    filled_store.fill(connection, filling, _columns(connection))
    for number in range(PENDING):
        lane = f"conversation:{number}:customer"
        connection.exec_driver_sql(
            f"INSERT INTO deliveries (lane, token, payload) VALUES ('{lane}', '{number}', '{{}}')"  # noqa: S608
        )


def _columns(connection: Connection) -> dict[str, set[str]]:
    there = inspect(connection)
    return {name: {one["name"] for one in there.get_columns(name)} for name in there.get_table_names()}


async def _run(url: str, work: Callable[[Connection], None]) -> None:
    backend = open_backend(url)
    try:
        await backend.migrate(work)
    finally:
        await backend.close()


if __name__ == "__main__":
    main()
