"""A standard client that also keeps track of what its person looks at."""

import asyncio
import re
from collections import deque
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import aiohttp

from livechat_plugin.demo.person import ClientFailed, Person, RoomEvent

CARD = re.compile(r"^#(\d+)\b.*?\b(carla\d+)\b")
WRITTEN = re.compile(r"^(carla\d+|op[A-Z]>carla\d+)>\d+")
"""How everything begins that people write to each other here."""

RECENT = 12


@dataclass
class Card:
    """A session as its card shows it now."""

    number: int
    event_id: str
    customer: str
    text: str

    @property
    def standing(self) -> str:
        return self.text.splitlines()[-1]

    @property
    def is_waiting(self) -> bool:
        return "Take it with a reaction" in self.standing

    @property
    def is_closed(self) -> bool:
        return self.standing.startswith("Closed.")

    @property
    def operator(self) -> str | None:
        """The name of who serves it."""
        return self.standing.removeprefix("Taken by ") if self.standing.startswith("Taken by ") else None


class Client(Person):
    """Remembers cards, which session room is whose, and the last messages of each room.

    Attributes:
        cards: by number.
        session_rooms: by the customer's name.
        seen: what was written by people, and reached this client.
        recent: the last messages of each room that are not its own.
    """

    def __init__(self, homeserver: str, user_id: str, password: str, *, auto_join: bool = False) -> None:
        super().__init__(homeserver, user_id, password, auto_join=auto_join)
        self.cards: dict[int, Card] = {}
        self.session_rooms: dict[str, str] = {}
        self.seen: set[str] = set()
        self.recent: dict[str, deque[str]] = {}
        self._originals: dict[str, int] = {}

    def _take_in(self, room: str, position: int, events: list[RoomEvent], arrived: float) -> None:
        for event in events:
            if event["event_id"] not in self._seen:
                self._look_at(room, event)
        super()._take_in(room, position, events, arrived)

    def _look_at(self, room: str, event: RoomEvent) -> None:
        content = event.get("content", {})
        body = content.get("body")
        if event["type"] != "m.room.message" or not isinstance(body, str):
            return
        relation = content.get("m.relates_to", {})
        if relation.get("rel_type") == "m.replace":
            number = self._originals.get(relation["event_id"])
            new = content.get("m.new_content", {}).get("body")
            if number is not None and isinstance(new, str):
                self.cards[number].text = new
            return
        if (found := CARD.match(body)) and not relation and "\n" in body:
            number = int(found[1])
            self._originals[event["event_id"]] = number
            self.cards.setdefault(number, Card(number, event["event_id"], found[2], body))
        elif (written := WRITTEN.match(body)) and event["sender"] != self.user_id:
            self.seen.add(body)
            self.recent.setdefault(room, deque(maxlen=RECENT)).append(event["event_id"])
            if event["sender"].startswith("@livechat_support_c"):
                self.session_rooms[written[0].partition(">")[0]] = room

    async def persist(self, room: str, content: dict[str, Any], kind: str = "m.room.message") -> str | None:
        """Send it, repeated under the same transaction id until it is acknowledged; None if it is refused."""
        event_id: str | None = await self._until_answered(lambda txn: self.send(room, content, kind, txn))
        return event_id

    async def open_chat(self, ghost: str) -> str:
        """Open a direct chat; one that was made and not acknowledged is left behind, and another one made."""
        body = {"is_direct": True, "preset": "trusted_private_chat", "invite": [ghost]}
        made: dict[str, Any] = await self._until_answered(
            lambda _: self._request("POST", "/_matrix/client/v3/createRoom", body, timeout=30)
        )
        return str(made["room_id"])

    async def take_back(self, room: str, event_id: str) -> None:
        """Remove an event, repeated until it is acknowledged."""
        await self._until_answered(
            lambda txn: self._request(
                "PUT", f"/_matrix/client/v3/rooms/{room}/redact/{event_id}/{txn}", {}, timeout=30
            )
        )

    async def _until_answered(self, attempt: Any) -> Any:
        txn = uuid4().hex
        while True:
            try:
                return await attempt(txn)
            except (aiohttp.ClientError, TimeoutError, OSError):
                pass
            except ClientFailed as failure:
                if failure.status < 500 and failure.errcode != "M_LIMIT_EXCEEDED":
                    return None
            await asyncio.sleep(0.15)
