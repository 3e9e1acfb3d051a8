"""SQLite: one file, for one process (and now and then a command of the CLI beside it).

Statements run in the event loop's own thread. Each touches a handful of rows by index and takes some 10 µs; a
hop to a worker thread and back takes several times as long. Only what waits for the disk goes to a thread: the
commit with its fsync, and statements marked as `SLOW`.
"""

import asyncio
import sqlite3
from asyncio import Future
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager

from sqlalchemy import Connection, Executable, create_engine, event
from sqlalchemy.engine import URL, Engine
from sqlalchemy.pool import ConnectionPoolEntry

from livechat_plugin.core.errors import ConcurrentChange, StoreFull
from livechat_plugin.services.bus import Bus
from livechat_plugin.store.connections import LOOKING_ONLY, OVER, SLOW, DialectName, Parameters, Rows
from livechat_plugin.store.failures import (
    TOLD,
    is_sqlite_conflict,
    translate_failures,
    unavailable_for_writing,
)
from livechat_plugin.store.uninterrupted import result_of
from livechat_plugin.store.watched_file import WatchedFile

BUSY_TIMEOUT = 10.0
"""Seconds to wait for another process that is writing."""
_INLINE_WAIT = 0.02
_PAUSE = 0.01


class SqliteConnection:
    """A connection in its transaction."""

    dialect: DialectName = "sqlite"
    locks_rows = False  # A writer has the whole file.

    def __init__(self, connection: Connection, worker: ThreadPoolExecutor, *, writes: bool) -> None:
        self._connection = connection
        self._worker = worker
        self._writes = writes
        self._is_over = False

    async def execute(self, statement: Executable, parameters: Parameters | None = None) -> Rows:
        """Run a statement here, or in the worker thread if it is a slow one."""
        if self._is_over:  # Without a transaction, SQLite would keep a change at once.
            raise RuntimeError(OVER)
        try:
            if SLOW in statement.get_execution_options():
                loop = asyncio.get_running_loop()
                running = loop.run_in_executor(self._worker, self._connection.execute, statement, parameters)
                return await result_of(running)
            return self._connection.execute(statement, parameters)
        except TOLD as error:
            raise error from None

    def commit(self) -> Future[None]:
        """Commit in the worker thread, because it waits for the disk."""
        if self._is_over or not self._writes:
            raise RuntimeError(OVER if self._is_over else LOOKING_ONLY)
        self._is_over = True
        return asyncio.get_running_loop().run_in_executor(self._worker, self._commit)

    def _commit(self) -> None:
        try:
            self._connection.commit()
        except TOLD as error:
            raise error from None


class SqliteBackend:
    """A database file."""

    def __init__(self, url: URL) -> None:
        # An exhausted pool would block the event loop, which then could never give a connection back.
        self._engine = _engine(url, max_overflow=-1)
        # One connection, so that what others have written can be told from what we have.
        self._writing = _engine(url, pool_size=1, max_overflow=0)
        self._writer = asyncio.Lock()
        self._worker = ThreadPoolExecutor(max_workers=2, thread_name_prefix="sqlite")

    @asynccontextmanager
    async def connect(self, *, writes: bool) -> AsyncIterator[SqliteConnection]:
        """A connection with a transaction begun.

        Writers queue at a lock of ours, which is fair and costs nothing, unlike SQLite's busy polling. Readers
        see the last commit and wait for nobody.
        """
        if not writes:
            with self._engine.connect() as connection:
                _driver(connection).execute("BEGIN")
                yield SqliteConnection(connection, self._worker, writes=False)
            return
        async with self._writer:
            with self._writing.connect() as connection:
                try:
                    await _begin_writing(_driver(connection))
                    yield SqliteConnection(connection, self._worker, writes=True)
                except StoreFull:
                    # What was opened while it could only be read stays so as long as any connection is open.
                    connection.invalidate()
                    self._engine.dispose()
                    raise

    async def migrate(self, work: Callable[[Connection], None]) -> None:
        """Change the tables with foreign keys off: SQLite alters a table by making it anew."""
        async with self._writer:
            with self._engine.connect() as connection:
                driver = _driver(connection)
                driver.execute("PRAGMA foreign_keys = OFF")
                try:
                    await _begin_writing(driver)
                    connection.begin()
                    loop = asyncio.get_running_loop()
                    await result_of(loop.run_in_executor(self._worker, work, connection))
                    dangling = driver.execute("PRAGMA foreign_key_check").fetchall()
                    if dangling:
                        raise sqlite3.IntegrityError(
                            f"the migration would leave dangling rows: {dangling[:5]}"
                        )
                    connection.commit()
                finally:
                    connection.rollback()
                    driver.execute("PRAGMA foreign_keys = ON")

    @asynccontextmanager
    async def before_all_inboxes(self) -> AsyncIterator[None]:
        """There is one inbox, of the one process at work, and it takes care of itself."""
        yield

    async def is_inbox_quiet(self) -> bool:
        """As above."""
        return True

    def bus(self) -> Bus:
        """A look once a second at whether another process has written."""
        return WatchedFile(self._others_commits)

    async def _others_commits(self) -> int:
        """A number that is another one when another process has committed: SQLite leaves out the connection's own."""
        async with self._writer:
            with self._writing.connect() as connection:
                try:
                    (version,) = _driver(connection).execute("PRAGMA data_version").fetchone()
                except sqlite3.Error as error:
                    raise unavailable_for_writing(error) from error
        return int(version)

    async def close(self) -> None:
        """Close all connections; the last one tidies the write-ahead log away."""
        self._writing.dispose()
        self._engine.dispose()
        self._worker.shutdown(wait=False)


def _engine(url: URL, **pool: int) -> Engine:
    engine = create_engine(
        url.set(drivername="sqlite"),
        hide_parameters=True,  # They are what people wrote, and must not get into the log.
        # With isolation_level None the driver begins no transactions by itself: we do.
        connect_args={"isolation_level": None, "check_same_thread": False, "timeout": _INLINE_WAIT},
        **pool,
    )
    event.listen(engine, "connect", _set_up)
    translate_failures(engine)
    return engine


def _driver(connection: Connection) -> sqlite3.Connection:
    driver = connection.connection.driver_connection
    assert isinstance(driver, sqlite3.Connection)
    return driver


def _set_up(connection: sqlite3.Connection, _entry: ConnectionPoolEntry) -> None:
    for setting in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
        connection.execute(f"PRAGMA {setting}").close()


async def _begin_writing(driver: sqlite3.Connection) -> None:
    """Take the write lock now: a transaction that reads first could not get it later without starting again.

    Another process may have it. SQLite waits for it only a moment, so that the event loop goes on.
    """
    loop = asyncio.get_running_loop()
    deadline = loop.time() + BUSY_TIMEOUT
    while True:
        try:
            driver.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            if not is_sqlite_conflict(error):
                raise unavailable_for_writing(error) from error
            if loop.time() > deadline:
                raise ConcurrentChange("Another process keeps the database locked.") from error
            await asyncio.sleep(_PAUSE)
        else:
            return
