"""When something breaks: people get a page with a number, and the log says under this number what happened."""

import secrets

import structlog
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from livechat_plugin.web.console.rendering import Pages, is_for_a_part

log = structlog.get_logger()


class Accidents:
    """Answers for an application that failed, with nothing of the reason."""

    def __init__(self, application: ASGIApp) -> None:
        self._application = application

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        has_begun = False

        async def send_watched(message: Message) -> None:
            nonlocal has_begun
            has_begun = True
            await send(message)

        try:
            await self._application(scope, receive, send_watched)
        except Exception as error:
            number = secrets.token_hex(4)
            # Not the path itself: it may hold a secret.
            path = getattr(scope.get("route"), "path", None)
            log.error("a page failed", number=number, method=scope.get("method"), path=path, exc_info=error)
            if has_begun or scope["type"] != "http":
                raise  # The connection breaks off, which is all that can still be told.
            await _answer(Request(scope, receive), number)(scope, receive, send)


def _answer(request: Request, number: str) -> Response:
    pages: Pages = request.app.state.pages
    words = f"Something went wrong on the server. Try again; if it stays so, tell an administrator the number {number}."
    try:
        if is_for_a_part(request):
            return pages.part(request, "components/refusal.html", 500, words=words)
        return pages.public(request, "accident.html", 500, words=words)
    except Exception as error:
        log.error("the page about a failure failed", number=number, exc_info=error)
        return PlainTextResponse(words, 500)
