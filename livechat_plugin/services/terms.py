"""Being at work, and standing by.

Beside SQLite one process at a time makes the deliveries; a second one waits, and begins when the first one ends. On
PostgreSQL all replicas of this version work together (see `leases`), and wait only for one of a version before.
"""

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Protocol

import structlog

from livechat_plugin.core.errors import StoreUnavailable

log = structlog.get_logger()

ASK_EVERY = 0.5
"""Seconds between two attempts to become the one."""

HANDOVER = 0.25
"""Seconds between getting the right after somebody else and using it."""


class Leadership(Protocol):
    """The right to be the one process at work on a database."""

    async def take(self) -> bool:
        """Take it, unless another process has it.

        Raises:
            StoreUnavailable: the database cannot be reached.
        """
        ...

    async def lost(self) -> None:
        """Wait until what was taken is lost, as with the connection to the database."""
        ...

    async def close(self) -> None:
        """Give it back."""
        ...


class Terms:
    """Works whenever this process is the one, and waits otherwise.

    Args:
        leadership: the right to be it.
        work: what is done meanwhile, from its beginning to its end; made anew each time.

    Attributes:
        is_at_work: whether this process is the one now.
        has_asked: set when it is known for the first time whether it is.
    """

    def __init__(self, leadership: Leadership, work: Callable[[], AbstractAsyncContextManager[None]]) -> None:
        self._leadership = leadership
        self._work = work
        self.is_at_work = False
        self.has_asked = asyncio.Event()

    async def run(self) -> None:
        """One term after another, until cancelled."""
        try:
            while True:
                await self._wait()
                async with self._work():
                    self.is_at_work = True
                    self.has_asked.set()
                    try:
                        await self._leadership.lost()
                    finally:
                        self.is_at_work = False
                log.warning("the right to be at work is lost, as with its connection; taking it up again")
        finally:
            await self._leadership.close()

    async def _wait(self) -> None:
        told = ""
        while True:
            try:
                if await self._leadership.take():
                    if self.has_asked.is_set():
                        # Who had it before may learn a little later than we that it is lost.
                        await asyncio.sleep(HANDOVER)
                        log.info("this process is at work now")
                    return
                news = "another process is serving on this database; waiting for it to end"
            except StoreUnavailable as error:
                news = f"the database is away; waiting for it: {error}"
            self.has_asked.set()
            if news != told:
                log.warning(news)
                told = news
            await asyncio.sleep(ASK_EVERY)
