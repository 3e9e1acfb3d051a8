"""Starting a process again when it dies, as a service manager does."""

import asyncio
import signal
from collections.abc import Callable
from typing import Final, Protocol

from livechat_plugin.core.errors import LivechatError

SHORTEST_PAUSE: Final = 0.2
LONGEST_PAUSE: Final = 5.0
GOOD_WHILE: Final = 10.0
"""Seconds after which a process counts as healthy again, so that its next end is answered at once."""


class Process(Protocol):
    """What can be kept alive."""

    async def ended(self) -> int:
        """Wait for its end; returns the exit status, negative for a signal."""
        ...

    async def start(self) -> None:
        """Start it, and come back when it answers."""
        ...


async def keep_alive(process: Process, told: Callable[[str], None], is_back: Callable[[float], None]) -> None:
    """Start a running process again whenever it ends. Runs until cancelled.

    Args:
        process: what was started.
        told: gets a few words on how it ended, and on every attempt that failed.
        is_back: called after each new start, with the seconds that it took since the end.
    """
    clock = asyncio.get_running_loop().time
    pause = SHORTEST_PAUSE
    while True:
        started = clock()
        told(_words(await process.ended()))
        ended = clock()
        if ended - started > GOOD_WHILE:
            pause = SHORTEST_PAUSE
        while True:
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)
            try:
                await process.start()
                break
            except LivechatError as error:
                told(str(error))
        is_back(clock() - ended)


def _words(status: int) -> str:
    if status >= 0:
        return f"ended with status {status}"
    try:
        return f"was ended by {signal.Signals(-status).name}"
    except ValueError:
        return f"was ended by signal {-status}"
