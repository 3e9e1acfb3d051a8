"""Starts a real Synapse, from the wheel, on the loopback interface, in a folder of its own."""

import asyncio
import contextlib
import hashlib
import hmac
import signal
import sys
from pathlib import Path
from typing import Any, Final, Self

import aiohttp
from ruamel.yaml import YAML

from livechat_plugin.core.errors import LivechatError
from livechat_plugin.demo.homeserver_files import write_homeserver_files
from livechat_plugin.demo.ports import free_port, is_free
from livechat_plugin.demo.sqlite_mending import move_position_behind_events
from livechat_plugin.demo.tether import tethered

START_TIMEOUT: Final = 60.0
STOP_TIMEOUT: Final = 15.0
LOG_TAIL_LINES: Final = 25


class HomeserverError(LivechatError):
    """The homeserver did not start or refused what was asked; the message carries its own words."""


class Homeserver:
    """One Synapse in one folder. Everything it keeps is in the folder: the same folder is the same server.

    The folder and `homeserver.yaml` are made at once, so that an application service can be added to the
    configuration before the first start. An existing configuration is kept as it is; its port and server name
    count. Start, stop and kill from the same event loop, in a thread that lasts: on Linux Synapse ends with the
    thread that started it, even if nobody could stop it. As a context manager it starts and stops.

    Args:
        directory: where to keep everything; made if it does not exist.
        server_name: the part of the user ids after the colon, for a new folder.
        port: the loopback port, for a new folder; a free one if not given.
        for_older_clients: for a new folder, whether rooms and pictures must suit clients of some years ago.
    """

    def __init__(
        self,
        directory: Path,
        *,
        server_name: str = "livechat.localhost",
        port: int | None = None,
        for_older_clients: bool = False,
    ) -> None:
        self.directory = directory.resolve()
        self.config_path = self.directory / "homeserver.yaml"
        self.log_path = self.directory / "homeserver.log"
        if not self.config_path.exists():
            write_homeserver_files(
                self.config_path, server_name, port or free_port(), for_older_clients=for_older_clients
            )
        config = YAML(typ="safe").load(self.config_path)
        self.server_name: str = config["server_name"]
        self.port: int = config["listeners"][0]["port"]
        self.url = f"http://127.0.0.1:{self.port}"
        self._registration_shared_secret: str = config["registration_shared_secret"]
        self._process: asyncio.subprocess.Process | None = None

    @property
    def running(self) -> bool:
        """Whether the process is there."""
        return self._process is not None and self._process.returncode is None

    @property
    def pid(self) -> int:
        """The process id; only while it runs."""
        if self._process is None or not self.running:
            raise HomeserverError("the homeserver is not running")
        return self._process.pid

    async def start(self) -> None:
        """Start Synapse and come back when it answers.

        Raises:
            HomeserverError: it died or did not answer in time; the message ends with the end of its log.
        """
        if self.running:
            return
        if not is_free(self.port):
            raise HomeserverError(
                f"port {self.port} of {self.config_path} is taken; is another one running in this folder?"
            )
        move_position_behind_events(self.directory / "homeserver.db")
        with self.log_path.open("ab") as log:
            log_begin = log.tell()
            self._process = await asyncio.create_subprocess_exec(
                *tethered(sys.executable, "-m", "synapse.app.homeserver", "-c", str(self.config_path)),
                cwd=self.directory,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                # Ctrl-C in a terminal goes to the whole process group. Whoever started us decides when the
                # homeserver goes, normally after everything that needs it.
                start_new_session=True,
            )
        try:
            await self._wait_until_it_answers(log_begin)
        except BaseException:
            await self.kill()
            raise

    async def stop(self) -> None:
        """Let Synapse shut down in good order; kill it if it takes too long."""
        if self._signal(signal.SIGTERM):
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._reap(), STOP_TIMEOUT)
        await self.kill()

    async def kill(self) -> None:
        """End the process at once, as a power failure would, and come back when it is gone."""
        self._signal(signal.SIGKILL)
        await self._reap()

    async def ended(self) -> int:
        """Wait until the process ends, by whatever cause; returns its exit status, negative for a signal."""
        return await self._process.wait() if self._process else 0

    async def restart(self) -> None:
        """Stop and start, for a changed configuration."""
        await self.stop()
        await self.start()

    async def register(
        self, localpart: str, password: str, *, display_name: str | None = None, admin: bool = False
    ) -> str:
        """Make an account; one that exists already stays as it is, with its old password.

        Returns:
            The user id.
        """
        url = f"{self.url}/_synapse/admin/v1/register"
        async with aiohttp.ClientSession() as session:
            async with session.get(url) as response:
                nonce = (await response.json())["nonce"]
            signed = "\0".join((nonce, localpart, password, "admin" if admin else "notadmin"))
            account = {
                "nonce": nonce,
                "username": localpart,
                "displayname": display_name,
                "password": password,
                "admin": admin,
                "mac": hmac.new(
                    self._registration_shared_secret.encode(), signed.encode(), hashlib.sha1
                ).hexdigest(),
            }
            async with session.post(url, json=account) as response:
                answer: dict[str, Any] = await response.json()
        if response.ok or answer["errcode"] == "M_USER_IN_USE":
            return f"@{localpart}:{self.server_name}"
        raise HomeserverError(f"registering {localpart}: {answer['errcode']} {answer['error']}")

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    def _signal(self, number: signal.Signals) -> bool:
        if self._process is None:
            return False
        with contextlib.suppress(ProcessLookupError):
            self._process.send_signal(number)
        return True

    async def _reap(self) -> None:
        if self._process is not None:
            await self._process.wait()
            self._process = None

    async def _wait_until_it_answers(self, log_begin: int) -> None:
        process = self._process
        deadline = asyncio.get_running_loop().time() + START_TIMEOUT
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=5)) as session:
            while process is not None and process.returncode is None:
                with contextlib.suppress(aiohttp.ClientError, TimeoutError):
                    async with session.get(f"{self.url}/_matrix/client/versions") as response:
                        if response.ok:
                            return
                if asyncio.get_running_loop().time() > deadline:
                    raise HomeserverError(
                        f"Synapse did not answer in {START_TIMEOUT:.0f} s\n{self._log_tail(log_begin)}"
                    )
                await asyncio.sleep(0.05)
        raise HomeserverError(f"Synapse stopped while starting\n{self._log_tail(log_begin)}")

    def _log_tail(self, begin: int) -> str:
        lines = self.log_path.read_bytes()[begin:].decode(errors="replace").splitlines()
        return "\n".join([f"{self.log_path}:", *lines[-LOG_TAIL_LINES:]])
