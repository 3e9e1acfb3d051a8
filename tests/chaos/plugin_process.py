"""The plugin, split off a process that has everything imported already, and able to kill itself at a chosen point.

Starting an interpreter and importing is most of what a start of the plugin costs, and here it is started hundreds of
times. Nothing of it is in the plugin: the point is hooked in from outside, by `points`.

Lines that the process reads: a JSON object with `config`, `log`, `orders` (a FIFO through which points are chosen
while it runs) and `point` (one that is chosen from the start, maybe empty). Lines that it writes: `ready`, then for
each one the id of the process that it split off, and `<id> ended <status>` when one is gone.
"""

import gc
import importlib
import json
import os
import select
import signal
import sys
from typing import Any, NoReturn

LOADED = (
    "alembic.command",
    "livechat_plugin.bootstrap.plugin",
    "livechat_plugin.cli.serve",
    "livechat_plugin.store.migrate",
    "asyncpg",
    "aiosqlite",
    "uvicorn.loops.uvloop",
    "uvicorn.protocols.http.httptools_impl",
    "uvicorn.lifespan.on",
    "tests.chaos.points",
)


def _serve() -> NoReturn:
    for name in LOADED:
        try:
            importlib.import_module(name)
        except ModuleNotFoundError as error:
            if error.name is None or not error.name.startswith(("aiosqlite", "asyncpg")):
                raise
    gc.freeze()
    wake_read, wake_write = os.pipe2(os.O_NONBLOCK)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(wake_write)
    _say("ready")
    buffered = b""
    while True:
        readable, _, _ = select.select([0, wake_read], [], [])
        if wake_read in readable:
            os.read(wake_read, 4096)
            _reap()
        if 0 in readable:
            read = os.read(0, 65536)
            if not read:  # who started us is gone
                os.killpg(0, signal.SIGKILL)
            *lines, buffered = (buffered + read).split(b"\n")
            for line in lines:
                _split_off(json.loads(line), wake_read, wake_write)


def _split_off(request: dict[str, Any], *wakes: int) -> None:
    child = os.fork()
    if child:
        _say(str(child))
        return
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    for descriptor in wakes:
        os.close(descriptor)
    log = os.open(request["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for source, target in ((nothing, 0), (log, 1), (log, 2)):
        os.dup2(source, target)
    os.environ.update(request.get("env", {}))
    from livechat_plugin.cli import app
    from tests.chaos import points

    points.install(request["orders"], request["point"])
    status: Any = 0
    try:
        app(["serve", "--config", request["config"]], prog_name="livechat")
    except SystemExit as end:
        status = end.code
    except BaseException:  # noqa: BLE001 - as at the end of any program
        import traceback

        traceback.print_exc()
        status = 1
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status if isinstance(status, int) else 1)


def _reap() -> None:
    while True:
        try:
            child, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if not child:
            return
        _say(f"{child} ended {os.waitstatus_to_exitcode(status)}")


def _say(line: str) -> None:
    os.write(1, f"{line}\n".encode())


if __name__ == "__main__":
    _serve()
