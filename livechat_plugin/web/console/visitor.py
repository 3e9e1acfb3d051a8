"""Who is looking at a page: signed cookies, and the proof that a form comes from our own page."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated

from fastapi import Depends
from itsdangerous import BadSignature, URLSafeSerializer
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response

from livechat_plugin.services.ports import Clock

COOKIE = "livechat_console"
SIGNED_IN_FOR = timedelta(hours=12)
"""After this one signs in anew; what one may do is looked up at every request anyway."""

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
CSRF_HEADER = "x-csrf-token"
CSRF_FIELD = "csrf"


class NotSignedIn(Exception):
    """Nobody is signed in, or no longer."""


class ForgedForm(Exception):
    """A form that does not come from our own page, or from a page that is too old."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who is signed in.

    Attributes:
        csrf: what forms of this person's pages must carry.
        is_panel: whether they look at the session panel within their Matrix client.
    """

    user_id: str
    csrf: str
    is_panel: bool = False


class Visitors:
    """Signs cookies, and knows them again; any process with the same secret does.

    Args:
        secret: known to the plugin's processes only.
        clock: tells when a cookie is too old.
        is_secure: whether the console is reached by https, so that browsers send the cookie by nothing else.
    """

    def __init__(self, secret: bytes, clock: Clock, *, is_secure: bool) -> None:
        self._secret = secret
        self._serializer = URLSafeSerializer(
            secret, "console", signer_kwargs={"digest_method": hashlib.sha256}
        )
        self._clock = clock
        self._is_secure = is_secure

    def sign_in(self, response: Response, user_id: str) -> None:
        """Let the browser that gets this response in."""
        until = self._clock.now() + SIGNED_IN_FOR
        value = self._serializer.dumps([user_id, secrets.token_urlsafe(16), int(until.timestamp())])
        response.set_cookie(
            COOKIE,
            value,
            max_age=int(SIGNED_IN_FOR.total_seconds()),
            path="/console",
            secure=self._is_secure,
            httponly=True,
            samesite="lax",
        )

    def sign_out(self, response: Response) -> None:
        """Let the browser forget it."""
        response.delete_cookie(COOKIE, path="/console", secure=self._is_secure, httponly=True, samesite="lax")

    def of(self, connection: HTTPConnection) -> Visitor | None:
        """Whose cookie comes with a request."""
        try:
            user_id, token, until = self._serializer.loads(connection.cookies.get(COOKIE, ""))
        except (BadSignature, ValueError):
            return None
        if until <= self._clock.now().timestamp():
            return None
        return Visitor(user_id, self._csrf(token))

    def _csrf(self, token: str) -> str:
        return hmac.new(self._secret, f"csrf {token}".encode(), hashlib.sha256).hexdigest()


async def signed_in(request: Request) -> Visitor:
    """The visitor of a request that only those who are signed in may make.

    Raises:
        NotSignedIn: they are not.
        ForgedForm: it changes something and does not come from our own page.
    """
    visitors: Visitors = request.app.state.visitors
    visitor = visitors.of(request)
    if visitor is None:
        raise NotSignedIn
    if request.method not in SAFE_METHODS:
        shown = request.headers.get(CSRF_HEADER) or (await request.form()).get(CSRF_FIELD)
        if not isinstance(shown, str) or not hmac.compare_digest(shown.encode(), visitor.csrf.encode()):
            raise ForgedForm
    return visitor


SignedIn = Annotated[Visitor, Depends(signed_in)]
