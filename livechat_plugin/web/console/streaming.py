"""Server-sent events to an open page, for as long as it is open.

Hundreds of pages may be open, and nothing happens in nearly all of them nearly all the time: one waiting task each
(besides the request's own), no thread, no polling.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection
from contextlib import ExitStack
from http import HTTPStatus

from starlette.background import BackgroundTask
from starlette.responses import PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

from livechat_plugin.services.live import Live, Subscription, TooManyPages

PING_EVERY = 25.0
"""Seconds; shorter than the patience of the proxies in between. By it, a browser that vanished is noticed, too."""

LONGEST = 3600.0
"""Seconds after which a page must come again, and is asked anew who it is."""

ASKED_ANEW = 60.0
"""Seconds after which it is asked again, before anything more is told, whether somebody may be told it."""

FEW = 20
"""Pages that may all ask again in the same moment."""

SPREAD = 10
"""Milliseconds for each page beyond, over which they spread when they ask again: about what an answer costs."""

_PING = b": here\r\n\r\n"


class LiveStream(Response):
    """Tells a page about topics: `hello` with the mark of the moment, then `changed` with what has changed.

    A line `spread:900` tells the page to ask for it some time within so many milliseconds.
    """

    media_type = "text/event-stream"

    def __init__(
        self,
        live: Live,
        topics: Collection[str],
        person: str | None = None,
        may_go_on: Callable[[], Awaitable[bool]] | None = None,
    ) -> None:
        self._live = live
        self._topics = topics
        self._person = person
        self._may_go_on = may_go_on
        self.status_code = HTTPStatus.OK
        self.background: BackgroundTask | None = None
        # No proxy may gather it, or change it while it compresses.
        self.init_headers({"cache-control": "no-store, no-transform", "x-accel-buffering": "no"})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Until the page is closed, or the process ends; not at all for somebody who has too many open."""
        with ExitStack() as following:
            try:
                subscription = following.enter_context(self._live.subscribed(self._topics, self._person))
            except TooManyPages:
                words = "Too many pages are open: close some.\n"
                await PlainTextResponse(words, HTTPStatus.TOO_MANY_REQUESTS)(scope, receive, send)
                return
            await self._follow(subscription, receive, send)

    async def _follow(self, subscription: Subscription, receive: Receive, send: Send) -> None:
        start = {"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers}
        await send(start)
        watching = asyncio.create_task(_until_closed(receive, subscription))
        try:
            await self._tell(send, subscription)
        finally:
            watching.cancel()
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _tell(self, send: Send, subscription: Subscription) -> None:
        time = asyncio.get_running_loop().time
        until, asked_at = time() + LONGEST, time()
        said = _event("hello", (self._live.mark,))
        while time() < until:
            await send({"type": "http.response.body", "body": said, "more_body": True})
            try:
                async with asyncio.timeout(PING_EVERY):
                    touched = await subscription.changes()
            except TimeoutError:
                said = _PING
            else:
                if subscription.is_over:
                    return
                if self._may_go_on is not None and time() - asked_at >= ASKED_ANEW:
                    asked_at = time()
                    if not await self._may_go_on():
                        return  # the page comes again, and is told what it may be told by then
                said = _event("changed", [*sorted(touched), *_spread(subscription.followers)])


async def _until_closed(receive: Receive, subscription: Subscription) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    subscription.end()


def _spread(followers: int) -> Collection[str]:
    """Pages are told at once, but if hundreds show the same, they do not all ask for it at once."""
    return (f"spread:{(followers - FEW) * SPREAD}",) if followers > FEW else ()


def _event(name: str, lines: Collection[str]) -> bytes:
    data = "".join(f"data: {line}\r\n" for line in lines)
    return f"event: {name}\r\n{data}\r\n".encode()
