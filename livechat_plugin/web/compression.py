"""Pages are sent compressed: one of a hundred rows is a tenth as long then."""

import asyncio
import secrets
import struct
import time
import zlib

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from livechat_plugin.web.static_files import takes

SHORT = 1000
"""Bytes below which it is not worth while."""
LONG = 100_000
"""Bytes from which it takes so long that others would wait; a thread does it then."""
LEVEL = 5
MOST_PADDING = 64


class CompressedPages:
    """Compresses HTML that comes in one piece; streams, files and what is compressed already pass as they are."""

    def __init__(self, application: ASGIApp) -> None:
        self._application = application

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http" or not takes(Headers(scope=scope).get("accept-encoding", ""), "gzip"):
            await self._application(scope, receive, send)
            return
        begun: Message | None = None

        async def send_compressed(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start" and _is_page(message):
                begun = message
                return
            if begun is not None and message["type"] == "http.response.body":
                start, begun = begun, None
                if not message.get("more_body", False) and len(message["body"]) >= SHORT:
                    message = {**message, "body": await _compressed(start, message["body"])}
                await send(start)
            await send(message)

        await self._application(scope, receive, send_compressed)


def _is_page(start: Message) -> bool:
    headers = MutableHeaders(scope=start)
    if not headers.get("content-type", "").startswith("text/html") or "content-encoding" in headers:
        return False
    headers.add_vary_header("accept-encoding")
    return True


async def _compressed(start: Message, body: bytes) -> bytes:
    squeezed = _gzip(body) if len(body) < LONG else await asyncio.to_thread(_gzip, body)
    headers = MutableHeaders(scope=start)
    headers["content-encoding"] = "gzip"
    headers["content-length"] = str(len(squeezed))
    return squeezed


def _gzip(body: bytes) -> bytes:
    """As a file with a name of random length: pages hold a secret beside what somebody else may have put there, and the
    exact length of the two together would tell of the secret (the attack is called BREACH).
    """
    name = b"x" * secrets.randbelow(MOST_PADDING) + b"\0"
    header = b"\x1f\x8b\x08\x08" + struct.pack("<L", int(time.time())) + b"\x00\xff"
    squeezer = zlib.compressobj(LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
    squeezed = squeezer.compress(body) + squeezer.flush()
    return header + name + squeezed + struct.pack("<LL", zlib.crc32(body), len(body) & 0xFFFFFFFF)
