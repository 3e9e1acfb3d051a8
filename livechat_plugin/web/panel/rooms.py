"""The panel of one room shows nothing of another, even to somebody who may see both."""

from starlette.requests import Request

from livechat_plugin.core.errors import SessionNotFound
from livechat_plugin.web.console.rendering import PagesOf
from livechat_plugin.web.console.visitor import SignedIn


async def in_this_room(request: Request, visitor: SignedIn, pages: PagesOf) -> None:
    """Go on if the session that the address names is one of the room's conversation.

    Raises:
        SessionNotFound: it is another's.
    """
    number = request.path_params.get("number")
    if number is None:
        return
    async with pages.desk.store.read() as work:
        session = await work.sessions.get(number)
    if session is None or session.conversation_id != visitor.panel_of:
        raise SessionNotFound(number)
