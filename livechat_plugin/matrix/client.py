"""One HTTP client for all our users: nio's, which acts as any ghost by naming it in the query.

nio has no application service mode, but a single funnel that every request passes; masquerading happens there
(Application Service API, "Identity assertion").
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import Any
from urllib.parse import quote, urlencode

import orjson
from aiohttp import ClientError, ClientResponse, ClientSession, ClientTimeout, TCPConnector
from nio import AsyncClient, AsyncClientConfig  # type: ignore[import-untyped]

from livechat_plugin.core.errors import HomeserverRefused, HomeserverUnavailable, LivechatError

CLIENT_API = "/_matrix/client/v3"
DEVICE = "LIVECHAT"
"""Device of every ghost that sends; with it the homeserver knows a repeated send even after its own restart."""

FILE_TIMEOUT = 120.0
"""Seconds that a file may be on its way."""

_NO_BODY = b'{"errcode": "M_UNKNOWN", "error": ""}'

OUR_FAULT = {"M_UNKNOWN_TOKEN", "M_MISSING_TOKEN", "M_EXCLUSIVE"}
"""Refusals that tell of a wrong registration: an administrator can mend it, so nothing is given up for them."""


class AppserviceClient(AsyncClient):  # type: ignore[misc]  # nio has no type marker
    """nio's client with the application service's token, acting as whichever ghost a call names.

    Args:
        homeserver: base URL of the Client-Server API.
        as_token: the registration's token; it goes into a header, never into a URL.
        connections: how many requests may be under way at once.
    """

    def __init__(self, homeserver: str, as_token: str, connections: int = 32) -> None:
        super().__init__(homeserver.rstrip("/"), config=AsyncClientConfig(store_sync_tokens=False))
        self._headers = _headers(as_token)
        self._connections = connections
        self.troubled = asyncio.Event()
        """Set when the server answered with an error of its own; whoever looks into it clears it."""

    async def start(self) -> None:
        """Open the connection pool."""
        connector = TCPConnector(limit=self._connections, keepalive_timeout=60)
        self.client_session = ClientSession(connector=connector)

    async def call(
        self,
        method: str,
        path: str,
        *,
        as_user: str | None = None,
        with_device: bool = False,
        body: Mapping[str, Any] | None = None,
        query: Mapping[str, str] | None = None,
        token: str | None = None,
        timeout: float = 30.0,  # noqa: ASYNC109 - it is the HTTP client's, for one attempt
    ) -> dict[str, Any]:
        """One request to the homeserver.

        Args:
            method: HTTP method.
            path: path below the server's root, its parts percent-encoded (see `path_of`).
            as_user: the ghost that acts; None is the bot.
            with_device: act through the ghost's device, which makes sends repeatable.
            body: JSON body.
            query: further query parameters.
            token: another token than the application service's; an empty one is not sent.
            timeout: seconds until the attempt is given up.

        Returns:
            The JSON object of the answer.

        Raises:
            HomeserverUnavailable: no answer, an overloaded or broken server, or a wrong registration.
            HomeserverRefused: the server said no.
        """
        parameters = dict(query or {})
        if as_user is not None:
            parameters["user_id"] = as_user
            if with_device:
                parameters["device_id"] = DEVICE
        target = f"{path}?{urlencode(parameters)}" if parameters else path
        data = orjson.dumps(body) if body is not None else None
        limit: Any = ClientTimeout(total=timeout)
        try:
            headers = self._headers if token is None else _headers(token)
            response = await self.send(method, target, data=data, headers=headers, timeout=limit)
            async with response:
                raw, status = await response.read(), response.status
        except (ClientError, TimeoutError, OSError) as error:
            what = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
            raise HomeserverUnavailable(f"{self.homeserver} does not answer: {what}") from error
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            self.troubled.set()
        return _result(raw, status)

    @asynccontextmanager
    async def file(
        self, method: str, target: str, *, data: Any = None, headers: Mapping[str, str] | None = None
    ) -> AsyncIterator[ClientResponse]:
        """A file on its way from or to the homeserver, read piece by piece.

        Args:
            method: HTTP method.
            target: path and query below the server's root.
            data: what is sent.
            headers: further headers.

        Raises:
            HomeserverUnavailable: no answer, an overloaded or broken server, or a wrong registration.
            HomeserverRefused: the server said no.
        """
        if self.client_session is None:
            raise HomeserverUnavailable(f"{self.homeserver} is not connected to")
        limit = ClientTimeout(total=FILE_TIMEOUT)
        sent = {**self._headers, **(headers or {})}
        try:
            async with self.client_session.request(
                method, f"{self.homeserver}{target}", data=data, headers=sent, timeout=limit
            ) as response:
                if response.status >= HTTPStatus.BAD_REQUEST:
                    raw = await response.read()
                    # The answer to a HEAD has no body.
                    _result(raw or _NO_BODY, response.status)
                yield response
        except (ClientError, TimeoutError, OSError) as error:
            what = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
            raise HomeserverUnavailable(f"{self.homeserver} does not answer: {what}") from error


def _headers(token: str) -> dict[str, str]:
    authorization = {"Authorization": f"Bearer {token}"} if token else {}
    return {**authorization, "Content-Type": "application/json"}


def path_of(*parts: str, api: str = CLIENT_API) -> str:
    """A path of the Client-Server API from its parts, each percent-encoded."""
    return "/".join([api, *(quote(part, safe="") for part in parts)])


def _result(raw: bytes, status: int) -> dict[str, Any]:
    try:
        body = orjson.loads(raw)
    except orjson.JSONDecodeError:
        body = None
    if isinstance(body, dict) and status < 400:
        return body
    errcode = body.get("errcode") if isinstance(body, dict) else None
    if not isinstance(body, dict) or not isinstance(errcode, str):
        raise _not_matrix(status)
    message = str(body.get("error", ""))
    if status == 429 or errcode == "M_LIMIT_EXCEEDED":
        wait = body.get("retry_after_ms")
        seconds = wait / 1000 if isinstance(wait, (int, float)) else None
        raise HomeserverUnavailable(
            "the homeserver asks us to slow down", retry_after=seconds, is_reachable=True, errcode=errcode
        )
    if status >= 500 or errcode in OUR_FAULT:
        is_reachable = errcode not in OUR_FAULT
        raise HomeserverUnavailable(
            f"HTTP {status} {errcode}: {message}", is_reachable=is_reachable, errcode=errcode
        )
    raise HomeserverRefused(errcode, message, status)


def _not_matrix(status: int) -> LivechatError:
    """What to make of an answer that is none of a Matrix homeserver: a proxy stands in front of it."""
    if status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        return HomeserverRefused(
            "M_TOO_LARGE", "the proxy in front of the homeserver takes nothing so large", status
        )
    # A filter may dislike this one request; everything else tells that the homeserver is not there.
    is_about_request = status in {HTTPStatus.BAD_REQUEST, HTTPStatus.FORBIDDEN}
    message = f"the answer (HTTP {status}) is not from a Matrix homeserver"
    return HomeserverUnavailable(message, is_reachable=is_about_request)
