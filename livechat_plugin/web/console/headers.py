"""What every response tells the browser about safety."""

from collections.abc import Sequence
from urllib.parse import urlsplit, urlunsplit

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

A_YEAR = 365 * 24 * 60 * 60


def content_policy(framed_by: Sequence[str] = ()) -> str:
    """The Content Security Policy: everything from us alone, nothing inline.

    Args:
        framed_by: origins of the Matrix clients that may show the page in a frame; nobody may if there are none.
    """
    ancestors = " ".join(framed_by) if framed_by else "'none'"
    return "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "img-src 'self' data: blob:",
            "media-src 'self'",
            "font-src 'self'",
            "connect-src 'self'",
            "form-action 'self'",
            "base-uri 'none'",
            f"frame-ancestors {ancestors}",
        )
    )


class SafeHeaders:
    """Adds the headers to every response of an application that does not set them itself."""

    def __init__(
        self, application: ASGIApp, framed_by: Sequence[str] = (), *, is_https: bool = False
    ) -> None:
        self._application = application
        self._headers = {
            "content-security-policy": content_policy(framed_by),
            "x-content-type-options": "nosniff",
            "referrer-policy": "same-origin",
            "cross-origin-opener-policy": "same-origin",
            "cross-origin-resource-policy": "same-origin",
            "permissions-policy": "camera=(), geolocation=(), microphone=()",
            "cache-control": "no-store",
        }
        if is_https:
            self._headers["strict-transport-security"] = f"max-age={A_YEAR}"
        if not framed_by:
            self._headers["x-frame-options"] = "DENY"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self._application(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                renewal = scope.get("state", {}).get("renewal")
                if renewal is not None and "set-cookie" not in headers:
                    headers["set-cookie"] = renewal
                if "location" in headers:
                    headers["location"] = _own_path(headers["location"])
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._application(scope, receive, send_with_headers)


def _own_path(address: str) -> str:
    """Where a redirection leads, without a host: what the router makes of it is what the request called us."""
    parts = urlsplit(address)
    return (
        urlunsplit(("", "", "/" + parts.path.lstrip("/"), parts.query, parts.fragment))
        if parts.netloc
        else address
    )
