"""A copy of an SQLite database while it is in use."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from livechat_plugin.core.errors import LivechatError, Refused


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
    unfinished = target.with_name(f"{target.name}.unfinished")
    try:
        unfinished.unlink(missing_ok=True)
        os.close(os.open(unfinished, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        with closing(sqlite3.connect(database)) as source, closing(sqlite3.connect(unfinished)) as copy:
            source.backup(copy)
            # One file without a log beside it, whoever opens it.
            copy.execute("PRAGMA journal_mode = DELETE")
            [(found,)] = copy.execute("PRAGMA quick_check(1)").fetchall()
        if found != "ok":
            raise BackupFailed(f"the copy is not whole: {found}")
        with unfinished.open("rb") as file:
            os.fsync(file.fileno())
        unfinished.rename(target)
    except (OSError, sqlite3.Error) as error:
        unfinished.unlink(missing_ok=True)
        raise BackupFailed(f"the backup could not be made: {error}") from error
    return target.stat().st_size
