"""Bringing the database up to date."""

from livechat_plugin.core.errors import LivechatError
from livechat_plugin.resources import bundled
from livechat_plugin.settings import Settings
from livechat_plugin.store.database import Database
from livechat_plugin.store.schema import SchemaState


class SchemaTooNew(LivechatError):
    """A newer version of the plugin has migrated the database, and this one cannot work with it."""


async def migrate(settings: Settings) -> None:
    """Bring the database up to date; quick if it is.

    Raises:
        StoreUnavailable: it cannot be reached.
        SchemaTooNew: a newer version of the plugin has migrated it.
    """
    store = Database(settings.database.async_url, lambda _: None, lambda _: None)
    try:
        state = await store.schema()
        if state is SchemaState.FIT:
            return
        if state is SchemaState.NEWER:
            raise SchemaTooNew(state.remedy)
    finally:
        await store.close()
    from livechat_plugin.store.migrate import upgrade  # noqa: PLC0415 - loading alembic takes its time

    await upgrade(settings.database.async_url, bundled("migrations"))
