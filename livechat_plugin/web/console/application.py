"""The console as an application of its own, mounted at `/console`."""

from collections.abc import Sequence

from fastapi import APIRouter, FastAPI

from livechat_plugin.web.compression import CompressedPages
from livechat_plugin.web.console import (
    administering_pages,
    connecting,
    customer,
    dashboard,
    home,
    item_outcomes,
    item_page,
    items,
    live,
    media,
    registering,
    session_actions,
    session_answers,
    session_export,
    session_lists,
    session_page,
    session_tending,
    sign_in,
)
from livechat_plugin.web.console.accidents import Accidents
from livechat_plugin.web.console.bodies import BoundedBodies
from livechat_plugin.web.console.desk import ConsoleDesk
from livechat_plugin.web.console.headers import SafeHeaders
from livechat_plugin.web.console.limiting import Limiter
from livechat_plugin.web.console.refusals import handle_refusals
from livechat_plugin.web.console.rendering import Pages, template_environment
from livechat_plugin.web.console.visitor import Visitors
from livechat_plugin.web.static_files import Assets

ROUTERS: Sequence[APIRouter] = (
    home.router,
    sign_in.router,
    live.router,
    dashboard.router,
    customer.router,
    session_page.router,
    session_export.router,
    *administering_pages.ROUTERS,
    connecting.router,
    registering.router,
    item_outcomes.router,
    session_lists.router,
    session_actions.router,
    session_answers.router,
    session_tending.router,
    media.router,
    items.router,
    item_page.router,
)
"""Every page, a line each."""


def create_console(desk: ConsoleDesk, visitors: Visitors, assets: Assets) -> FastAPI:
    """The console's application.

    Args:
        desk: what the pages call.
        visitors: knows who is signed in.
        assets: the styles and scripts that pages name.
    """
    application = FastAPI(title="Live chat console", docs_url=None, redoc_url=None, openapi_url=None)
    application.state.visitors = visitors
    application.state.limiter = Limiter()
    application.state.pages = Pages(desk, template_environment(assets))
    for router in ROUTERS:
        application.include_router(router)
    handle_refusals(application)
    application.add_middleware(BoundedBodies)
    application.add_middleware(Accidents)
    application.add_middleware(CompressedPages)
    application.add_middleware(SafeHeaders, is_https=visitors.is_secure)
    return application
