"""The database: opens units of work and knows in what state it is."""

from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from secrets import token_urlsafe
from time import monotonic

import structlog
from sqlalchemy import make_url, select, text

from livechat_plugin.core.errors import ConcurrentChange, StoreFull, StoreUnavailable
from livechat_plugin.services.bus import Bus
from livechat_plugin.store.connections import Backend
from livechat_plugin.store.failures import DatabaseFault
from livechat_plugin.store.schema import SchemaState, judge
from livechat_plugin.store.sqlite import SqliteBackend
from livechat_plugin.store.tables import COMPATIBLE_SINCE, notes
from livechat_plugin.store.unit_of_work import (
    Announcements,
    OnCommit,
    OnDoubt,
    OnEvents,
    OnTouched,
    SqlUnitOfWork,
)

log = structlog.get_logger()

_ONE = text("SELECT 1")
_SIGN = "written"
"""Note that is written to see whether anything can be."""

_ROOM = 48_000
"""Bytes that it takes up for a moment: less than that may be left in pages that the database has already."""

_FRESH = 10.0
"""Seconds for which a failure to keep something tells how it is: on a full disk some tables have room, others none."""

_REVISION = text("SELECT version_num FROM alembic_version")
_COMPATIBLE_SINCE = select(notes.c.value).where(notes.c.name == COMPATIBLE_SINCE)


def open_backend(url: str) -> Backend:
    """The backend for an SQLAlchemy address: `sqlite:///…` or `postgresql+asyncpg://…`."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        return SqliteBackend(parsed)
    from livechat_plugin.store.postgresql import (  # noqa: PLC0415 - only where it is used; it takes its time
        PostgresBackend,
    )

    return PostgresBackend(parsed)


def _nobody(_: Collection[str]) -> None:
    """Follows no topic."""


class Database:
    """The `Store` on SQL.

    Args:
        url: where it is, as SQLAlchemy's asynchronous engine writes it.
        on_commit: called at once after each commit with the deliveries that it added, in their order.
        on_events: called after that with the domain events announced in it.
        on_touched: called last with the topics of what it changed.
        on_doubt: called when a commit was not acknowledged, and may have been made all the same.
    """

    def __init__(
        self,
        url: str,
        on_commit: OnCommit,
        on_events: OnEvents,
        on_touched: OnTouched = _nobody,
        on_doubt: OnDoubt = lambda: None,
    ) -> None:
        self._backend = open_backend(url)
        self._announcements = Announcements(on_commit, on_events, on_touched, on_doubt)
        self._failed_at: float | None = None

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[SqlUnitOfWork]:
        """A unit of work that can write. A task must not open a second one inside: it would wait for itself."""
        try:
            async with self._backend.connect(writes=True) as db:
                work = SqlUnitOfWork(db, self._announcements)
                yield work
        except StoreFull:
            self._failed_at = monotonic()
            raise
        await self._give_up(work.outbox.unreadable)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[SqlUnitOfWork]:
        """A unit of work for looking only; it waits for no writer."""
        async with self._backend.connect(writes=False) as db:
            work = SqlUnitOfWork(db, self._announcements)
            yield work
        await self._give_up(work.outbox.unreadable)

    def bus(self) -> Bus:
        """A place on the bus of the processes on this database."""
        return self._backend.bus()

    def before_all_inboxes(self) -> AbstractAsyncContextManager[None]:
        """Keep those waiting who take in events, in all processes."""
        return self._backend.before_all_inboxes()

    async def is_inbox_quiet(self) -> bool:
        """Whether nobody is taking in events at this moment."""
        return await self._backend.is_inbox_quiet()

    async def ping(self) -> None:
        """Ask the database for a sign of life; once writing has failed, also whether it keeps anything again.

        Raises:
            StoreUnavailable: there was none.
            StoreFull: it can be read, and not written to.
        """
        async with self._backend.connect(writes=False) as db:
            await db.execute(_ONE)
        if self._failed_at is None:
            return
        if monotonic() - self._failed_at < _FRESH:
            raise StoreFull("something could not be kept a moment ago")
        try:
            async with self._backend.connect(writes=True) as db:
                work = SqlUnitOfWork(db, self._announcements)
                await work.inbox.keep_note(_SIGN, token_urlsafe(_ROOM))
                await work.inbox.keep_note(_SIGN, "")
                await work.commit()
        except ConcurrentChange:  # Somebody is writing just now.
            return
        except StoreUnavailable as error:
            self._failed_at = monotonic()
            raise StoreFull(str(error)) from None
        self._failed_at = None

    async def schema(self) -> SchemaState:
        """Whether the tables are fit for this version of the plugin.

        Raises:
            StoreUnavailable: the database cannot be reached.
        """
        async with self._backend.connect(writes=False) as db:
            try:
                revision = (await db.execute(_REVISION)).scalar_one_or_none()
                state = judge(revision, None)
                if state is SchemaState.NEWER:
                    state = judge(revision, (await db.execute(_COMPATIBLE_SINCE)).scalar_one_or_none())
            except DatabaseFault:  # There is no such table: nothing was ever migrated.
                return SchemaState.OLDER
        return state

    async def is_current(self) -> bool:
        """Whether this version of the plugin can work with the tables as they are.

        Raises:
            StoreUnavailable: the database cannot be reached.
        """
        return await self.schema() is SchemaState.FIT

    async def _give_up(self, unreadable: Mapping[int, str]) -> None:
        """Mark the deliveries that nobody can make as failed, so that the others never meet them again."""
        if not unreadable:
            return
        try:
            async with self._backend.connect(writes=True) as db:
                work = SqlUnitOfWork(db, self._announcements)
                for number, reason in unreadable.items():
                    if await work.outbox.failed(number, reason):
                        log.error("a delivery is given up", delivery=number, reason=reason)
                await work.commit()
        except (ConcurrentChange, StoreUnavailable) as error:  # The next one who finds them tries again.
            log.warning("unreadable deliveries are not marked yet", reason=str(error))

    async def close(self) -> None:
        """Close all connections."""
        await self._backend.close()
