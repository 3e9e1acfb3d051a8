"""Who is looking at a page: signed cookies, and the proof that a form comes from our own page.

A cookie says who somebody is. What they may do is asked of the use cases at every request: whoever has lost all roles,
or is disabled, is shown out at once.
"""

import hashlib
import hmac
import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from fastapi import Depends
from itsdangerous import BadSignature, URLSafeSerializer
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response

from livechat_plugin.services.ports import Clock
from livechat_plugin.web.console.proofs import masked, shows

COOKIE = "livechat_console"
SIGNED_IN_FOR = timedelta(hours=12)
"""After so long without opening a page or sending a form one signs in anew."""
LONGEST = timedelta(days=7)
"""After this one signs in anew in any case."""
RENEWED_AFTER = timedelta(hours=1)
"""A cookie that is older than this is replaced by one that lasts for longer."""

FORM_COOKIE = "livechat_signing_in"
"""Ties the form that signs somebody in to the browser that asked for it, so that no other page can send it."""

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class NotSignedIn(Exception):
    """Nobody is signed in, or no longer."""


class ForgedForm(Exception):
    """A form that does not come from our own page, or from a page that is too old."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who is signed in.

    Attributes:
        proof: what forms of this person's pages must carry, masked.
        panel_of: the conversation beside which they look at the session panel, within their Matrix client.
    """

    user_id: str
    proof: str
    panel_of: int | None = None

    @property
    def csrf(self) -> str:
        """The proof for one form or page."""
        return masked(self.proof)

    @property
    def is_panel(self) -> bool:
        """Whether they look at the session panel. It has no cookie that another page's form could misuse."""
        return self.panel_of is not None


@dataclass(frozen=True, slots=True)
class _SignIn:
    """What a cookie holds: who, a secret of this one sign-in, when it was, and until when it lasts."""

    user_id: str
    token: str
    at: datetime
    until: datetime


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
        self.is_secure = is_secure

    def sign_in(self, response: Response, user_id: str) -> None:
        """Let the browser that gets this response in; whatever cookie it had before is replaced."""
        now = self._clock.now()
        self._set(response, _SignIn(user_id, secrets.token_urlsafe(16), now, now + SIGNED_IN_FOR))

    def sign_out(self, response: Response) -> None:
        """Let the browser forget it."""
        response.delete_cookie(COOKIE, path="/console", secure=self.is_secure, httponly=True, samesite="lax")

    def renewed(self, connection: HTTPConnection) -> str | None:
        """The `Set-Cookie` that lets somebody who works go on; None if theirs is young, or must end."""
        sign_in = self._read(connection)
        if sign_in is None:
            return None
        until = min(self._clock.now() + SIGNED_IN_FOR, sign_in.at + LONGEST)
        if until - sign_in.until < RENEWED_AFTER:
            return None
        response = Response()
        self._set(response, replace(sign_in, until=until))
        return response.headers["set-cookie"]

    def of(self, connection: HTTPConnection) -> Visitor | None:
        """Whose cookie comes with a request."""
        sign_in = self._read(connection)
        return Visitor(sign_in.user_id, self._proof(sign_in.token)) if sign_in is not None else None

    def begin_form(self, request: Request, response: Response) -> str:
        """The proof for a form of somebody who is not signed in yet; the browser keeps the other half."""
        token = request.cookies.get(FORM_COOKIE) or secrets.token_urlsafe(16)
        response.set_cookie(
            FORM_COOKIE,
            token,
            max_age=3600,
            path="/console",
            secure=self.is_secure,
            httponly=True,
            samesite="strict",
        )
        return masked(self._proof(f"form {token}"))

    async def check_form(self, request: Request) -> None:
        """Go on if the form comes from the browser for which it was made.

        Raises:
            ForgedForm: it does not.
        """
        token = request.cookies.get(FORM_COOKIE)
        if token is None or not await shows(request, self._proof(f"form {token}")):
            raise ForgedForm

    def _read(self, connection: HTTPConnection) -> _SignIn | None:
        try:
            user_id, token, at, until = self._serializer.loads(connection.cookies.get(COOKIE, ""))
        except (BadSignature, ValueError):
            return None
        sign_in = _SignIn(user_id, token, datetime.fromtimestamp(at, UTC), datetime.fromtimestamp(until, UTC))
        return sign_in if self._clock.now() < sign_in.until else None

    def _set(self, response: Response, sign_in: _SignIn) -> None:
        times = [int(moment.timestamp()) for moment in (sign_in.at, sign_in.until)]
        response.set_cookie(
            COOKIE,
            self._serializer.dumps([sign_in.user_id, sign_in.token, *times]),
            max_age=times[1] - int(self._clock.now().timestamp()),
            path="/console",
            secure=self.is_secure,
            httponly=True,
            samesite="lax",
        )

    def _proof(self, token: str) -> str:
        return hmac.new(self._secret, f"csrf {token}".encode(), hashlib.sha256).hexdigest()


async def known(request: Request) -> AsyncIterator[Visitor]:
    """Who sends a request, whatever they may do; for signing out.

    Raises:
        NotSignedIn: nobody is signed in.
        ForgedForm: it changes something and does not come from our own page.
    """
    visitors: Visitors = request.app.state.visitors
    visitor = visitors.of(request)
    if visitor is None:
        raise NotSignedIn
    try:
        is_safe = request.method in SAFE_METHODS or visitor.is_panel
        if not is_safe and not await shows(request, visitor.proof):
            raise ForgedForm
        yield visitor
    finally:
        await request.close()  # the files that came with a form


async def signed_in(request: Request, visitor: Annotated[Visitor, Depends(known)]) -> Visitor:
    """The visitor of a request that only those may make for whom there is something in the console.

    Raises:
        NotSignedIn: nobody is signed in.
        ForgedForm: it changes something and does not come from our own page.
        Refused: they have no role (any more), or are disabled.
    """
    desk: Any = request.app.state.pages.desk
    async with desk.store.read() as work:
        request.state.standing = await desk.signing_in.require_role(work, visitor.user_id)
    if _is_somebody_at_work(request):
        request.state.renewal = request.app.state.visitors.renewed(request)
    return visitor


Known = Annotated[Visitor, Depends(known)]
SignedIn = Annotated[Visitor, Depends(signed_in)]


def _is_somebody_at_work(request: Request) -> bool:
    """Parts of open pages ask for themselves when something changes, whether or not anybody is there."""
    return request.method not in SAFE_METHODS or "hx-request" not in request.headers
