"""What the panel shows: a shell that everybody may load, and within it the session of the room."""

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from livechat_plugin.core.errors import NotOfTheLiveChat, SessionHidden
from livechat_plugin.services.panel_access import PanelAccess
from livechat_plugin.web.console.rendering import DeskOf, PagesOf
from livechat_plugin.web.console.session_page import session_context
from livechat_plugin.web.console.visitor import SignedIn
from livechat_plugin.web.panel.rooms import in_this_room

AGAIN = "livechat:again"
"""Event for the panel's script: what is shown is about something else now, so all of it is to be loaded."""

router = APIRouter()


@router.get("/")
async def shell(request: Request, pages: PagesOf, theme: str = "") -> Response:
    """Public: the same for everybody, with the script that asks the client who looks."""
    root: str = request.scope.get("root_path", "")
    name = "dark" if "dark" in theme.lower() else "light" if "light" in theme.lower() else None
    console = f"{root.removesuffix('/panel')}/console"
    return pages.public(request, "panel/shell.html", theme=name, console=console)


@router.get("/room")
async def room(request: Request, visitor: SignedIn, pages: PagesOf, desk: DeskOf) -> Response:
    """The session that is open in the room, or the last one."""
    number = await _number(request, visitor, desk)
    context = await session_context(request, desk, visitor, number)
    return await pages.page(request, visitor, "panel/room.html", **context)


@router.get("/sessions/{number:int}", dependencies=[Depends(in_this_room)])
async def head(request: Request, visitor: SignedIn, pages: PagesOf, desk: DeskOf, number: int) -> Response:
    """The head of what is shown, which asks for itself as on the session's own page."""
    try:
        context = await session_context(request, desk, visitor, number)
    except (SessionHidden, NotOfTheLiveChat):
        return _again()
    return await pages.page(request, visitor, "panel/room.html", **context)


@router.get("/room/follow")
async def follow(request: Request, visitor: SignedIn, desk: DeskOf, shown: int) -> Response:
    """Whether the panel shows the session that it should; each part of it follows by itself."""
    is_same = await _number(request, visitor, desk) == shown
    return Response(status_code=204) if is_same else _again()


def _again() -> Response:
    return Response(status_code=204, headers={"hx-trigger": AGAIN})


async def _number(request: Request, visitor: SignedIn, desk: DeskOf) -> int:
    access: PanelAccess = request.app.state.access
    assert visitor.panel_of is not None
    async with desk.store.read() as work:
        return (await access.look(work, visitor.user_id, visitor.panel_of)).session.number
