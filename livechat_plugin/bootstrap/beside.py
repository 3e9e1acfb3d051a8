"""The database for a command that works beside the running plugin, which learns of what the command commits."""

from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager

from livechat_plugin.services.bus import Bus, Silent
from livechat_plugin.services.deliveries import Delivery
from livechat_plugin.settings import Settings
from livechat_plugin.store.database import Database


class _Telling:
    """Tells what each commit has brought."""

    def __init__(self) -> None:
        self.bus: Bus = Silent()

    def owed(self, deliveries: Sequence[Delivery]) -> None:
        self.bus.tell(slots={delivery.slot for delivery in deliveries})

    def touched(self, topics: Collection[str]) -> None:
        self.bus.tell(topics=topics)


@asynccontextmanager
async def database_beside(settings: Settings) -> AsyncIterator[Database]:
    """Open it, and tell the processes at work at the end what was changed; they make the deliveries."""
    telling = _Telling()
    store = Database(settings.database.async_url, telling.owed, lambda _: None, telling.touched)
    telling.bus = bus = store.bus()
    try:
        yield store
    finally:
        await bus.flush()
        await store.close()
