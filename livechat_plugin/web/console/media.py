"""Files of conversations, for those who may see the session: streamed from the homeserver, and made harmless."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any
from urllib.parse import quote
from weakref import WeakValueDictionary

from fastapi import APIRouter
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from livechat_plugin.core.content import Media
from livechat_plugin.core.errors import HomeserverRefused, LivechatError, Refused
from livechat_plugin.core.sizes import size_in_words
from livechat_plugin.services.ports import OpenFile
from livechat_plugin.web.console.desk import ConsoleDesk
from livechat_plugin.web.console.media_types import UNKNOWN, is_shown_inline, media_type, safe_file_name
from livechat_plugin.web.console.rendering import DeskOf
from livechat_plugin.web.console.visitor import SignedIn, Visitor

LARGEST = 500_000_000
"""Bytes of a file that is passed on; larger ones are for Matrix clients."""

THUMBNAIL = 800
"""Pixels of a small picture's longer side: sharp also where a screen has two for each."""

AT_ONCE = 8
"""Files on their way at the same time, so that they take no connection from messages."""

FOR_ONE = 4
"""Of these for the same person: a film that stands still keeps its place, and others want to see their pictures."""

PATIENCE = 20.0
"""Seconds until it is said that there are too many."""

LONGEST = 300.0
"""Seconds that one may take."""

KEPT_FOR = 3600

router = APIRouter()
_under_way = asyncio.Semaphore(AT_ONCE)
_of_one: WeakValueDictionary[str, asyncio.Semaphore] = WeakValueDictionary()
"""By person, for as long as somebody waits or loads."""


@router.get("/media/{message_id:int}")
async def file(visitor: SignedIn, desk: DeskOf, message_id: int) -> Response:
    """The file of a message."""
    return await _send(desk, visitor, message_id, None)


@router.get("/media/{message_id:int}/thumbnail")
async def thumbnail(visitor: SignedIn, desk: DeskOf, message_id: int) -> Response:
    """A small picture of it; the picture itself where there is no smaller one."""
    return await _send(desk, visitor, message_id, THUMBNAIL)


async def _send(desk: ConsoleDesk, visitor: Visitor, message_id: int, side: int | None) -> Response:
    media, ghost = await _found(desk, visitor, message_id)
    return await send_file(desk, visitor, media.url or "", ghost, media.filename, side)


async def send_file(
    desk: ConsoleDesk,
    visitor: Visitor,
    url: str,
    ghost: str,
    name: str,
    side: int | None = None,
    *,
    is_saved: bool = False,
) -> Response:
    """A file as it comes from the homeserver, without holding all of it.

    Args:
        desk: knows the homeserver.
        visitor: who may see it.
        url: the `mxc:` address.
        ghost: who may load it.
        name: under which it is saved.
        side: pixels, for a small picture of it.
        is_saved: whether it is never shown in place, and nothing of it stays in the browser's memory.

    Raises:
        Refused: too many are on their way, or it is too large.
        LookupError: the homeserver has it no more.
    """
    own = _of_one.setdefault(visitor.user_id, asyncio.Semaphore(FOR_ONE))
    async with AsyncExitStack() as opening:
        try:
            async with asyncio.timeout(PATIENCE):
                await opening.enter_async_context(own)
                await opening.enter_async_context(_under_way)
        except TimeoutError:
            raise Refused(
                "Too many files are being loaded at the same time. Try again in a moment."
            ) from None
        opened = await _open(opening, desk, url, ghost, side)
        if opened.size is not None and opened.size > LARGEST:
            raise Refused(
                f"This file has {size_in_words(opened.size)}, which is too large for this page. Open it in your"
                " Matrix client."
            )
        is_inline = is_shown_inline(opened.kind)
        headers = {
            "content-disposition": _disposition(name, is_inline=is_inline and not is_saved),
            "content-security-policy": "sandbox; default-src 'none'; img-src 'self'; media-src 'self'; style-src 'unsafe-inline'",
            "cache-control": "no-store" if is_saved else f"private, max-age={KEPT_FOR}",
            "x-content-type-options": "nosniff",
        }
        if opened.size is not None:
            headers["content-length"] = str(opened.size)
        kind = media_type(opened.kind) if is_inline else UNKNOWN
        return _FileResponse(opening.pop_all(), _pieces(opened), headers=headers, media_type=kind)
    raise AssertionError("nothing is swallowed")


async def _found(desk: ConsoleDesk, visitor: Visitor, message_id: int) -> tuple[Media, str]:
    """The file, and the ghost that may load it."""
    async with desk.store.read() as work:
        message = await desk.session_pages.look_at_message(work, visitor.user_id, message_id)
        view = await work.conversations.view(message.conversation_id)
    media = message.content
    if not isinstance(media, Media):
        raise LookupError(f"message {message_id} holds no file")  # noqa: TRY004 - there is no such page
    if media.encrypted is not None or media.url is None:
        raise Refused("This file is encrypted; open it in your Matrix client.")
    return media, desk.naming.live_chat(view.live_chat.slug)


async def _open(
    opening: AsyncExitStack, desk: ConsoleDesk, url: str, ghost: str, side: int | None
) -> OpenFile:
    if side is not None:
        try:
            return await opening.enter_async_context(desk.homeserver.open_file(url, ghost, side))
        except HomeserverRefused:
            pass  # none can be made of it
    try:
        return await opening.enter_async_context(desk.homeserver.open_file(url, ghost))
    except HomeserverRefused as error:
        if error.status == 404:
            raise LookupError("the homeserver has this file no more") from error
        raise


class _FileResponse(StreamingResponse):
    """Gives its place and its connection back, also if the browser was gone before the first piece was asked for."""

    def __init__(self, opening: AsyncExitStack, pieces: AsyncIterator[bytes], **more: Any) -> None:
        super().__init__(pieces, **more)
        self._opening = opening

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async with self._opening:
            await super().__call__(scope, receive, send)


async def _pieces(opened: OpenFile) -> AsyncIterator[bytes]:
    """Until the end, or until it is too much, which the browser sees as a connection that broke."""
    sent = 0
    try:
        async with asyncio.timeout(LONGEST):
            async for piece in opened.pieces:
                sent += len(piece)
                if sent > LARGEST:
                    return
                yield piece
    except (TimeoutError, LivechatError):
        return


def _disposition(name: str, *, is_inline: bool) -> str:
    """RFC 6266, with a name that no file system and no reader misunderstands."""
    name = safe_file_name(name)
    plain = name.encode("ascii", "replace").decode().replace("?", "_").replace("%", "_")
    how = "inline" if is_inline else "attachment"
    return f"{how}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
