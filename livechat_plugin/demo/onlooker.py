"""What somebody with a standard Matrix client gets to see."""

# ruff: noqa: ASYNC109 -- a test says in the call how long it is ready to wait, and learns what came instead

import asyncio
import contextlib
import json
import logging
import time
from collections import defaultdict
from collections.abc import Callable
from typing import Any, Final, Self, TypeVar
from urllib.parse import quote, urlencode

import aiohttp
import nio  # type: ignore[import-untyped]

from livechat_plugin.core.errors import LivechatError
from livechat_plugin.demo.answers import ClientFailed, checked

RoomEvent = dict[str, Any]
Predicate = Callable[[RoomEvent], object]
T = TypeVar("T")

TIMEOUT: Final = 30.0
SYNC_SECONDS: Final = 30
RETRY_PAUSE: Final = 0.1
TIMELINE_LIMIT: Final = 500

_log = logging.getLogger(__name__)


class NotSeenError(LivechatError, TimeoutError):
    """What was waited for did not come in time; the message lists what came instead."""


class Onlooker:
    """A client that is logged in to an account and listens.

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
                await checked(self._client.login(self._password, device_name="Standard client"))
                room = {"timeline": {"limit": TIMELINE_LIMIT}}
                uploaded = await checked(self._client.upload_filter(presence={"types": []}, room=room))
                self._filter = uploaded.filter_id
            await self._sync(0)
        except BaseException:
            await self._client.close()
            raise
        self._syncing = asyncio.create_task(self._keep_syncing(), name=f"sync of {self.user_id}")

    async def disconnect(self) -> None:
        """Stop listening and close the connections; the device stays logged in, as when an app is closed."""
        await self._stop_listening()
        await self._client.close()

    async def log_out(self) -> None:
        """Disconnect, and remove this client from the account's devices."""
        await self._stop_listening()
        await checked(self._client.logout())
        await self._client.close()

    async def __aenter__(self) -> Self:
        await self.connect()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.disconnect()

    async def join(self, room: str) -> str:
        """Join a room by id or alias; returns its id."""
        room_id: str = (await checked(self._client.join(room))).room_id
        return room_id

    async def join_invites(self) -> list[str]:
        """Accept every pending invite; returns the rooms' ids."""
        return [await self.join(room) for room in list(self.invites)]

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

    async def _stop_listening(self) -> None:
        tasks = [*self._accepting.values(), *([self._syncing] if self._syncing else [])]
        for task in tasks:
            # More than once if need be: a cancellation that meets a timeout of the HTTP client is lost in it.
            while not task.done():
                task.cancel()
                await asyncio.wait([task], timeout=1)
        await asyncio.gather(*tasks, return_exceptions=True)
        self._syncing = None

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


def _told(what: str, events: list[RoomEvent]) -> str:
    seen = [f"  {event.get('sender', '')} {event['type']} {json.dumps(event['content'])}" for event in events]
    return "\n".join([f"{what}; what came:", *(seen or ["  nothing"])])
