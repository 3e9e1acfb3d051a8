"""The right to be at work on a database; on SQLite of one process at a time, on PostgreSQL of several."""

import asyncio
import fcntl
import os
from pathlib import Path

from sqlalchemy import make_url

from livechat_plugin.core.errors import StoreUnavailable
from livechat_plugin.services.leases import Leases
from livechat_plugin.services.replicas import Alone, Replica


def open_replica(url: str) -> Replica:
    """The part in the work on a database, by its address as SQLAlchemy's asynchronous engine writes it."""
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        from livechat_plugin.store.replica_register import (  # noqa: PLC0415 - only where it is used; it takes its time
            PostgresRegister,
        )

        return Leases(PostgresRegister(parsed))
    assert parsed.database is not None
    return Alone(FileLeadership(Path(f"{Path(parsed.database).resolve()}.lock")))


class FileLeadership:
    """A locked file beside SQLite's; the system unlocks it when the process ends."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._descriptor: int | None = None

    async def take(self) -> bool:
        """Lock the file."""
        try:
            descriptor = os.open(self._file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise StoreUnavailable(f"{self._file}: {error.strerror}") from error
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return False
        except OSError as error:
            os.close(descriptor)
            raise StoreUnavailable(f"{self._file} cannot be locked: {error.strerror}") from error
        self._descriptor = descriptor
        return True

    async def lost(self) -> None:
        """Never: nobody takes a lock away."""
        await asyncio.Event().wait()

    async def close(self) -> None:
        """Unlock the file. It stays: removed, it could be locked twice."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
