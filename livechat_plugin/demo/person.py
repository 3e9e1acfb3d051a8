"""Somebody with a standard Matrix client: what a customer or an operator can do, and what they got to see."""

# ruff: noqa: ASYNC109 -- a test says in the call how long it is ready to wait, and learns what came instead

import asyncio
import contextlib
import io
import json
import logging
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable
from typing import Any, Final, Self, TypeVar
from urllib.parse import quote, urlencode
from uuid import uuid4

import aiohttp
import nio  # type: ignore[import-untyped]

from livechat_plugin.core.errors import LivechatError

RoomEvent = dict[str, Any]
Predicate = Callable[[RoomEvent], object]
T = TypeVar("T")

TIMEOUT: Final = 15.0
SYNC_SECONDS: Final = 30
RETRY_PAUSE: Final = 0.1
RETRY_FOR: Final = 60.0
TIMELINE_LIMIT: Final = 500

_log = logging.getLogger(__name__)
# nio warns that a refusal lacks the fields of a good answer; refusals are raised as ClientFailed here.
logging.getLogger("nio.responses").setLevel(logging.ERROR)


class ClientFailed(LivechatError):
    """The homeserver refused a request.

    Attributes:
        errcode: the Matrix error code, as `M_FORBIDDEN`; empty if the answer had none.
        status: the HTTP status.
    """

    def __init__(self, errcode: str, reason: str, status: int) -> None:
        self.errcode = errcode
        self.status = status
        super().__init__(f"{status} {errcode} {reason}")


class NotSeenError(LivechatError, TimeoutError):
    """What was waited for did not come in time; the message lists what came instead."""


