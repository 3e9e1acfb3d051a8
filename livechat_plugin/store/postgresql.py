"""PostgreSQL: a database on a server of its own."""

import asyncio
from asyncio import Future
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from typing import Any, Literal

from asyncpg import InterfaceError, PostgresError  # type: ignore[import-untyped]
from sqlalchemy import Connection, Executable, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from livechat_plugin.core.errors import ConcurrentChange, StoreUnavailable
from livechat_plugin.services.bus import Bus
from livechat_plugin.store.connections import INBOX_LOCK, LOOKING_ONLY, OVER, DialectName, Parameters, Rows
from livechat_plugin.store.failures import TOLD, translate_failures, unavailable
from livechat_plugin.store.notifying import NotifyBus

CONNECT_TIMEOUT = 10
COMMAND_TIMEOUT = 30
LOCK_TIMEOUT = "10s"
# A process that stands still, or vanished with its machine, in the middle of a transaction keeps the rows of a
# conversation locked: the server lets them go, so that others can go on.
SERVER_SETTINGS = {
    "lock_timeout": LOCK_TIMEOUT,
    "idle_in_transaction_session_timeout": "20s",
    "tcp_keepalives_idle": "15",
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "3",
    "tcp_user_timeout": "30s",
    "application_name": "livechat-plugin",
}
TABLES_WAIT = "500ms"
"""How long a migration waits for the tables: everybody else waits behind it, and a deadlock is noticed after 1 s."""

TABLES_PAUSE = 0.5
"""Seconds in which the others go on, until it tries again."""

TABLES_WITHIN = 120.0
"""Seconds after which it gives up."""

_MIGRATION_LOCK = 0x6C697665  # Any number will do, as long as all processes use the same.

_LOCK_INBOXES = text(f"SELECT pg_advisory_lock({INBOX_LOCK})")
_UNLOCK_INBOXES = text(f"SELECT pg_advisory_unlock({INBOX_LOCK})")
_TRY_INBOXES = text(f"SELECT pg_try_advisory_xact_lock({INBOX_LOCK})")


class PostgresConnection:
    """A connection in its transaction."""

    dialect: DialectName = "postgresql"

    def __init__(self, connection: AsyncConnection, *, writes: bool) -> None:
        self._connection = connection
        self.locks_rows = writes
        self._is_over = False

    async def execute(self, statement: Executable, parameters: Parameters | None = None) -> Rows:
        """Run a statement."""
        if self._is_over:
            raise RuntimeError(OVER)
        try:
            return await self._connection.execute(statement, parameters)
        except TOLD as error:
            raise error from None
        except OSError as error:  # Time-outs and broken connections come through SQLAlchemy as they are.
            raise unavailable(error) from None

    def commit(self) -> Future[None]:
        """Commit in a task of its own."""
        if self._is_over or not self.locks_rows:
            raise RuntimeError(OVER if self._is_over else LOOKING_ONLY)
        self._is_over = True
        return asyncio.ensure_future(self._commit())

    async def _commit(self) -> None:
        try:
            await self._connection.commit()
        except TOLD as error:
            raise error from None
        except OSError as error:
            raise unavailable(error) from None


