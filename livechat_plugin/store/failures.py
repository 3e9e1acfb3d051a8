"""Which failures of the database mean "do it again" and which "the database cannot be reached"."""

import sqlite3

from sqlalchemy import event
from sqlalchemy.engine import Engine, ExceptionContext
from sqlalchemy.exc import IntegrityError

from livechat_plugin.core.errors import ConcurrentChange, StoreUnavailable

_PRIMARY_CODE = 0xFF
_SQLITE_CONFLICTS = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
_SQLITE_OUT_OF_REACH = {
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_CORRUPT,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_NOTADB,
    sqlite3.SQLITE_PERM,
    sqlite3.SQLITE_READONLY,
}

# PostgreSQL manual, appendix A "Error Codes": serialization failure, deadlock, lock not available.
_POSTGRESQL_CONFLICTS = ("40001", "40P01", "55P03")
# Classes: connection exception, invalid authorization, invalid catalog name, insufficient resources,
# operator intervention, system error.
_POSTGRESQL_OUT_OF_REACH = ("08", "28", "3D", "53", "57P", "58")


def is_sqlite_conflict(error: sqlite3.Error) -> bool:
    """Whether somebody else has the database file locked."""
    return getattr(error, "sqlite_errorcode", 0) & _PRIMARY_CODE in _SQLITE_CONFLICTS


def translate_failures(engine: Engine) -> None:
    """Make the engine raise our errors in place of SQLAlchemy's where there is one that fits."""
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
        return ConcurrentChange(str(error))
    if (
        context.is_disconnect
        or code in _SQLITE_OUT_OF_REACH
        or state.startswith(_POSTGRESQL_OUT_OF_REACH)
        or isinstance(error, OSError)
    ):
        return StoreUnavailable(str(error))
    return None
