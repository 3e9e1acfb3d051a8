"""What the repositories need of a database connection, whichever database it is."""

import importlib
from asyncio import Future
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any, Literal, Protocol, TypeAlias

from sqlalchemy import Connection, CursorResult, Executable, Table

from livechat_plugin.services.bus import Bus

DialectName = Literal["sqlite", "postgresql"]
SLOW = "livechat_slow"
"""Execution option of a statement whose cost grows with the data."""

INBOX_LOCK = 0x6C69766E
"""Number of PostgreSQL's advisory lock that everybody shares who takes in events.

Any number will do, as long as all processes use the same.
"""

# What a caller has got wrong.
OVER = "this unit of work is committed: open another one"
LOOKING_ONLY = "this unit of work is for looking only"

# Quoted: the releases of SQLAlchemy differ in how many parameters it takes.
Rows: TypeAlias = "CursorResult[*tuple[Any, ...]]"
Parameters = Mapping[str, Any] | Sequence[Mapping[str, Any]]


class SqlConnection(Protocol):
    """A connection with one transaction on it.

    Attributes:
        dialect: which statement to choose where the databases differ.
        locks_rows: whether writers must lock the rows they decide on, because other writers run side by side.
    """

    dialect: DialectName
    locks_rows: bool

    async def execute(self, statement: Executable, parameters: Parameters | None = None) -> Rows:
        """Run a statement; its rows are all here when this returns."""
        ...

    def commit(self) -> Future[None]:
        """Begin to commit; the future goes on to its end even when the one who waits for it is cancelled."""
        ...


class Backend(Protocol):
    """One kind of database."""

    def connect(self, *, writes: bool) -> AbstractAsyncContextManager[SqlConnection]:
        """A connection with a transaction begun; what is not committed is rolled back at the end."""
        ...

    async def migrate(self, work: Callable[[Connection], None]) -> None:
        """Let `work` change the tables in one transaction, one process at a time."""
        ...

    def before_all_inboxes(self) -> AbstractAsyncContextManager[None]:
        """Keep all who take in events waiting."""
        ...

    async def is_inbox_quiet(self) -> bool:
        """Whether nobody takes in events."""
        ...

    def bus(self) -> Bus:
        """How the processes on this database tell each other what they did."""
        ...

    async def close(self) -> None:
        """Close all connections."""
        ...


def new_id(added: Rows) -> int:
    """The id that the database gave to a single inserted row."""
    key = added.inserted_primary_key
    assert key is not None
    number: int = key[0]
    return number


_Build: TypeAlias = Callable[[Callable[[Table], Any]], Executable]


class _ForEachDialect(dict[DialectName, Executable]):
    """Loads no more of SQLAlchemy than the database in use needs."""

    def __init__(self, build: _Build) -> None:
        super().__init__()
        self._build = build

    def __missing__(self, dialect: DialectName) -> Executable:
        insert = importlib.import_module(f"sqlalchemy.dialects.{dialect}").insert
        statement = self[dialect] = self._build(insert)
        return statement


def for_each_dialect(build: _Build) -> Mapping[DialectName, Executable]:
    """An INSERT with ON CONFLICT, which SQLAlchemy spells once per database; made when it is used first.

    Args:
        build: makes the statement with the database's own `insert`.
    """
    return _ForEachDialect(build)
