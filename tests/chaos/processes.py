"""Processes of the plugin, started cheaply and killed often."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx

from tests.chaos import points
from tests.integration.installation import free_port

REPOSITORY = Path(__file__).parents[2]
START_WITHIN = 60.0
"""Seconds in which the plugin must answer after its start."""


class Nursery:
    """The process that splits off the plugin's; it ends with this one.

    Args:
        environment: variables beside our own.
    """

    def __init__(self, environment: Mapping[str, str] | None = None) -> None:
        self._environment = environment or {}
        self._process: asyncio.subprocess.Process | None = None
        self._ended: dict[int, asyncio.Future[int]] = {}
        self._born: asyncio.Queue[int] = asyncio.Queue()
        self._reading: asyncio.Task[None] | None = None

    async def start(self) -> None:
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "tests.chaos.plugin_process",
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=REPOSITORY,
            env={**os.environ, "PYTHONPATH": str(REPOSITORY), **self._environment},
            start_new_session=True,
        )
        assert self._process.stdout is not None
        assert await self._process.stdout.readline() == b"ready\n"
        self._reading = asyncio.create_task(self._read(self._process.stdout))

    async def split_off(self, request: dict[str, Any]) -> tuple[int, asyncio.Future[int]]:
        """A new process of the plugin: its id, and its exit status when it has ended."""
        assert self._process is not None
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(request).encode() + b"\n")
        pid = await asyncio.wait_for(self._born.get(), 20)
        return pid, self._end_of(pid)

    def _end_of(self, pid: int) -> asyncio.Future[int]:
        return self._ended.setdefault(pid, asyncio.get_running_loop().create_future())

    async def _read(self, lines: asyncio.StreamReader) -> None:
        while line := (await lines.readline()).split():
            if len(line) == 1:
                self._born.put_nowait(int(line[0]))
            elif not self._end_of(int(line[0])).done():
                self._end_of(int(line[0])).set_result(int(line[2]))

    async def end(self) -> None:
        if self._process is not None and self._process.stdin is not None:
            self._process.stdin.close()
            await self._process.wait()
        if self._reading is not None:
            await self._reading


class PluginProcess:
    """One process of the plugin.

    Args:
        nursery: splits it off.
        config: its `plugin.toml`.
        folder: for its log and orders.
        name: of the files there.
    """

    def __init__(self, nursery: Nursery, config: Path, folder: Path, name: str = "plugin") -> None:
        self.nursery = nursery
        self.config = config
        self.log = folder / f"{name}.log"
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self._orders = folder / f"{name}.orders"
        self.pid = 0
        self.ended: asyncio.Future[int] | None = None

    @property
    def is_running(self) -> bool:
        return self.ended is not None and not self.ended.done()

    async def start(self, chosen: str = "", *, is_waited_for: bool = True) -> None:
        """Start it, with a point chosen at which it kills itself, if one is given."""
        assert not self.is_running
        if not self._orders.exists():
            os.mkfifo(self._orders)
        request = {
            "config": str(self.config),
            "log": str(self.log),
            "orders": str(self._orders),
            "point": chosen,
            "env": {"LIVECHAT_WEB__LISTEN_PORT": str(self.port)},
        }
        self.pid, self.ended = await self.nursery.split_off(request)
        if is_waited_for:
            await self.answering()

    async def answering(self) -> None:
        """Wait until it is healthy; one that ends because its database is away is started again, as systemd does."""
        deadline = time.monotonic() + START_WITHIN
        async with httpx.AsyncClient(timeout=5) as client:
            while time.monotonic() < deadline:
                if not self.is_running:
                    await asyncio.sleep(0.2)
                    await self.start(is_waited_for=False)
                with suppress(httpx.TransportError):
                    if (await client.get(f"{self.address}/health")).status_code == 200:
                        return
                await asyncio.sleep(0.03)
        raise AssertionError(f"the plugin does not answer:\n{self.log_tail()}")

    def choose(self, *points: str) -> None:
        """Choose points at which it kills itself, whichever it comes to first: `name:passage`."""
        orders = os.open(self._orders, os.O_WRONLY | os.O_NONBLOCK)
        try:
            os.write(orders, f"{'|'.join(points)}\n".encode())
        finally:
            os.close(orders)

    def died_at(self) -> str | None:
        """The point at which it killed itself."""
        with self.log.open("rb") as log:
            log.seek(max(0, self.log.stat().st_size - 300))
            return log.read().decode(errors="replace").rpartition(points.KILLED_AT)[2].strip() or None

    async def died(self, within: float) -> bool:
        """Whether it ended by itself in this time."""
        if self.ended is not None:
            await asyncio.wait([self.ended], timeout=within)
        return not self.is_running

    def signal(self, number: signal.Signals) -> None:
        if self.is_running:
            with suppress(ProcessLookupError):
                os.kill(self.pid, number)

    async def kill(self) -> None:
        """End it at once, and come back when it is gone."""
        self.signal(signal.SIGKILL)
        assert await self.died(30), "the plugin cannot be killed"

    async def stop(self) -> None:
        """Let it end in good order."""
        self.signal(signal.SIGTERM)
        if not await self.died(20):
            await self.kill()

    def log_tail(self) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-25:]) if self.log.exists() else ""
