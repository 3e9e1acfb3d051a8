"""Which failures of the database mean "do it again" and which "the database cannot be reached".

What a database says of a failure may quote the values of the statement, and those are what people wrote. So of
all but the second sort only the kind of the failure is told, and the driver's own error is never chained.
"""

import sqlite3

from sqlalchemy import event
from sqlalchemy.engine import Engine, ExceptionContext
from sqlalchemy.exc import DBAPIError, IntegrityError

from livechat_plugin.core.errors import ConcurrentChange, StoreFull, StoreUnavailable

_PRIMARY_CODE = 0xFF
_SQLITE_CONFLICTS = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
_SQLITE_KEEPS_NOTHING = {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY}
_SQLITE_OUT_OF_REACH = {
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_CORRUPT,
    sqlite3.SQLITE_NOTADB,
    sqlite3.SQLITE_PERM,
}

# PostgreSQL manual, appendix A "Error Codes": serialization failure, deadlock, lock not available.
_POSTGRESQL_CONFLICTS = ("40001", "40P01", "55P03")
# Prepared statements that the server does not know, or plans no more: after a failover behind a pooler, or because
# another release changed the tables meanwhile. The connection goes, and the next one prepares anew.
_POSTGRESQL_STALE_STATEMENTS = ("26000", "42P05")
_STALE_PLAN = "InvalidCachedStatementError"
# Classes: connection exception, invalid authorization, invalid catalog name, insufficient resources,
# operator intervention (time-outs too), system error. Codes: the time-outs of transactions.
_POSTGRESQL_OUT_OF_REACH = ("08", "28", "3D", "53", "57", "58", "25P03", "25P04")
# Read only, as after a failover; disk full; an error in reading or writing.
_POSTGRESQL_KEEPS_NOTHING = ("25006", "53100", "58030")


class DatabaseFault(RuntimeError):
    """The database refused a statement, through a fault of the plugin's or of its tables."""


TOLD = (ConcurrentChange, StoreUnavailable, DatabaseFault)
"""What the engines raise. Whoever lets one go on raises it `from None`: its cause may quote values."""


def is_sqlite_conflict(error: sqlite3.Error) -> bool:
    """Whether somebody else has the database file locked."""
    return getattr(error, "sqlite_errorcode", 0) & _PRIMARY_CODE in _SQLITE_CONFLICTS


def unavailable_for_writing(error: sqlite3.Error) -> StoreUnavailable:
    """What is raised when SQLite lets nobody write."""
    keeps_nothing = getattr(error, "sqlite_errorcode", 0) & _PRIMARY_CODE in _SQLITE_KEEPS_NOTHING
    return (StoreFull if keeps_nothing else StoreUnavailable)(first_line(error))


def unavailable(error: BaseException) -> StoreUnavailable:
    """What is raised for a connection that broke or was not made in time."""
    return StoreUnavailable(first_line(error))


def first_line(error: BaseException) -> str:
    """What it says of itself, in one line."""
    return str(error).partition("\n")[0] or type(error).__name__


def translate_failures(engine: Engine) -> None:
    """Make the engine raise our errors in place of the database's."""
    event.listen(engine, "handle_error", _translated, retval=True)


def _translated(context: ExceptionContext) -> Exception | None:
    error = context.original_exception
    if not isinstance(error, Exception):  # SQLAlchemy takes a cancellation for a lost connection.
        return None
    code = getattr(error, "sqlite_errorcode", 0) & _PRIMARY_CODE
    state = getattr(error, "sqlstate", None) or ""
    if (
        isinstance(context.sqlalchemy_exception, IntegrityError)
        or code in _SQLITE_CONFLICTS
        or state in _POSTGRESQL_CONFLICTS
    ):
        return ConcurrentChange(_kind(error, state))
    if code in _SQLITE_KEEPS_NOTHING or state in _POSTGRESQL_KEEPS_NOTHING:
        return StoreFull(first_line(error))
    if state in _POSTGRESQL_STALE_STATEMENTS:
        context.is_disconnect = True
    if (
        context.is_disconnect
        or type(error).__name__ == _STALE_PLAN
        or code in _SQLITE_OUT_OF_REACH
        or state.startswith(_POSTGRESQL_OUT_OF_REACH)
        or isinstance(error, OSError)
    ):
        return unavailable(error)
    if isinstance(context.sqlalchemy_exception, DBAPIError):
        statement = " ".join((context.statement or "").split())[:100]
        return DatabaseFault(f"{_kind(error, state)} in {statement!r}")
    return None


def _kind(error: Exception, state: str) -> str:
    """The kind of the failure: the driver's own name for it, where SQLAlchemy keeps that one as the cause."""
    cause = error.__cause__ or error
    code = state or getattr(error, "sqlite_errorname", "")
    return f"{type(cause).__name__} ({code})" if code else type(cause).__name__
