"""The console on the use cases of the process."""

from collections.abc import Sequence

from fastapi import FastAPI

from livechat_plugin.bootstrap.administering_desk import administering_desk
from livechat_plugin.bootstrap.use_cases import UseCases
from livechat_plugin.services.dashboard import Dashboard
from livechat_plugin.services.installation import Installation
from livechat_plugin.services.live import Live
from livechat_plugin.services.session_board import SessionBoard
from livechat_plugin.services.session_reading import SessionReading
from livechat_plugin.web.console.application import create_console
from livechat_plugin.web.console.desk import ConsoleDesk
from livechat_plugin.web.console.visitor import Visitors
from livechat_plugin.web.panel.application import create_panel
from livechat_plugin.web.panel.bearers import Bearers
from livechat_plugin.web.static_files import shipped_assets


def console_on(use_cases: UseCases, live: Live, installation: Installation | None = None) -> FastAPI:
    """The console's application.

    Args:
        use_cases: what its pages call.
        live: tells them what has changed.
        installation: how it stands, if somebody watches over it.
    """
    ports = use_cases.ports
    is_secure = ports.public_address.startswith("https:")
    visitors = Visitors(ports.secret, ports.clock, is_secure=is_secure)
    return create_console(_desk(use_cases, live, installation), visitors, shipped_assets())


def panel_on(use_cases: UseCases, live: Live, clients: Sequence[str]) -> FastAPI:
    """The session panel's application.

    Args:
        use_cases: what its pages call.
        live: tells them what has changed.
        clients: addresses of the Matrix clients that may show it.
    """
    ports = use_cases.ports
    return create_panel(
        _desk(use_cases, live),
        use_cases.panel_access,
        Bearers(ports.secret, ports.clock),
        shipped_assets(),
        clients,
        is_https=ports.public_address.startswith("https:"),
    )


def _desk(use_cases: UseCases, live: Live, installation: Installation | None = None) -> ConsoleDesk:
    ports = use_cases.ports
    return ConsoleDesk(
        store=ports.store,
        clock=ports.clock,
        naming=ports.naming,
        homeserver=ports.homeserver,
        live=live,
        roles=use_cases.roles,
        session_lists=use_cases.session_lists,
        session_board=SessionBoard(use_cases.session_lists),
        session_care=use_cases.session_care,
        assignments=use_cases.assignments,
        dashboard=Dashboard(ports.clock),
        connecting=use_cases.connecting,
        customer_information=use_cases.customer_information,
        signing_in=use_cases.signing_in,
        administering=administering_desk(use_cases, installation),
        customer_items=use_cases.customer_items,
        item_desk=use_cases.item_desk,
        items=use_cases.items,
        app_catalogue=use_cases.app_catalogue,
        handovers=use_cases.handovers,
        exporting=use_cases.exporting,
        reading=use_cases.reading,
        session_pages=use_cases.session_pages,
        session_desk=use_cases.session_desk,
        answers=use_cases.answers,
        session_reading=SessionReading(
            ports.store, use_cases.session_pages, use_cases.reading, use_cases.signals
        ),
        names=use_cases.people_names,
    )
