"""The database for a command that works beside the running plugin, which learns of what the command commits."""

from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager

from livechat_plugin.services.bus import Bus
from livechat_plugin.settings import Settings
from livechat_plugin.store.database import Database


class _Touched:
    """Tells the topics of each commit."""

    def __init__(self) -> None:
        self.bus: Bus | None = None

    def __call__(self, topics: Collection[str]) -> None:
        if self.bus is not None:
            self.bus.tell(topics=topics)


@asynccontextmanager
async def database_beside(settings: Settings) -> AsyncIterator[Database]:
    """Open it, and tell the processes at work at the end what was changed; they make the deliveries."""
    touched = _Touched()
    store = Database(settings.database.async_url, lambda _: None, lambda _: None, touched)
    touched.bus = bus = store.bus()
    try:
        yield store
    finally:
        await bus.flush()
        await store.close()
