"""What the panel shows: a shell that everybody may load, and within it the session of the room."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from livechat_plugin.core.session_names import session_name
from livechat_plugin.services.live import conversation_topic
from livechat_plugin.services.panel_access import PanelAccess
from livechat_plugin.web.console.rendering import PagesOf
from livechat_plugin.web.console.visitor import SignedIn

AGAIN = "livechat:again"
"""Event for the panel's script: what is shown is about something else now, so all of it is to be loaded."""

router = APIRouter()


@router.get("/")
async def shell(request: Request, pages: PagesOf) -> Response:
    """Public: the same for everybody, with the script that asks the client who looks."""
    return pages.public(request, "panel/shell.html")


@router.get("/room")
async def room(request: Request, visitor: SignedIn, pages: PagesOf, shown: int | None = None) -> Response:
    """The session that is open in the room, or the last one.

    Args:
        request: which part it is for, or for all.
        visitor: who looks, and in which room.
        pages: renders it.
        shown: the session that the page shows already; when it is another one now, the page begins anew.
    """
    access: PanelAccess = request.app.state.access
    assert visitor.panel_of is not None
    async with pages.desk.store.read() as work:
        sight = await access.look(work, visitor.user_id, visitor.panel_of)
    session = sight.session
    if shown is not None and shown != session.number:
        return Response(status_code=204, headers={"hx-trigger": AGAIN})
    return await pages.page(
        request,
        visitor,
        "panel/room.html",
        sight=sight,
        session=session,
        name=session_name(session, sight.view.live_chat, sight.view.account),
        number=session.number,
        topic=conversation_topic(sight.view.conversation.id),
    )
