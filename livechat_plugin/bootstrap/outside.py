"""What the use cases need from outside, as the configuration says; the same for `serve` and for commands beside it."""

import hashlib
import hmac
from collections.abc import Mapping

from livechat_plugin.bootstrap.clock import SystemClock
from livechat_plugin.bootstrap.configuration import Configuration
from livechat_plugin.bootstrap.ports import Ports
from livechat_plugin.hookcalls import Hooks
from livechat_plugin.matrix.client import AppserviceClient
from livechat_plugin.matrix.gateway import MatrixHomeserver
from livechat_plugin.services.bus import Bus, Silent
from livechat_plugin.services.ports import Channel, Homeserver, Meter, Store
from livechat_plugin.services.session_panel import SessionPanel, panel_address


def client_of(configuration: Configuration) -> AppserviceClient:
    """The connection to the homeserver, not started yet."""
    token = configuration.registration.as_token.get_secret_value()
    return AppserviceClient(configuration.settings.homeserver.url, token)


def homeserver_on(configuration: Configuration, client: AppserviceClient) -> MatrixHomeserver:
    """The homeserver, through this connection."""
    token = configuration.settings.homeserver.admin_token
    return MatrixHomeserver(client, configuration.naming, token.get_secret_value() if token else None)


def ports_of(
    configuration: Configuration,
    *,
    store: Store,
    homeserver: Homeserver,
    hooks: Hooks,
    meter: Meter,
    channels: Mapping[str, Channel],
    spare_rooms: int,
    bus: Bus | None = None,
) -> Ports:
    """All of it."""
    settings = configuration.settings
    return Ports(
        store=store,
        homeserver=homeserver,
        channels=channels,
        clock=SystemClock(),
        meter=meter,
        hooks=hooks,
        naming=configuration.naming,
        administrators=tuple(settings.access.administrators),
        spare_rooms=spare_rooms,
        public_address=settings.web.public_address,
        secret=secret_of(configuration.registration.as_token.get_secret_value()),
        directory_interval=settings.groups.directory_minutes * 60,
        is_enabled=settings.plugin.enabled,
        bus=bus or Silent(),
        customer_messages_per_minute=settings.limits.customer_messages_per_minute,
        panel=SessionPanel(
            panel_address(settings.web.public_address) if settings.web.panel_clients else None
        ),
    )


def secret_of(as_token: str) -> bytes:
    """What keys are made of: derived from the registration's token, so that there is no secret more to keep."""
    return hmac.new(as_token.encode(), b"livechat console", hashlib.sha256).digest()
