"""The console on the use cases of the process."""

import hashlib
import hmac

from fastapi import FastAPI

from livechat_plugin.bootstrap.use_cases import UseCases
from livechat_plugin.services.dashboard import Dashboard
from livechat_plugin.services.live import Live
from livechat_plugin.web.console.application import create_console
from livechat_plugin.web.console.desk import ConsoleDesk
from livechat_plugin.web.console.visitor import Visitors
from livechat_plugin.web.static_files import shipped_assets


def secret_of(as_token: str) -> bytes:
    """What keys are made of: derived from the registration's token, so that there is no secret more to keep."""
    return hmac.new(as_token.encode(), b"livechat console", hashlib.sha256).digest()


def console_on(use_cases: UseCases, live: Live) -> FastAPI:
    """The console's application.

    Args:
        use_cases: what its pages call.
        live: tells them what has changed.
    """
    ports = use_cases.ports
    desk = ConsoleDesk(
        store=ports.store,
        clock=ports.clock,
        naming=ports.naming,
        homeserver=ports.homeserver,
        live=live,
        roles=use_cases.roles,
        session_lists=use_cases.session_lists,
        assignments=use_cases.assignments,
        dashboard=Dashboard(ports.clock),
        connecting=use_cases.connecting,
        customer_information=use_cases.customer_information,
        signing_in=use_cases.signing_in,
    )
    is_secure = ports.public_address.startswith("https:")
    visitors = Visitors(ports.secret, ports.clock, is_secure=is_secure)
    return create_console(desk, visitors, shipped_assets())
