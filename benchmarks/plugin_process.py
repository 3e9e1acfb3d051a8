"""The plugin as administrators run it: installed by `livechat install`, a process of its own."""

import asyncio
import contextlib
import os
import signal
import socket
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import aiohttp

START_TIMEOUT: Final = 60.0
STOP_TIMEOUT: Final = 15.0
SLUG: Final = "support"


class PluginFailed(RuntimeError):
    """A command failed or the process died; the message ends with what it said."""


def free_port() -> int:
    """A loopback port that nobody uses."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


class PluginProcess:
    """One plugin in one folder.

    Args:
        folder: for its configuration, database and log; made if it does not exist.
        homeserver: base address of the homeserver.
        server_name: the homeserver's name.
        environment: settings besides those in the file, such as the database's address.
    """

    def __init__(
        self, folder: Path, homeserver: str, server_name: str, environment: Mapping[str, str] | None = None
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        port = free_port()
        self.config = folder / "plugin.toml"
        self.registration = folder / "livechat-registration.yaml"
        self.url = f"http://127.0.0.1:{port}"
        self.server_name = server_name
        self.ghost = f"@livechat_{SLUG}:{server_name}"
        self._homeserver = homeserver
        self._log = folder / "plugin.log"
        self._environment = {
            **os.environ,
            "LIVECHAT_WEB__LISTEN_PORT": str(port),
            "LIVECHAT_LIMITS__CUSTOMER_MESSAGES_PER_MINUTE": "0",  # nobody writes as fast as a benchmark
            **(environment or {}),
        }
        self._process: asyncio.subprocess.Process | None = None

    @property
    def pid(self) -> int:
        """Its process id; only while it runs."""
        if self._process is None:
            raise PluginFailed("the plugin is not running")
        return self._process.pid

    async def install(self, *options: str) -> None:
        """Make configuration and registration; options go to `livechat install`."""
        await self.command(
            "install",
            *("--homeserver-url", self._homeserver),
            *("--server-name", self.server_name),
            *("--address", self.url),
            *options,
        )

    async def add_live_chat(self, *operators: str) -> None:
        """Create the live chat, open to everybody on the homeserver, and wait until its rooms are there."""
        chosen = [part for operator in operators for part in ("--operator", operator)]
        await self.command(
            *("chats", "add", SLUG, "Customer Support", *chosen, "--customer", f"@*:{self.server_name}")
        )

    async def command(self, *arguments: str) -> None:
        """Run one `livechat` command to its end."""
        process = await asyncio.create_subprocess_exec(
            *self._command_line(*arguments),
            env=self._environment,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        said, _ = await process.communicate()
        if process.returncode:
            raise PluginFailed(f"livechat {' '.join(arguments)}\n{said.decode()}")

    async def start(self) -> float:
        """Start it; returns the seconds from the start of the process until `/ready` says yes."""
        with self._log.open("ab") as log:
            began = time.perf_counter()
            self._process = await asyncio.create_subprocess_exec(
                *self._command_line("serve"), env=self._environment, stdout=log, stderr=log
            )
        async with aiohttp.ClientSession() as session:
            while time.perf_counter() - began < START_TIMEOUT and self._process.returncode is None:
                with contextlib.suppress(aiohttp.ClientError):
                    async with session.get(f"{self.url}/ready") as response:
                        if response.status == 200:
                            return time.perf_counter() - began
                await asyncio.sleep(0.01)
        await self.stop()
        raise PluginFailed("it did not become ready\n" + self._log.read_text()[-2000:])

    async def stop(self) -> None:
        """End it in good order, and by force if it takes too long."""
        process, self._process = self._process, None
        if process is None or process.returncode is not None:
            return
        process.send_signal(signal.SIGTERM)
        try:
            await asyncio.wait_for(process.wait(), STOP_TIMEOUT)
        except TimeoutError:
            process.kill()
            await process.wait()

    def _command_line(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "livechat_plugin", *arguments, "--config", str(self.config)]
