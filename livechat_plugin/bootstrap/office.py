"""The use cases for a command that works beside the running plugin."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from livechat_plugin.bootstrap.clock import SystemClock
from livechat_plugin.bootstrap.configuration import Configuration
from livechat_plugin.bootstrap.hooks import load_configured_hooks
from livechat_plugin.bootstrap.migration import migrate
from livechat_plugin.bootstrap.use_cases import Ports, UseCases
from livechat_plugin.hookcalls import Hooks
from livechat_plugin.matrix.client import AppserviceClient
from livechat_plugin.matrix.gateway import MatrixHomeserver
from livechat_plugin.services.ports import Meter
from livechat_plugin.store.database import Database


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
    client = AppserviceClient(settings.homeserver.url, configuration.registration.as_token.get_secret_value())
    token = settings.homeserver.admin_token
    homeserver = MatrixHomeserver(client, configuration.naming, token.get_secret_value() if token else None)
    store = Database(settings.database.async_url, lambda _: None, lambda _: None)
    ports = Ports(
        store=store,
        homeserver=homeserver,
        channels={},
        clock=SystemClock(),
        meter=_Uncounted(),
        hooks=Hooks(load_configured_hooks(configuration.file, settings)),
        naming=configuration.naming,
        administrators=tuple(settings.access.administrators),
        spare_rooms=0,
        directory_interval=settings.groups.directory_minutes * 60,
        is_enabled=settings.plugin.enabled,
    )
    await client.start()
    try:
        yield UseCases(ports)
    finally:
        await client.close()
        await store.close()
