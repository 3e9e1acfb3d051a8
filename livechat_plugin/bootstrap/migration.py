"""Bringing the database up to date."""

from livechat_plugin.resources import bundled
from livechat_plugin.settings import Settings
from livechat_plugin.store.database import Database


async def migrate(settings: Settings) -> None:
    """Bring the database up to date; quick if it is.

    Raises:
        StoreUnavailable: it cannot be reached.
    """
    store = Database(settings.database.async_url, lambda _: None, lambda _: None)
    try:
        if await store.is_current():
            return
    finally:
        await store.close()
    from livechat_plugin.store.migrate import upgrade  # noqa: PLC0415 - loading alembic takes its time

    await upgrade(settings.database.async_url, bundled("migrations"))
