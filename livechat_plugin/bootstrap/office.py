"""The use cases for a command that works beside the running plugin."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from livechat_plugin.bootstrap.configuration import Configuration, migrate
from livechat_plugin.bootstrap.plugin import Plugin
from livechat_plugin.bootstrap.use_cases import UseCases


@asynccontextmanager
async def office(configuration: Configuration) -> AsyncIterator[UseCases]:
    """Everything connected, with the database up to date and nothing delivered: the running plugin does that.

    Raises:
        StoreUnavailable: the database cannot be reached.
    """
    if configuration.settings.database.is_embedded:
        await migrate(configuration.settings)
    plugin = Plugin(configuration)
    await plugin.client.start()
    try:
        yield plugin.use_cases
    finally:
        await plugin.client.close()
        await plugin.store.close()
