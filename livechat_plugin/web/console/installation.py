"""Messengers and hooks: what is connected, what is switched on, and how it stands (requirements S13, S14)."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from livechat_plugin.web.console.rendering import PagesOf
from livechat_plugin.web.console.visitor import SignedIn

router = APIRouter()


@router.get("/messengers")
async def messengers(request: Request, visitor: SignedIn, pages: PagesOf) -> Response:
    """Every account by which customers reach a live chat, with its state."""
    office = pages.desk.administering
    async with pages.desk.store.read() as work:
        await pages.desk.roles.require_administrator(work, visitor.user_id)
        rows = await office.workspace.live_chats(work, visitor.user_id)
    return await pages.page(
        request,
        visitor,
        "installation/messengers.html",
        rows=rows,
        missing=await office.installation.missing(),
        is_on=office.installation.configuration().is_on,
        server_name=pages.desk.naming.server_name,
        bot=pages.desk.naming.bot,
    )


@router.get("/hooks")
async def hooks(request: Request, visitor: SignedIn, pages: PagesOf) -> Response:
    """Every hook, on or off, with its settings; and how the configuration stands."""
    office = pages.desk.administering
    async with pages.desk.store.read() as work:
        await pages.desk.roles.require_administrator(work, visitor.user_id)
    return await pages.page(
        request,
        visitor,
        "installation/hooks.html",
        hooks=office.installation.hooks(),
        configuration=office.installation.configuration(),
    )
