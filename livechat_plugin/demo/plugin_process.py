"""The plugin as an administrator would run it: installed by `livechat install`, served by `livechat serve`."""

import asyncio
import contextlib
import signal
import sys
from pathlib import Path
from typing import Final

import aiohttp
import tomlkit

from livechat_plugin.atomic_file import replace_file
from livechat_plugin.core.errors import LivechatError
from livechat_plugin.demo.homeserver import Homeserver
from livechat_plugin.demo.ports import free_port, is_free
from livechat_plugin.demo.tether import tethered
from livechat_plugin.resources import bundled
from livechat_plugin.settings import load_settings

START_TIMEOUT: Final = 60.0
STOP_TIMEOUT: Final = 10.0
LOG_TAIL_LINES: Final = 25


class PluginProcessError(LivechatError):
    """The plugin could not be installed or did not start; the message carries its own words."""


class PluginProcess:
    """The plugin in a process of its own, with its configuration, database and log in one folder.

    Args:
        directory: where to keep everything; what is there from an earlier run is used again.
        homeserver: the homeserver that it is installed in.
        administrator: Matrix id of the administrator of live chats.

    Attributes:
        config_path: its `plugin.toml`.
        log_path: what it says about its work.
    """

    def __init__(self, directory: Path, homeserver: Homeserver, administrator: str) -> None:
        self.config_path = directory.resolve() / "plugin.toml"
        self.log_path = directory.resolve() / "plugin.log"
        self._homeserver = homeserver
        self._administrator = administrator
        self._port = 0
        self._process: asyncio.subprocess.Process | None = None

    @property
    def url(self) -> str:
        """The address of its web server; known once it is installed."""
        return f"http://127.0.0.1:{self._port}"

    @property
    def running(self) -> bool:
        """Whether the process is there."""
        return self._process is not None and self._process.returncode is None

    @property
    def pid(self) -> int:
        """The process id; only while it runs."""
        if self._process is None or not self.running:
            raise PluginProcessError("the plugin is not running")
        return self._process.pid

    async def install(self) -> None:
        """Make configuration and registration, and introduce it to the homeserver, which must start after it.

        Raises:
            PluginProcessError: `livechat install` refused; the message ends with what it said.
        """
        if not self.config_path.exists():
            self._write_configuration()
        self._port = load_settings(self.config_path).web.listen_port
        options = {
            "--homeserver-url": self._homeserver.url,
            "--server-name": self._homeserver.server_name,
            "--address": self.url,
            "--administrator": self._administrator,
            "--write": str(self._homeserver.config_path),
        }
        begin = self._log_end()
        process = await self._run(
            "install", "--user-directory", *(part for option in options.items() for part in option)
        )
        if await process.wait():
            raise PluginProcessError(f"the plugin could not be installed\n{self.log_tail(begin)}")

    async def start(self) -> None:
        """Start `livechat serve` and come back when it says that it is ready.

        Raises:
            PluginProcessError: it ended or was not ready in time; the message ends with the end of its log.
        """
        if not is_free(self._port):
            raise PluginProcessError(
                f"port {self._port} of {self.config_path} is taken; is another demo running in this folder?"
            )
        begin = self._log_end()
        self._process = await self._run("serve")
        try:
            await self._wait_until_ready(self._process, begin)
        except BaseException:
            await self.kill()
            raise

    async def ended(self) -> int:
        """Wait until the process ends, by whatever cause; returns its exit status, negative for a signal."""
        return await self._process.wait() if self._process else 0

    async def stop(self) -> None:
        """Let it finish what it is doing; kill it if it takes too long."""
        self._signal(signal.SIGTERM)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self.ended(), STOP_TIMEOUT)
        await self.kill()

    async def kill(self) -> None:
        """End it at once."""
        self._signal(signal.SIGKILL)
        await self.ended()

    def log_tail(self, begin: int = 0) -> str:
        """The last lines of its log, under the name of the file."""
        lines = self.log_path.read_bytes()[begin:].decode(errors="replace").splitlines()
        return "\n".join([f"{self.log_path}:", *lines[-LOG_TAIL_LINES:]])

    def _log_end(self) -> int:
        return self.log_path.stat().st_size if self.log_path.exists() else 0

    def _write_configuration(self) -> None:
        """The configuration as it ships, with what the installation cannot know: a free port."""
        document = tomlkit.parse(bundled("plugin.toml").read_text(encoding="utf-8"))
        port = free_port()
        document["web"]["listen_port"] = port
        document["web"]["public_address"] = f"http://127.0.0.1:{port}"
        document["log"]["format"] = "console"
        replace_file(self.config_path, tomlkit.dumps(document), new_mode=0o640)

    async def _run(self, command: str, *options: str) -> asyncio.subprocess.Process:
        arguments = ("-m", "livechat_plugin", command, "--config", str(self.config_path), *options)
        with self.log_path.open("ab") as log:
            return await asyncio.create_subprocess_exec(
                *tethered(sys.executable, *arguments),
                cwd=self.config_path.parent,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                # Ctrl-C goes to the whole process group of a terminal; the demo decides when the plugin goes.
                start_new_session=True,
            )

    def _signal(self, number: signal.Signals) -> None:
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                self._process.send_signal(number)

    async def _wait_until_ready(self, process: asyncio.subprocess.Process, log_begin: int) -> None:
        deadline = asyncio.get_running_loop().time() + START_TIMEOUT
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=5)) as session:
            while process.returncode is None:
                with contextlib.suppress(aiohttp.ClientError, TimeoutError):
                    async with session.get(f"{self.url}/ready") as response:
                        if response.ok:
                            return
                if asyncio.get_running_loop().time() > deadline:
                    raise PluginProcessError(
                        f"the plugin was not ready in {START_TIMEOUT:.0f} s\n{self.log_tail(log_begin)}"
                    )
                await asyncio.sleep(0.05)
        raise PluginProcessError(f"the plugin stopped while starting\n{self.log_tail(log_begin)}")
