"""A copy of an SQLite database while it is in use."""

import fcntl
import os
import sqlite3
from contextlib import closing, suppress
from pathlib import Path

from livechat_plugin.core.errors import LivechatError, Refused

UNFINISHED = ".livechat-unfinished"
"""How the name of a copy ends until it is whole."""


class BackupFailed(LivechatError):
    """The copy could not be made, or is not whole."""


def back_up(database: Path, target: Path) -> int:
    """Copy the database as it is at one moment; who writes into it meanwhile is not held up.

    Args:
        database: the file.
        target: a file that does not exist yet; only its owner may read it.

    Returns:
        Its size in bytes.

    Raises:
        Refused: the database does not exist, or the target does.
        BackupFailed: the copy could not be made.
    """
    if not database.exists():
        raise Refused(f"There is no database {database}.")
    if target.exists():
        raise Refused(f"{target} exists already; choose another name.")
    _sweep(target.parent)
    unfinished = target.with_name(f"{target.name}{UNFINISHED}")
    try:
        held = os.open(unfinished, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except OSError as error:
        raise BackupFailed(f"the backup could not be made: {error}") from error
    try:
        fcntl.flock(held, fcntl.LOCK_EX)
        _copy(database, unfinished)
        os.fsync(held)
        unfinished.rename(target)
    except BaseException as error:
        unfinished.unlink(missing_ok=True)
        if isinstance(error, OSError | sqlite3.Error):
            raise BackupFailed(f"the backup could not be made: {error}") from error
        raise
    finally:
        os.close(held)
    return target.stat().st_size


def _copy(database: Path, file: Path) -> None:
    with closing(sqlite3.connect(database)) as source, closing(sqlite3.connect(file)) as copy:
        source.backup(copy)
        # One file without a log beside it, whoever opens it.
        copy.execute("PRAGMA journal_mode = DELETE")
        [(found,)] = copy.execute("PRAGMA quick_check(1)").fetchall()
    if found != "ok":
        raise BackupFailed(f"the copy is not whole: {found}")


def _sweep(folder: Path) -> None:
    """Delete what a run that was killed has left there, whatever it was to be called; one at work holds a lock."""
    for left in folder.glob(f"*{UNFINISHED}"):
        with suppress(OSError), left.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            left.with_name(f"{left.name}-journal").unlink(missing_ok=True)
            left.unlink()
