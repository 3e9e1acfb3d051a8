"""`livechat serve`: run the plugin."""

import uvicorn

from livechat_plugin.bootstrap import Plugin, configure
from livechat_plugin.cli.options import DEFAULT_CONFIG, ConfigPath
from livechat_plugin.logs import configure_logging


def serve(config: ConfigPath = DEFAULT_CONFIG) -> None:
    """Run the plugin until it is interrupted."""
    configuration = configure(config)
    settings, registration = configuration.settings, configuration.registration
    tokens = [registration.as_token.get_secret_value(), registration.hs_token.get_secret_value()]
    configure_logging(settings.log.format, settings.log.level, tokens)
    server = uvicorn.Server(
        uvicorn.Config(
            Plugin(configuration).application(),
            host=settings.web.listen_host,
            port=settings.web.listen_port,
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=10,
        )
    )
    server.run()