class Person:
    """A Matrix account with one client on it.

    Events are kept as the homeserver sent them, in the order of the room, from the beginning of what this
    person may read. Requests that the homeserver refuses raise `ClientFailed`; one that does not reach it
    raises `aiohttp.ClientError` or `TimeoutError`. As a context manager it connects and disconnects.

    Args:
        homeserver: base address of the homeserver.
        user_id: the full Matrix id.
        password: what to log in with.
        auto_join: accept every invite as it arrives.

    Attributes:
        rooms: ids of the rooms this person is joined to.
        invites: for each pending invite's room id the stripped state that came with it.
    """

    def __init__(self, homeserver: str, user_id: str, password: str, *, auto_join: bool = False) -> None:
        self.user_id = user_id
        self.auto_join = auto_join
        self.rooms: set[str] = set()
        self.invites: dict[str, list[RoomEvent]] = {}
        self._password = password
        # nio neither repeats nor waits by itself: who measures or kills wants to know what happened.
        config = nio.AsyncClientConfig(
            encryption_enabled=False, max_timeouts=0, max_limit_exceeded=0, request_timeout=SYNC_SECONDS
        )
        self._client = nio.AsyncClient(homeserver, user_id, config=config)
        self._filter = ""
        self._since = ""
        self._timelines: dict[str, list[RoomEvent]] = defaultdict(list)
        self._ephemeral: dict[str, list[RoomEvent]] = defaultdict(list)
        self._seen: dict[str, float] = {}
        self._news = asyncio.Condition()
        self._syncing: asyncio.Task[None] | None = None
        self._sync_failure: Exception | None = None
        self._accepting: dict[str, asyncio.Task[None]] = {}

    async def connect(self) -> None:
        """Log in, take in the present state, and go on listening; after `disconnect` it continues there."""
        try:
            if not self._client.access_token:
                await _checked(self._client.login(self._password, device_name="Standard client"))
                room = {"timeline": {"limit": TIMELINE_LIMIT}}
                uploaded = await _checked(self._client.upload_filter(presence={"types": []}, room=room))
                self._filter = uploaded.filter_id
            await self._sync(0)
        except BaseException:
            await self._client.close()
            raise
        self._syncing = asyncio.create_task(self._keep_syncing(), name=f"sync of {self.user_id}")

    async def disconnect(self) -> None:
        """Stop listening and close the connections; the device stays logged in, as when an app is closed."""
        tasks = [*self._accepting.values(), *([self._syncing] if self._syncing else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._syncing = None
        await self._client.close()

    async def __aenter__(self) -> Self:
        await self.connect()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.disconnect()

    # What a person does

    async def start_direct_chat(self, user_id: str) -> str:
        """Open a direct chat as clients do: an invite, and the note in the account data that it is direct."""
        created = await _checked(
            self._client.room_create(
                is_direct=True, preset=nio.RoomPreset.trusted_private_chat, invite=[user_id]
            )
        )
        room: str = created.room_id
        path = f"/_matrix/client/v3/user/{quote(self.user_id)}/account_data/m.direct"
        try:
            direct = await self._request("GET", path)
        except ClientFailed as failure:
            if failure.errcode != "M_NOT_FOUND":
                raise
            direct = {}
        direct.setdefault(user_id, []).append(room)
        await self._request("PUT", path, direct)
        return room

    async def join(self, room: str) -> str:
        """Join a room by id or alias; returns its id."""
        room_id: str = (await _checked(self._client.join(room))).room_id
        return room_id

    async def join_invites(self) -> list[str]:
        """Accept every pending invite; returns the rooms' ids."""
        return [await self.join(room) for room in list(self.invites)]

    async def leave(self, room: str) -> None:
        """Leave a room, or turn down the invite to it."""
        await _checked(self._client.room_leave(room))

    async def send(
        self,
        room: str,
        content: dict[str, Any],
        type: str = "m.room.message",  # noqa: A002 -- the word of the Matrix specification
        txn_id: str | None = None,
        *,
        retry: bool = False,
    ) -> str:
        """Send any event.

        Args:
            room: where to.
            content: the event's content, sent as it is.
            type: the event's type.
            txn_id: the transaction id; a new one if not given.
            retry: repeat with the same transaction id, for a minute, while the homeserver is away or answers
                with a server error, as clients do.

        Returns:
            The event id.
        """
        txn_id = txn_id or uuid4().hex
        deadline = time.monotonic() + (RETRY_FOR if retry else 0)
        while True:
            try:
                response = await _checked(self._client.room_send(room, type, content, txn_id))
            except (aiohttp.ClientError, TimeoutError):
                if time.monotonic() > deadline:
                    raise
            except ClientFailed as failure:
                if failure.status < 500 or time.monotonic() > deadline:
                    raise
            else:
                event_id: str = response.event_id
                return event_id
            await asyncio.sleep(RETRY_PAUSE)

    async def say(self, room: str, text: str, html: str | None = None) -> str:
        """Send a text message; returns the event id, as do the next four."""
        return await self.send(room, _text(text, html))

    async def reply(self, room: str, event_id: str, text: str) -> str:
        """Answer a message, pointing at it."""
        return await self.send(
            room, _text(text) | {"m.relates_to": {"m.in_reply_to": {"event_id": event_id}}}
        )

    async def edit(self, room: str, event_id: str, text: str, html: str | None = None) -> str:
        """Replace the text of an own message."""
        relation = {"rel_type": "m.replace", "event_id": event_id}
        edited = {"m.new_content": _text(text, html), "m.relates_to": relation}
        return await self.send(room, _text(f"* {text}", html and f"* {html}") | edited)

    async def react(self, room: str, event_id: str, key: str) -> str:
        """React to an event with an emoji."""
        relation = {"rel_type": "m.annotation", "event_id": event_id, "key": key}
        return await self.send(room, {"m.relates_to": relation}, "m.reaction")

    async def redact(self, room: str, event_id: str, reason: str | None = None) -> str:
        """Remove an event; returns the redaction's event id."""
        redacted = await _checked(self._client.room_redact(room, event_id, reason, uuid4().hex))
        redaction_id: str = redacted.event_id
        return redaction_id

    async def typing(self, room: str, typing: bool = True) -> None:  # noqa: FBT001, FBT002 -- reads well
        """Show, or stop showing, that this person is typing."""
        await _checked(self._client.room_typing(room, typing))

    async def read(self, room: str, event_id: str) -> None:
        """Tell the room that everything up to this event was read."""
        await _checked(self._client.update_receipt_marker(room, event_id))

    async def upload(self, data: bytes, mime: str, filename: str) -> str:
        """Put a file into the media repository; returns its mxc address, to send in a message."""
        upload, _ = await self._client.upload(io.BytesIO(data), mime, filename, filesize=len(data))
        mxc: str = _accepted(upload).content_uri
        return mxc

    async def set_display_name(self, name: str) -> None:
        """Change the name that others see."""
        await _checked(self._client.set_displayname(name))

    async def resolve_alias(self, alias: str) -> str:
        """Find the id of the room behind an alias."""
        room_id: str = (await _checked(self._client.room_resolve_alias(alias))).room_id
        return room_id

    async def members(self, room: str) -> dict[str, str | None]:
        """Who is in the room: display names by user id."""
        response = await _checked(self._client.joined_members(room))
        return {member.user_id: member.display_name for member in response.members}

    # What a person sees

    def events(self, room: str) -> list[RoomEvent]:
        """Every timeline event of the room so far, in order."""
        return list(self._timelines[room])

    def ephemeral(self, room: str) -> list[RoomEvent]:
        """Every typing notice and receipt of the room so far, in order."""
        return list(self._ephemeral[room])

    def seen_at(self, event_id: str) -> float:
        """When the event arrived at this client, on the clock of `time.perf_counter`."""
        return self._seen[event_id]

    async def wait_for(self, room: str, predicate: Predicate, timeout: float = TIMEOUT) -> RoomEvent:
        """The first event of the room that satisfies the predicate, already there or yet to come."""
        return await self._wait(
            lambda: next(filter(predicate, self._timelines[room]), None),
            timeout,
            lambda: _told(f"{self.user_id} saw no such event in {room}", self._timelines[room]),
        )

    async def wait_for_ephemeral(
        self, room: str, predicate: Predicate, timeout: float = TIMEOUT
    ) -> RoomEvent:
        """The same for typing notices (`m.typing`) and receipts (`m.receipt`)."""
        return await self._wait(
            lambda: next(filter(predicate, self._ephemeral[room]), None),
            timeout,
            lambda: _told(f"{self.user_id} saw no such ephemeral event in {room}", self._ephemeral[room]),
        )

    async def wait_for_invite(self, timeout: float = TIMEOUT) -> str:
        """The room of a pending invite; with `auto_join`, wait for a room in `rooms` instead."""
        return await self._wait(
            lambda: next(iter(self.invites), None), timeout, lambda: f"{self.user_id} saw no invite"
        )

    async def wait_until(self, holds: Callable[[], T], timeout: float = TIMEOUT) -> T:
        """Whatever `holds` returns as soon as it is true; asked anew after each sync."""
        return await self._wait(
            lambda: holds() or None,
            timeout,
            lambda: (
                f"{self.user_id} waited in vain; joined {sorted(self.rooms)}, invited {list(self.invites)}"
            ),
        )

    async def _wait(self, find: Callable[[], T | None], timeout: float, told: Callable[[], str]) -> T:
        if self._syncing is None:
            raise RuntimeError(f"{self.user_id} is not connected")
        try:
            async with asyncio.timeout(timeout), self._news:
                while (found := find()) is None:
                    if self._sync_failure is not None:
                        raise self._sync_failure
                    await self._news.wait()
                return found
        except TimeoutError as error:
            raise NotSeenError(f"after {timeout:g} s {told()}") from error

    async def _keep_syncing(self) -> None:
        while True:
            try:
                await self._sync(SYNC_SECONDS)
            except (aiohttp.ClientError, TimeoutError):
                await asyncio.sleep(RETRY_PAUSE)
            except Exception as failure:
                if isinstance(failure, ClientFailed) and failure.status >= 500:
                    await asyncio.sleep(RETRY_PAUSE)
                    continue
                self._sync_failure = failure
                async with self._news:
                    self._news.notify_all()
                raise

    async def _sync(self, seconds: int) -> None:
        # Not nio's own sync: it parses events into classes, and leaves out what it cannot parse.
        query = {"filter": self._filter, "timeout": seconds * 1000} | (
            {"since": self._since} if self._since else {}
        )
        body = await self._request("GET", f"/_matrix/client/v3/sync?{urlencode(query)}", timeout=seconds + 15)
        arrived = time.perf_counter()
        rooms = body.get("rooms", {})
        present = rooms.get("join", {}) | rooms.get("leave", {})
        self.rooms = (self.rooms | rooms.get("join", {}).keys()) - rooms.get("leave", {}).keys()
        for room in present:
            self.invites.pop(room, None)
        for room, invite in rooms.get("invite", {}).items():
            self.invites[room] = invite["invite_state"]["events"]
        for room, update in present.items():
            self._take_in(room, len(self._timelines[room]), update["timeline"]["events"], arrived)
            self._ephemeral[room] += update.get("ephemeral", {}).get("events", [])
        async with self._news:
            self._news.notify_all()
        if self.auto_join:
            for room in self.invites.keys() - self._accepting.keys():
                self._accepting[room] = asyncio.create_task(self._accept(room))
        for room, update in present.items():
            await self._fill_gap(room, update["timeline"])
        # Only now: if the homeserver goes away in between, the same is asked again, and nothing is missing.
        self._since = body["next_batch"]

    def _take_in(self, room: str, position: int, events: list[RoomEvent], arrived: float) -> None:
        new = [event for event in events if event["event_id"] not in self._seen]
        self._timelines[room][position:position] = new
        self._seen |= {event["event_id"]: arrived for event in new}

    async def _fill_gap(self, room: str, timeline: dict[str, Any]) -> None:
        """Fetch what the sync left out between this piece of the timeline and what was seen before."""
        events = timeline["events"]
        if not timeline.get("limited") or any(event["type"] == "m.room.create" for event in events):
            return
        missing: list[RoomEvent] = []
        start = timeline.get("prev_batch")
        while start:
            query = urlencode({"dir": "b", "limit": TIMELINE_LIMIT, "from": start})
            try:
                page = await self._request("GET", f"/_matrix/client/v3/rooms/{quote(room)}/messages?{query}")
            except ClientFailed as failure:
                if failure.status != 403:
                    raise
                break  # Thrown out meanwhile: there is nothing more to read.
            unseen = [event for event in page["chunk"] if event["event_id"] not in self._seen]
            missing += unseen
            start = page.get("end") if len(unseen) == len(page["chunk"]) else None
        known = [event["event_id"] for event in self._timelines[room]]
        position = known.index(events[0]["event_id"]) if events else len(known)
        self._take_in(room, position, missing[::-1], time.perf_counter())
        async with self._news:
            self._news.notify_all()

    async def _accept(self, room: str) -> None:
        try:
            await self.join(room)
        except (ClientFailed, aiohttp.ClientError, TimeoutError) as failure:
            # Tried again after the next sync, if the invite still stands.
            _log.warning("%s could not join %s: %s", self.user_id, room, failure)
        finally:
            del self._accepting[room]

    async def _request(
        self, method: str, path: str, body: Any = None, timeout: float = SYNC_SECONDS
    ) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {self._client.access_token}", "Content-Type": "application/json"}
        data = None if body is None else json.dumps(body)
        async with await self._client.send(method, path, data, headers, timeout=timeout) as response:
            raw = await response.read()
        answer: dict[str, Any] = {}
        with contextlib.suppress(json.JSONDecodeError):
            answer = json.loads(raw)
        if response.status >= 400:
            raise ClientFailed(answer.get("errcode", ""), answer.get("error", ""), response.status)
        return answer


async def _checked(request: Awaitable[Any]) -> Any:
    return _accepted(await request)


def _accepted(response: Any) -> Any:
    """Turn nio's error objects, which are easy to overlook, into exceptions."""
    if isinstance(response, nio.ErrorResponse):
        status = response.transport_response.status if response.transport_response else 0
        raise ClientFailed(response.status_code or "", response.message, status)
    return response


def _text(text: str, html: str | None = None) -> dict[str, Any]:
    content: dict[str, Any] = {"msgtype": "m.text", "body": text}
    if html is not None:
        content |= {"format": "org.matrix.custom.html", "formatted_body": html}
    return content


def _told(what: str, events: list[RoomEvent]) -> str:
    seen = [f"  {event.get('sender', '')} {event['type']} {json.dumps(event['content'])}" for event in events]
    return "\n".join([f"{what}; what came:", *(seen or ["  nothing"])])
