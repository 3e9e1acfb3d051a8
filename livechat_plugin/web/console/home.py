"""Where the console begins: at what somebody does most."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from livechat_plugin.services.standing import standing_of
from livechat_plugin.web.console.rendering import PagesOf
from livechat_plugin.web.console.visitor import SignedIn

router = APIRouter()


@router.get("/")
async def home(request: Request, visitor: SignedIn, pages: PagesOf) -> Response:
    """Operators begin with the queue, supervisors with what goes on, administrators with the live chats."""
    async with pages.desk.store.read() as work:
        standing = await standing_of(work, pages.desk.roles, visitor.user_id)
    if standing.operator_of:
        return pages.go(request, "/sessions/queue")
    return pages.go(request, "/sessions/active" if standing.supervisor_of else "/live-chats")
