"""How large a request may be, and how slow; looked at before anything is read or kept, and while it comes in."""

import asyncio

from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

FORM = 1024 * 1024
"""Bytes of a form; the longest value that any field takes is far shorter."""
FILES = 64 * 1024 * 1024
"""Bytes of a form with files, from somebody who is signed in. Homeservers take 50 MB by default."""
PATIENCE = 30.0
"""Seconds for a form, and for each piece of a file: who sends a letter a minute keeps a connection and memory."""
TOO_LARGE = "This is too large to be sent. Shorten it, or choose a smaller file."
TOO_SLOW = "This took too long to arrive. Try again."


class BoundedBodies:
    """Refuses larger requests, whatever their headers promise."""

    def __init__(self, application: ASGIApp) -> None:
        self._application = application

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self._application(scope, receive, send)
            return
        connection = HTTPConnection(scope)
        most = FILES if _brings_files(connection) else FORM
        has_parts = _is_in_parts(connection)
        promised = connection.headers.get("content-length", "")
        is_promised_larger = promised.isdecimal() and int(promised[:20]) > most
        came, is_whole = 0, False
        time = asyncio.get_running_loop().time
        until = time() + PATIENCE

        async def receive_so_much() -> Message:
            nonlocal came, is_whole
            # Raised to whoever wants the body, so that it is answered as every refusal is.
            if is_promised_larger:
                raise HTTPException(413, TOO_LARGE)
            if is_whole:  # what comes now is that the browser is gone, and that takes its time
                return await receive()
            try:
                async with asyncio.timeout(PATIENCE if most == FILES else until - time()):
                    message = await receive()
            except TimeoutError:
                raise MultiPartException(TOO_SLOW) if has_parts else HTTPException(408, TOO_SLOW) from None
            is_whole = not message.get("more_body", False)
            came += len(message.get("body", b""))
            if came > most:
                # The reader of parts closes its files on errors of its own only, and makes a refusal of this.
                raise MultiPartException(TOO_LARGE) if has_parts else HTTPException(413, TOO_LARGE)
            return message

        await self._application(scope, receive_so_much, send)


def _brings_files(connection: HTTPConnection) -> bool:
    """Whether it may be a file of somebody who works here; strangers send nothing large."""
    return _is_in_parts(connection) and connection.app.state.visitors.of(connection) is not None


def _is_in_parts(connection: HTTPConnection) -> bool:
    return connection.headers.get("content-type", "").startswith("multipart/form-data")
