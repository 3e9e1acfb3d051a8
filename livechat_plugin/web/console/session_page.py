"""The page of one session: the conversation as it happens, and everything that can be done about it."""

import asyncio
from datetime import UTC, tzinfo
from secrets import token_urlsafe
from typing import Annotated, Any
from urllib.parse import quote, unquote
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import Response

from livechat_plugin.core.errors import LivechatError, NotOfTheLiveChat, SessionHidden
from livechat_plugin.core.session_names import CHANNELS
from livechat_plugin.services.live import account_topic, conversation_topic, live_chat_topic
from livechat_plugin.services.obstacles import obstacle, off_duty
from livechat_plugin.services.session_pages import SessionSight
from livechat_plugin.services.unit_of_work import UnitOfWork
from livechat_plugin.web.console.answering import is_in_background
from livechat_plugin.web.console.desk import ConsoleDesk
from livechat_plugin.web.console.rendering import DeskOf, Pages, PagesOf
from livechat_plugin.web.console.timeline import authors_of, lines_of
from livechat_plugin.web.console.visitor import SignedIn, Visitor

ZONE_COOKIE = "livechat_zone"
"""The time zone of the browser, as its scripts tell; without it, days begin in UTC."""

PATIENCE = 0.5
"""Seconds that the page waits for a homeserver that does not answer; it shows what we know without it."""

_OF_ROOMS = (" Take it with !take.", " Notes for colleagues begin with !note.")

router = APIRouter()


@router.get("/sessions/{number:int}")
async def session_page(
    request: Request, visitor: SignedIn, pages: PagesOf, desk: DeskOf, number: int, since: int | None = None
) -> Response:
    """The whole page; or a part of it that asks for itself."""
    try:
        context = await session_context(request, desk, visitor, number, since)
    except (SessionHidden, NotOfTheLiveChat):
        if not is_in_background(request):
            raise
        return _lost(request, pages, number)
    if context["timeline"].is_full and "hx-request" in request.headers:
        return Response(status_code=200, headers={"HX-Refresh": "true"})
    return await pages.page(request, visitor, "sessions/session.html", **context)


def _lost(request: Request, pages: Pages, number: int) -> Response:
    """The session went to somebody else while the page was open: it follows no more, and what was written stays."""
    if request.headers.get("hx-target") != "composer-state":
        return Response(status_code=204)
    return pages.part(request, "sessions/lost.html", number=number)


@router.get("/sessions/{number:int}/earlier")
async def earlier(
    request: Request, visitor: SignedIn, pages: PagesOf, desk: DeskOf, number: int, before: int
) -> Response:
    """What was said before a message."""
    async with desk.store.read() as work:
        sight = await desk.session_pages.look(work, visitor.user_id, number)
        timeline = await desk.session_pages.timeline(work, sight, before=before)
        read_up_to = await desk.session_pages.read_by_customer(work, sight)
    names = await desk.names.of(authors_of(sight, timeline))
    lines = lines_of(sight, timeline, names, zone_of(request), read_up_to)
    return pages.part(
        request,
        "sessions/earlier.html",
        visitor=visitor,
        sight=sight,
        session=sight.session,
        lines=lines,
        timeline=timeline,
        names=names,
        zone=zone_of(request),
    )


@router.post("/sessions/{number:int}/read")
async def read(visitor: SignedIn, desk: DeskOf, number: int, message: Annotated[int, Form()]) -> Response:
    """Somebody has the conversation before them, up to a message."""
    await desk.session_reading.read(visitor.user_id, number, message)
    return Response(status_code=204)


async def session_context(
    request: Request, desk: ConsoleDesk, visitor: Visitor, number: int, since: int | None = None
) -> dict[str, Any]:
    """Everything that the session's page and its parts show; also where the page is shown within a client."""
    async with desk.store.read() as work:
        sight = await desk.session_pages.look(work, visitor.user_id, number)
        timeline = await desk.session_pages.timeline(work, sight, since=since)
        why_not = await _why_not(work, sight, desk)
        read_up_to = await desk.session_pages.read_by_customer(work, sight)
    names = await desk.names.of(authors_of(sight, timeline))
    lines = lines_of(sight, timeline, names, zone_of(request), read_up_to)
    view, session = sight.view, sight.session
    return {
        "sight": sight,
        "session": session,
        "view": view,
        "live_chat": view.live_chat,
        "account": view.account,
        "channel": CHANNELS.get(view.account.network, view.account.network),
        "current": view.session,
        "timeline": timeline,
        "lines": lines,
        "since": timeline.messages[0].id if timeline.messages else 0,
        "names": names,
        "why_not": why_not,
        "largest": await _largest(desk),
        "zone": zone_of(request),
        "room_link": _room_link(sight, desk.naming.server_name),
        "token": token_urlsafe(16),
        "topics": " ".join(
            (
                conversation_topic(view.conversation.id),
                live_chat_topic(view.live_chat.id),
                account_topic(view.account.id),
            )
        ),
        "conversation_topic": conversation_topic(view.conversation.id),
    }


async def _why_not(work: UnitOfWork, sight: SessionSight, desk: ConsoleDesk) -> str | None:
    """Why what they write would not reach the customer; None if it does."""
    if not sight.session.is_open:
        return "You can still leave notes for colleagues."
    why = obstacle(sight.view, sight.asker) or await off_duty(work, sight.asker, desk.clock.now())
    if why is None:
        return None
    # The words tell why something was not sent; here nothing was written yet, and there are no commands.
    words = why[0]
    for told in ("Not sent to the customer: ", "Not sent to the customer. ", *_OF_ROOMS):
        words = words.replace(told, "")
    return f"{words[:1].upper()}{words[1:]} You can leave notes for colleagues."


async def _largest(desk: ConsoleDesk) -> int | None:
    """So that scripts can tell at once what the homeserver would refuse."""
    try:
        async with asyncio.timeout(PATIENCE):
            return await desk.answers.largest_file()
    except (LivechatError, TimeoutError):
        return None


def _room_link(sight: SessionSight, server_name: str) -> str | None:
    """Where a Matrix client finds the session room; for those who are in it, or may come in."""
    room = sight.view.conversation.session_room
    if room is None or room.room_id is None or not (sight.serves or sight.is_supervisor):
        return None
    return f"https://matrix.to/#/{quote(room.room_id)}?via={quote(server_name)}"


def zone_of(request: Request) -> tzinfo:
    """Where the browser's days begin, as far as it says."""
    name = unquote(request.cookies.get(ZONE_COOKIE, ""))
    if not name or len(name) > 60:
        return UTC
    try:
        return ZoneInfo(name)
    except (LookupError, ValueError, OSError):
        return UTC
