"""The use cases for a command that works beside the running plugin."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from livechat_plugin.bootstrap.beside import database_beside
from livechat_plugin.bootstrap.configuration import Configuration
from livechat_plugin.bootstrap.hooks import load_configured_hooks
from livechat_plugin.bootstrap.migration import migrate
from livechat_plugin.bootstrap.outside import client_of, homeserver_on, ports_of
from livechat_plugin.bootstrap.use_cases import UseCases
from livechat_plugin.hookcalls import Hooks
from livechat_plugin.services.ports import Meter


class _Uncounted(Meter):
    """A command has no `/metrics`."""

    def count(self, what: str, label: str = "") -> None:
        """Forget it."""


@asynccontextmanager
async def office(configuration: Configuration) -> AsyncIterator[UseCases]:
    """Everything connected, with the database up to date and nothing delivered: the running plugin does that.

    Raises:
        StoreUnavailable: the database cannot be reached.
    """
    settings = configuration.settings
    if settings.database.is_embedded:
        await migrate(settings)
    client = client_of(configuration)
    async with database_beside(settings) as store:
        ports = ports_of(
            configuration,
            store=store,
            homeserver=homeserver_on(configuration, client),
            hooks=Hooks(load_configured_hooks(configuration.file, settings)),
            meter=_Uncounted(),
            channels={},
            spare_rooms=0,
        )
        await client.start()
        try:
            yield UseCases(ports)
        finally:
            await client.close()
