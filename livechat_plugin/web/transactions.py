"""What the homeserver asks of an application service (Application Service API): its pushes, and who exists."""

import secrets
from collections.abc import Callable, Sequence
from typing import Any

import orjson
import structlog
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from livechat_plugin.core.errors import Stopping, StoreUnavailable
from livechat_plugin.services.background import Background
from livechat_plugin.services.inbox import Inbox
from livechat_plugin.services.ports import EventReader
from livechat_plugin.services.signals import SignalRelay
from livechat_plugin.web import damaged
from livechat_plugin.web.metrics import PrometheusMeter

log = structlog.get_logger()

LARGEST = 32 * 1024 * 1024
"""Bytes of a transaction: a hundred events of 64 KB each, with room to spare."""


class Transactions:
    """The endpoints that only the homeserver may use; it shows the registration's `hs_token`."""

    def __init__(
        self,
        hs_token: str,
        inbox: Inbox,
        signals: SignalRelay,
        reader: EventReader,
        background: Background,
        meter: PrometheusMeter,
        *,
        is_waiting: Callable[[], bool] = lambda: False,
    ) -> None:
        self._expected = f"Bearer {hs_token}".encode()
        self._inbox = inbox
        self._signals = signals
        self._reader = reader
        self._background = background
        self._meter = meter
        self._is_waiting = is_waiting

    def routes(self) -> Sequence[Route]:
        """The paths of the Application Service API."""
        base = "/_matrix/app/v1"
        return [
            Route(f"{base}/transactions/{{transaction_id}}", self.receive, methods=["PUT"]),
            Route(f"{base}/ping", self.ping, methods=["POST"]),
            Route(f"{base}/users/{{user_id}}", self.unknown, methods=["GET"]),
            Route(f"{base}/rooms/{{alias}}", self.unknown, methods=["GET"]),
        ]

    async def receive(self, request: Request) -> Response:
        """Take in one transaction; the answer is given when its effects are committed (invariant 1)."""
        if (refusal := self._refusal(request)) is not None:
            return refusal
        if self._is_waiting():
            return _error(503, "M_UNKNOWN", "Another process is serving; the transaction must come again.")
        with self._meter.transactions.time():
            try:
                body = _parsed(await _body(request))
            except ValueError as error:
                log.warning("a transaction that is not JSON is refused", reason=str(error)[:200])
                return _error(400, "M_NOT_JSON", "The transaction is not a JSON object of a possible size.")
            if not isinstance(body, dict) or not isinstance(body.get("events", []), list):
                log.warning("a transaction without a list of events is refused")
                return _error(400, "M_BAD_JSON", "The transaction has no list of events.")
            try:
                await self._inbox.receive(self._reader.events(body.get("events", [])))
            except (StoreUnavailable, Stopping) as error:
                return _put_off(error)
            ephemeral = body.get("ephemeral") or body.get("de.sorunome.msc2409.ephemeral")
            if ephemeral:
                self._background.start(self._signals.relay(self._reader.signals(ephemeral)))
        return Response(b"{}", media_type="application/json")

    async def ping(self, request: Request) -> Response:
        """The homeserver tries whether it reaches us (`livechat check` asks it to)."""
        return self._refusal(request) or Response(b"{}", media_type="application/json")

    async def unknown(self, request: Request) -> Response:
        """Users and rooms of our namespace exist when we made them; we make none because somebody asks."""
        return self._refusal(request) or _error(404, "M_NOT_FOUND", "There is no such user or room.")

    def _refusal(self, request: Request) -> Response | None:
        shown = request.headers.get("authorization", "").encode()
        if not shown:
            return _error(401, "M_MISSING_TOKEN", "The homeserver's token is missing.")
        if not secrets.compare_digest(shown, self._expected):
            log.warning("a request with a wrong homeserver token is refused", path=request.url.path)
            return _error(403, "M_FORBIDDEN", "This is not the homeserver's token.")
        return None


class _TooLarge(ValueError):
    """The body is larger than any transaction."""


async def _body(request: Request) -> bytes:
    parts: list[bytes] = []
    size = 0
    async for part in request.stream():
        size += len(part)
        if size > LARGEST:
            raise _TooLarge(f"more than {LARGEST} bytes")
        parts.append(part)
    return b"".join(parts)


def _parsed(body: bytes) -> Any:
    """The transaction; where it is no JSON as a whole, the events of it that can be read.

    Raises:
        ValueError: it is none at all.
    """
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError as error:
        log.warning("a transaction that is no JSON is read event by event", reason=str(error)[:200])
        return {"events": damaged.events_of(body)}


def _put_off(error: StoreUnavailable | Stopping) -> Response:
    """The homeserver comes again, to whoever is here then."""
    if isinstance(error, Stopping):
        return _error(503, "M_UNKNOWN", "The plugin is being stopped; the transaction must come again.")
    log.error("a transaction waits for the database", reason=str(error))
    return _error(503, "M_UNKNOWN", "The database is away; the transaction must come again.")


def _error(status: int, errcode: str, message: str) -> Response:
    content: dict[str, Any] = {"errcode": errcode, "error": message}
    return Response(orjson.dumps(content), status_code=status, media_type="application/json")
