"""Our own command, run in a process of its own that has everything imported already.

Importing is most of what a short command costs, and tests run more than a hundred of them. So one process imports the
command, and splits off another one for each run, with its own arguments, environment, output and exit status. What a
command imports, and when, is for tests/unit/test_command_loading.py and tests/packaging to look at.
"""

import atexit
import gc
import importlib
import json
import os
import shlex
import signal
import socket
import subprocess
import sys
import tempfile
import traceback
from contextlib import suppress
from pathlib import Path
from typing import Any, NoReturn

REPOSITORY = Path(__file__).parents[2]
COMMANDS = ("apps", "audit", "chats", "check", "groups", "install", "migrate", "operators")

_running: list["_Server"] = []


def run(arguments: tuple[str, ...], env: dict[str, str], timeout: float) -> subprocess.CompletedProcess[str]:
    """Run `livechat` with these arguments."""
    return _server().run(arguments, env, timeout)


def in_shell() -> str:
    """What defines `livechat` for a bash."""
    words = [sys.executable, "-IS", str(Path(__file__).with_name("one_command.py")), _server().address]
    return f'livechat() {{ {shlex.join(words)} "$@"; }}\n'


def _server() -> "_Server":
    if not _running:
        _running.append(_Server())
    return _running[0]


class _Server:
    """The process that splits off the others; it ends with this one."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="livechat-commands-")
        self.address = str(Path(self._folder.name) / "socket")
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.integration.commands", self.address],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=REPOSITORY,
        )
        atexit.register(self._end)
        assert self._process.stdout is not None
        assert self._process.stdout.readline() == b"ready\n"

    def run(
        self, arguments: tuple[str, ...], env: dict[str, str], timeout: float
    ) -> subprocess.CompletedProcess[str]:
        with tempfile.TemporaryDirectory(dir=self._folder.name) as folder:
            files = [Path(folder) / name for name in ("stdout", "stderr")]
            request = {
                "arguments": arguments,
                "env": env,
                "files": list(map(str, files)),
                "cwd": str(Path.cwd()),
            }
            with socket.socket(socket.AF_UNIX) as connection:
                connection.settimeout(timeout)
                connection.connect(self.address)
                connection.sendall(json.dumps(request).encode() + b"\n")
                answer = connection.makefile().readline()
            stdout, stderr = (file.read_text(encoding="utf-8") for file in files)
        return subprocess.CompletedProcess(arguments, int(answer), stdout, stderr)

    def _end(self) -> None:
        self._process.terminate()
        self._process.wait(10)
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()
        self._folder.cleanup()


def _serve(address: str) -> NoReturn:
    """Import, and split off a process for each request; each reports on one of its own."""
    for name in COMMANDS:
        importlib.import_module(f"livechat_plugin.cli.{name}")
    for name in ("changing", "deleting", "files", "listing", "showing"):
        importlib.import_module(f"livechat_plugin.cli.chats.{name}")
    gc.freeze()
    listening = socket.socket(socket.AF_UNIX)
    listening.bind(address)
    listening.listen(64)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for those who report
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    while True:
        connection, _ = listening.accept()
        if os.fork() == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            listening.close()
            _report(connection)
        connection.close()


def _report(connection: socket.socket) -> NoReturn:
    request = json.loads(connection.makefile().readline())
    child = os.fork()
    if child == 0:
        connection.close()
        _carry_out(request)
    _, status = os.waitpid(child, 0)
    with suppress(BrokenPipeError):
        connection.sendall(f"{os.waitstatus_to_exitcode(status)}\n".encode())
    os._exit(0)


def _carry_out(request: dict[str, Any]) -> NoReturn:
    os.environ.clear()
    os.environ.update(request["env"])
    os.chdir(request["cwd"])
    for number, path in enumerate(request["files"], start=1):
        os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), number)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    from livechat_plugin.cli import app

    status: Any = 0
    try:
        app(request["arguments"], prog_name="livechat")
    except SystemExit as end:
        status = end.code
    except BaseException:  # noqa: BLE001 - as at the end of any program
        traceback.print_exc()
        status = 1
    if isinstance(status, str):
        sys.stderr.write(f"{status}\n")
        status = 1
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status or 0)


if __name__ == "__main__":
    _serve(sys.argv[1])
