"""`livechat serve`: run the plugin."""

import asyncio
import gc
import socket
from collections.abc import Callable

import uvicorn
import uvloop

from livechat_plugin.bootstrap.configuration import Configuration, configure
from livechat_plugin.bootstrap.plugin import Plugin
from livechat_plugin.cli.options import DEFAULT_CONFIG, ConfigPath
from livechat_plugin.core.errors import LivechatError
from livechat_plugin.logs import configure_logging


def serve(config: ConfigPath = DEFAULT_CONFIG) -> None:
    """Run the plugin until it is interrupted."""
    configuration = configure(config)
    log, registration = configuration.settings.log, configuration.registration
    tokens = [registration.as_token.get_secret_value(), registration.hs_token.get_secret_value()]
    configure_logging(log.format, log.level, tokens)
    uvloop.run(_serve(configuration))


class _Server(uvicorn.Server):
    """Lets go first what it would wait for when it shuts down.

    Args:
        config: uvicorn's.
        let_go: ends what may have no end of its own.
    """

    def __init__(self, config: uvicorn.Config, let_go: Callable[[], None]) -> None:
        super().__init__(config)
        self._let_go = let_go

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """What is being answered is answered still."""
        self._let_go()
        await super().shutdown(sockets)


async def _serve(configuration: Configuration) -> None:
    plugin = Plugin(configuration)
    # What is here now stays: looking for garbage among it would hold up messages for a tenth of a second.
    gc.freeze()
    await plugin.prepare()
    web = configuration.settings.web
    server = _Server(
        uvicorn.Config(
            plugin.application(),
            host=web.listen_host,
            port=web.listen_port,
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=True,
            forwarded_allow_ips=web.trusted_proxies,
            timeout_graceful_shutdown=10,
        ),
        plugin.let_go,
    )
    ending = asyncio.create_task(_end_if_broken(plugin, server))
    await server.serve()
    ending.cancel()
    if plugin.broken.is_set():
        raise LivechatError(
            "A part of the plugin broke, and half a plugin is worse than none; the log says why."
        )


async def _end_if_broken(plugin: Plugin, server: uvicorn.Server) -> None:
    await plugin.broken.wait()
    server.should_exit = True
