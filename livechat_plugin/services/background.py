"""Work that nobody waits for, kept until it is done and told in the log when it fails."""

import asyncio
from collections.abc import Coroutine, Iterable
from typing import Any

import structlog

log = structlog.get_logger()


class Background:
    """Holds a limited number of tasks; what comes beyond is dropped, for it is work that may be dropped."""

    def __init__(self, limit: int = 100) -> None:
        self._limit = limit
        self._tasks: set[asyncio.Task[Any]] = set()

    def start(self, work: Coroutine[Any, Any, None]) -> None:
        """Do it beside everything else."""
        if len(self._tasks) >= self._limit:
            work.close()
            return
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("background work failed", exc_info=error)

    async def stop(self) -> None:
        """Give up what is not done."""
        await end(self._tasks)


async def end(tasks: Iterable[asyncio.Task[Any]]) -> None:
    """Cancel tasks and wait until they are over.

    A cancellation that meets a timeout of the HTTP client is lost in it; so it is repeated until it is heard.
    """
    pending = every = set(tasks)
    while pending:
        for task in pending:
            task.cancel()
        _, pending = await asyncio.wait(pending, timeout=1)
    await asyncio.gather(*every, return_exceptions=True)  # so that no failure goes unlooked at
