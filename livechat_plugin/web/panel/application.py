"""The panel as an application of its own, mounted at `/panel`."""

from collections.abc import Sequence
from urllib.parse import urlsplit

from fastapi import APIRouter, Depends, FastAPI
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from livechat_plugin.services.panel_access import PanelAccess
from livechat_plugin.web.compression import CompressedPages
from livechat_plugin.web.console import (
    connecting,
    customer,
    item_outcomes,
    items,
    live,
    registering,
    session_actions,
    session_tending,
)
from livechat_plugin.web.console.accidents import Accidents
from livechat_plugin.web.console.bodies import BoundedBodies
from livechat_plugin.web.console.desk import ConsoleDesk
from livechat_plugin.web.console.headers import SafeHeaders
from livechat_plugin.web.console.limiting import Limiter
from livechat_plugin.web.console.refusals import handle_refusals
from livechat_plugin.web.console.rendering import template_environment
from livechat_plugin.web.console.visitor import NotSignedIn
from livechat_plugin.web.panel import pages, sign_in
from livechat_plugin.web.panel.bearers import Bearers
from livechat_plugin.web.panel.rendering import PanelPages
from livechat_plugin.web.panel.rooms import in_this_room
from livechat_plugin.web.static_files import Assets

_looking_up = APIRouter()
_looking_up.add_api_route("/items/{app_key}/suggestions", items.suggestions)

SHARED: Sequence[APIRouter] = (
    session_actions.router,
    session_tending.router,
    customer.router,
    connecting.router,
    registering.router,
    item_outcomes.router,
    _looking_up,
    live.router,
)
"""Pages of the console that are parts of the panel as well."""


def create_panel(
    desk: ConsoleDesk,
    access: PanelAccess,
    bearers: Bearers,
    assets: Assets,
    clients: Sequence[str],
    *,
    is_https: bool,
) -> FastAPI:
    """The panel's application.

    Args:
        desk: what the pages call.
        access: lets people in.
        bearers: knows who was let in.
        assets: styles and scripts of the pages.
        clients: addresses of the Matrix clients that may show it in a frame.
        is_https: whether browsers reach it by https, and by nothing else.
    """
    application = FastAPI(title="Session panel", docs_url=None, redoc_url=None, openapi_url=None)
    application.state.visitors = bearers
    application.state.access = access
    application.state.limiter = Limiter()
    application.state.pages = PanelPages(desk, template_environment(assets, first="panel"))
    application.include_router(sign_in.router)
    application.include_router(pages.router)
    for router in SHARED:
        application.include_router(router, dependencies=[Depends(in_this_room)])
    handle_refusals(application)
    application.add_exception_handler(NotSignedIn, _not_signed_in)
    application.add_middleware(CompressedPages)
    application.add_middleware(BoundedBodies)
    application.add_middleware(Accidents)
    origins = [origin_of(client) for client in clients]
    application.add_middleware(SafeHeaders, framed_by=origins, is_https=is_https)
    return application


def origin_of(address: str) -> str:
    """The part of a client's address that a policy about frames names."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"


async def _not_signed_in(_: Request, __: Exception) -> Response:
    return PlainTextResponse("Your client is asked again who you are.", 401)
