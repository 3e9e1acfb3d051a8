"""The bus on SQLite, where one process is at work and commands write beside it: they tell nothing, it looks."""

import asyncio
from collections.abc import Awaitable, Callable, Collection

import structlog

from livechat_plugin.core.errors import ConcurrentChange, StoreUnavailable
from livechat_plugin.services.bus import EVERYTHING, Hear

log = structlog.get_logger()

LOOK_EVERY = 1.0
"""Seconds between two looks."""


class WatchedFile:
    """Implements `Bus`.

    Args:
        others_commits: tells a number that is another one after a commit of another process.
    """

    is_alone = True

    def __init__(self, others_commits: Callable[[], Awaitable[int]]) -> None:
        self._others_commits = others_commits

    def tell(self, slots: Collection[int] = (), topics: Collection[str] = ()) -> None:
        """The file tells it."""

    async def run(self, hear: Hear) -> None:
        """Look until cancelled."""
        known: int | None = None
        while True:
            try:
                now = await self._others_commits()
            except (StoreUnavailable, ConcurrentChange) as error:
                log.warning("whether another process has written cannot be seen", reason=str(error))
            else:
                if known is not None and now != known:
                    hear(EVERYTHING)
                known = now
            await asyncio.sleep(LOOK_EVERY)

    async def flush(self) -> None:
        """The file tells it."""
