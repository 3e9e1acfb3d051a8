"""What people see when something is not possible: the words of the refusal, and the way on."""

from urllib.parse import quote

import structlog
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from livechat_plugin.core.apps import AppNotFound, ItemNotFound
from livechat_plugin.core.errors import (
    ConcurrentChange,
    GroupNotFound,
    HomeserverRefused,
    HomeserverUnavailable,
    LiveChatNotFound,
    NotAnAdministrator,
    NotAnOperator,
    NotASupervisor,
    NotOfTheLiveChat,
    Refused,
    SessionHidden,
    SessionNotFound,
    StoreUnavailable,
)
from livechat_plugin.core.links import NotServing
from livechat_plugin.core.signing_in import KeptFromServing, NoRole
from livechat_plugin.services.item_desk import NotOfTheApp
from livechat_plugin.web.console.limiting import TooManyTries
from livechat_plugin.web.console.rendering import Pages, is_for_a_part
from livechat_plugin.web.console.signing_again import ask_to_sign_in_again, came_from
from livechat_plugin.web.console.visitor import SAFE_METHODS, ForgedForm, NotSignedIn, Visitors

log = structlog.get_logger()

OLD_FORM = "x-form"
"""Header of the answer to a form without a good token: scripts get a new one, and send the form once more."""

_FORBIDDEN = (
    NotAnAdministrator,
    NotASupervisor,
    NotAnOperator,
    NotOfTheLiveChat,
    NotServing,
    NotOfTheApp,
    SessionHidden,
)
_MISSING = (AppNotFound, ItemNotFound, SessionNotFound, LiveChatNotFound, GroupNotFound, LookupError)


def status_of(error: Exception) -> int:
    """The status that goes with a refusal."""
    if isinstance(error, _FORBIDDEN):
        return 403
    if isinstance(error, _MISSING):
        return 404
    if isinstance(error, StoreUnavailable | HomeserverUnavailable):
        return 503
    return 502 if isinstance(error, HomeserverRefused) else 409


def handle_refusals(application: FastAPI) -> None:
    """Let every page answer refusals in the same way."""
    application.add_exception_handler(NotSignedIn, _not_signed_in)
    application.add_exception_handler(ForgedForm, _forged)
    application.add_exception_handler(HTTPException, _plain)
    application.add_exception_handler(RequestValidationError, _misread)
    application.add_exception_handler(TooManyTries, _too_many)
    for shown_out in (NoRole, KeptFromServing):
        application.add_exception_handler(shown_out, _shown_out)
    for kind in (
        Refused,
        ConcurrentChange,
        HomeserverUnavailable,
        HomeserverRefused,
        StoreUnavailable,
        LookupError,
    ):
        application.add_exception_handler(kind, _refused)


async def _not_signed_in(request: Request, _: Exception) -> Response:
    root = request.scope.get("root_path", "")
    if is_for_a_part(request) or "text/event-stream" in request.headers.get("accept", ""):
        # frontend/src/signed-out.ts tells it; the page and what was written there stay.
        pages: Pages = request.app.state.pages
        return pages.part(request, "components/refusal.html", 401, words="You are signed out.")
    if request.method not in SAFE_METHODS:
        return await ask_to_sign_in_again(request)
    address = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return RedirectResponse(f"{root}/sign-in?next={quote(address)}", 303)


async def _shown_out(request: Request, error: Exception) -> Response:
    pages: Pages = request.app.state.pages
    visitors: Visitors = request.app.state.visitors
    visitor = visitors.of(request)
    if visitor is None or is_for_a_part(request):
        return pages.part(request, "components/refusal.html", 403, words=str(error))
    return await pages.page(request, visitor, "nobody.html", 403, words=str(error))


async def _too_many(request: Request, error: Exception) -> Response:
    assert isinstance(error, TooManyTries)
    response = await _told(request, 429, "You try this very often. Wait a minute, then try again.")
    response.headers["retry-after"] = str(error.retry_after)
    return response


async def _forged(request: Request, _: Exception) -> Response:
    # Not the path itself: that of a sign-in link is a secret.
    route = request.scope.get("route")
    log.warning("a form that does not come from our own page is refused", path=getattr(route, "path", None))
    response = await _told(request, 403, "This form is too old, or not ours. Open the page again.")
    response.headers[OLD_FORM] = "old"
    return response


async def _plain(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    words = "There is no such page." if error.status_code == 404 else error.detail
    return await _told(request, error.status_code, words)


async def _misread(request: Request, error: Exception) -> Response:
    """An address of another form than ours, or a form that lacks what every form of ours has."""
    assert isinstance(error, RequestValidationError)
    wrong = [tuple(map(str, problem["loc"])) for problem in error.errors()]
    if any(place[0] == "path" for place in wrong):
        return await _told(request, 404, "There is no such page.")
    fields = ", ".join(sorted({place[-1][:50] for place in wrong}))
    return await _told(request, 422, f"This could not be read: {fields}. Open the page again.")


async def _refused(request: Request, error: Exception) -> Response:
    if isinstance(error, KeyError | IndexError):
        raise error  # a mistake of ours; repositories raise nothing but the bare `LookupError`
    if isinstance(error, StoreUnavailable):
        return await _told(request, 503, "The database is away. Try again in a moment.")
    if isinstance(error, ConcurrentChange):
        return await _told(request, 409, "Somebody else changed this at the same moment. Look again.")
    words = str(error) if isinstance(error, Refused) else "There is no such page."
    if isinstance(error, HomeserverUnavailable | HomeserverRefused):
        words = "The homeserver does not answer, or refuses. Try again in a moment."
    return await _told(request, status_of(error), words)


async def _told(request: Request, status: int, words: str) -> Response:
    pages: Pages = request.app.state.pages
    visitors: Visitors = request.app.state.visitors
    if is_for_a_part(request):
        return pages.part(request, "components/refusal.html", status, words=words)
    visitor = visitors.of(request)
    back = came_from(request) if request.method not in SAFE_METHODS else None
    if visitor is None or status == 503:
        return pages.public(request, "refusal.html", status, words=words, back=back)
    return await pages.page(request, visitor, "refusal.html", status, words=words, back=back)