class PostgresBackend:
    """A database on a server."""

    def __init__(self, url: URL) -> None:
        self._url = url
        self._engine = _engine(
            url, command_timeout=COMMAND_TIMEOUT, max_overflow=20, pool_timeout=CONNECT_TIMEOUT
        )
        # Each statement sees the last commit, as within READ COMMITTED, and no BEGIN and ROLLBACK go to and fro.
        self._readers = _engine(
            url,
            command_timeout=COMMAND_TIMEOUT,
            isolation_level="AUTOCOMMIT",
            settings={"default_transaction_read_only": "on"},
            max_overflow=20,
            pool_timeout=CONNECT_TIMEOUT,
        )

    @asynccontextmanager
    async def connect(self, *, writes: bool) -> AsyncIterator[PostgresConnection]:
        """A connection; its transaction begins with the first statement, which spares a round trip."""
        connection = (self._engine if writes else self._readers).connect()
        await _start(connection)
        try:
            yield PostgresConnection(connection, writes=writes)
        finally:
            await asyncio.shield(connection.close())

    async def migrate(self, work: Callable[[Connection], None]) -> None:
        """Change the tables, however long that takes; processes that start together wait for the first.

        All tables are taken at once before anything changes: taken one after another, they would be taken in another
        order than by those who write, and each would wait for the other.
        """
        engine = _engine(self._url, command_timeout=None, poolclass=NullPool)
        deadline = asyncio.get_running_loop().time() + TABLES_WITHIN
        while True:
            try:
                async with engine.begin() as connection:
                    await connection.execute(text("SET LOCAL lock_timeout = 0"))
                    await connection.execute(
                        text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _MIGRATION_LOCK}
                    )
                    await _take_all_tables(connection)
                    await connection.run_sync(work)
            except _TablesInUse as error:
                if asyncio.get_running_loop().time() > deadline:
                    raise StoreUnavailable("the tables are in use all the time; try again later") from error
                await asyncio.sleep(TABLES_PAUSE)
            else:
                return

    @asynccontextmanager
    async def before_all_inboxes(self) -> AsyncIterator[None]:
        """A lock of a session, since it outlives many transactions; it goes with its connection at the latest."""
        connection = self._engine.execution_options(isolation_level="AUTOCOMMIT").connect()
        try:
            await _start(connection)
            try:
                await connection.execute(_LOCK_INBOXES)
            except TOLD as error:
                raise error from None
            except OSError as error:
                raise unavailable(error) from None
            yield
        finally:
            await asyncio.shield(_let_go(connection))

    async def is_inbox_quiet(self) -> bool:
        """Whether the lock is to be had."""
        async with self.connect(writes=False) as db:
            return bool((await db.execute(_TRY_INBOXES)).scalar_one())

    def bus(self) -> Bus:
        """LISTEN and NOTIFY."""
        return NotifyBus(self._url)

    async def close(self) -> None:
        """Close all connections."""
        await self._engine.dispose()
        await self._readers.dispose()


async def _start(connection: AsyncConnection) -> None:
    """Connect, or take a connection that is there.

    What the driver asks a new one for by itself does not come through SQLAlchemy when the server goes away right then.
    """
    try:
        await connection.start()
    except TOLD as error:
        raise error from None
    except (OSError, PoolTimeout, InterfaceError, PostgresError) as error:
        raise unavailable(error) from None


async def _let_go(connection: AsyncConnection) -> None:
    """Unlock, and give the connection back; one that does not answer is thrown away, and the lock with it."""
    if connection.sync_connection is None:  # there never was one
        return
    try:
        await connection.execute(_UNLOCK_INBOXES)
    except Exception:  # noqa: BLE001 - whatever it was, nobody must be left waiting
        with suppress(Exception):
            await connection.invalidate()
    with suppress(Exception):
        await connection.close()


def _engine(
    url: URL,
    *,
    command_timeout: float | None,
    isolation_level: Literal["READ COMMITTED", "AUTOCOMMIT"] = "READ COMMITTED",
    settings: Mapping[str, str] | None = None,
    **pool: Any,
) -> AsyncEngine:
    engine = create_async_engine(
        url,
        isolation_level=isolation_level,
        hide_parameters=True,  # They are what people wrote, and must not get into the log.
        connect_args={
            "timeout": CONNECT_TIMEOUT,
            "command_timeout": command_timeout,
            "server_settings": {**SERVER_SETTINGS, **(settings or {})},
        },
        **pool,
    )
    translate_failures(engine.sync_engine)
    return engine


class _TablesInUse(Exception):
    """Somebody has one of the tables for longer than a migration waits."""


async def _take_all_tables(connection: AsyncConnection) -> None:
    names = text(
        "SELECT string_agg(quote_ident(tablename), ', ') FROM pg_tables WHERE schemaname = current_schema()"
    )
    tables = (await connection.execute(names)).scalar_one()
    if tables is not None:
        await connection.execute(text(f"SET LOCAL lock_timeout = '{TABLES_WAIT}'"))
        try:
            await connection.execute(text(f"LOCK TABLE {tables} IN ACCESS EXCLUSIVE MODE"))
        except ConcurrentChange as error:
            raise _TablesInUse from error
    await connection.execute(text(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'"))
