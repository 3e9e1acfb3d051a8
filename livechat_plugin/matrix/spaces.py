"""Rooms and spaces that groups follow: what they are, what they show, and who came and went."""

from collections.abc import Mapping, Sequence
from typing import Any, get_args

import orjson

from livechat_plugin.core.errors import HomeserverRefused
from livechat_plugin.core.naming import Naming
from livechat_plugin.matrix.client import AppserviceClient, path_of
from livechat_plugin.matrix.events import read_events
from livechat_plugin.services.ports import RoomView, SpaceChild
from livechat_plugin.services.room_events import AnyRoomEvent, Membership, RejectedEvent

HIERARCHY_API = "/_matrix/client/v1"
SPACE = "m.space"

PAGE = 500
"""Events asked for at once when what was missed is read."""
PAGES = 4
"""Pages of what was missed that are read; beyond them it is simpler to read who is in the room now."""

_WHO_AND_WHAT = orjson.dumps({"types": ["m.room.member", "m.space.child", "m.room.tombstone"]}).decode()
_MEMBERSHIPS: tuple[Membership, ...] = get_args(Membership)


class Spaces:
    """The part of `MatrixHomeserver` that groups are followed with.

    Args:
        client: the open HTTP client.
        naming: the names that are ours.
    """

    def __init__(self, client: AppserviceClient, naming: Naming) -> None:
        self._client = client
        self._naming = naming

    async def resolve(self, address: str) -> str:
        """The id of a room, by its id or its alias."""
        if not address.startswith("#"):
            return address
        answer = await self._client.call("GET", path_of("directory", "room", address))
        return str(answer["room_id"])

    async def membership(self, room_id: str, as_user: str, user_id: str) -> Membership | None:
        """How somebody stands to a room that we are in; None for who never had to do with it."""
        path = path_of("rooms", room_id, "state", "m.room.member", user_id)
        try:
            answer = await self._client.call("GET", path, as_user=as_user)
        except HomeserverRefused as error:
            if error.errcode == "M_NOT_FOUND":
                return None
            raise
        membership = answer.get("membership")
        return membership if membership in _MEMBERSHIPS else None

    async def look(self, room_id: str, as_user: str) -> RoomView:
        """What a room is and, if it is a space, what it shows."""
        path = path_of("rooms", room_id, "hierarchy", api=HIERARCHY_API)
        kinds: dict[str, Any] = {}
        root: Mapping[str, Any] = {}
        query = {"max_depth": "1", "limit": "50"}
        while True:
            page = await self._client.call("GET", path, as_user=as_user, query=query)
            for room in page.get("rooms", []):
                kinds[str(room.get("room_id"))] = room.get("room_type")
                if room.get("room_id") == room_id:
                    root = room
            if not isinstance(page.get("next_batch"), str):
                break
            query = {**query, "from": page["next_batch"]}
        shown = [str(child.get("state_key")) for child in root.get("children_state", [])]
        children = [SpaceChild(child, kinds[child] == SPACE if child in kinds else None) for child in shown]
        name = root.get("name")
        is_space = root.get("room_type") == SPACE
        return RoomView(room_id, name if isinstance(name, str) else None, is_space, tuple(children))

    async def successor(self, room_id: str, as_user: str) -> str | None:
        """The room that goes on in the place of this one, if it was upgraded."""
        content = await self._state(room_id, as_user, "m.room.tombstone")
        successor = content.get("replacement_room")
        return successor if isinstance(successor, str) else None

    async def predecessor(self, room_id: str, as_user: str) -> str | None:
        """The room in whose place this one was made, as its creator said."""
        before = (await self._state(room_id, as_user, "m.room.create")).get("predecessor")
        former = before.get("room_id") if isinstance(before, Mapping) else None
        return former if isinstance(former, str) else None

    async def _state(self, room_id: str, as_user: str, kind: str) -> Mapping[str, Any]:
        """A room's state of a kind that it has once; empty if it has none."""
        try:
            return await self._client.call(
                "GET", path_of("rooms", room_id, "state", kind, ""), as_user=as_user
            )
        except HomeserverRefused as error:
            if error.errcode == "M_NOT_FOUND":
                return {}
            raise

    async def missed(self, room_id: str, as_user: str, mark: str) -> Sequence[AnyRoomEvent] | None:
        """Who came and went in a room since the mark, and what its space showed; None if that is too much."""
        path, start = path_of("rooms", room_id, "messages"), mark
        found: list[AnyRoomEvent] = []
        for _ in range(PAGES):
            query = {"dir": "f", "from": start, "limit": str(PAGE), "filter": _WHO_AND_WHAT}
            page = await self._client.call("GET", path, as_user=as_user, query=query, timeout=60)
            events = read_events(page.get("chunk", []), self._naming, room_id)
            found += [event for event in events if not isinstance(event, RejectedEvent)]
            if not page.get("chunk") or not isinstance(page.get("end"), str):
                return found
            start = page["end"]
        return None
