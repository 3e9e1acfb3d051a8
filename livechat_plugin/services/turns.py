"""One batch after another: who may take in what happened, and when."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from livechat_plugin.core.errors import Stopping


class Turns:
    """Lets one batch in at a time, none before it is told to begin, and none that would wait once the process ends."""

    def __init__(self) -> None:
        self._turn = asyncio.Lock()
        self._begun = asyncio.Event()
        self._begun.set()
        self._waiting: set[asyncio.Timeout] = set()
        self._is_ending = False

    @property
    def is_taken(self) -> bool:
        """Whether it is somebody's turn right now."""
        return self._turn.locked()

    def begin(self) -> None:
        """Let batches in."""
        self._begun.set()

    def hold_on(self) -> None:
        """Let batches wait."""
        self._begun.clear()

    def end(self) -> None:
        """Turn away those that wait, and those that would have to from now on: nobody may be there to let them in."""
        self._is_ending = True
        for patience in self._waiting:
            patience.reschedule(0)

    @asynccontextmanager
    async def mine(self) -> AsyncIterator[None]:
        """The turn of a batch.

        Raises:
            Stopping: it would have to wait, and the process ends.
        """
        try:
            async with asyncio.timeout(0 if self._is_ending and self._would_wait() else None) as patience:
                self._waiting.add(patience)
                try:
                    await self._begun.wait()
                    await self._turn.acquire()
                finally:
                    self._waiting.discard(patience)
        except TimeoutError:
            raise Stopping from None
        try:
            yield
        finally:
            self._turn.release()

    @asynccontextmanager
    async def before_all_others(self) -> AsyncIterator[None]:
        """The turn of what is older than all batches: it waits for nothing but the batch that is taken in now."""
        async with self._turn:
            yield

    def _would_wait(self) -> bool:
        return self._turn.locked() or not self._begun.is_set()
