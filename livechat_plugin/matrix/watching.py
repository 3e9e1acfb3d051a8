"""What ghosts see: who is in a room, what people look like, and what happened while nobody told us."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from livechat_plugin.core.errors import HomeserverRefused, HomeserverUnavailable
from livechat_plugin.core.naming import Naming
from livechat_plugin.matrix.catching_up import changes_since, unique
from livechat_plugin.matrix.client import AppserviceClient, path_of
from livechat_plugin.matrix.events import picture, read_events, shown_name
from livechat_plugin.services.background import end
from livechat_plugin.services.ports import Changes, Profile
from livechat_plugin.services.room_events import AnyRoomEvent, Membership, RejectedEvent

PAGE = 100
"""Events asked for at once when a room's history is read."""

_PRESENT = {"join", "invite", "ban"}

_NO_ROOMS: dict[str, Any] = {"room": {"rooms": []}, "presence": {"types": []}, "account_data": {"types": []}}


class Watching:
    """The part of `MatrixHomeserver` that only reads.

    Args:
        client: the open HTTP client.
        naming: the names that are ours.
    """

    def __init__(self, client: AppserviceClient, naming: Naming) -> None:
        self._client = client
        self._naming = naming

    async def members(self, room_id: str, as_user: str) -> frozenset[str]:
        """Who is in the room now."""
        answer = await self._client.call("GET", path_of("rooms", room_id, "joined_members"), as_user=as_user)
        return frozenset(answer.get("joined", {}))

    async def people(self, room_id: str, as_user: str) -> Mapping[str, Membership]:
        """Everybody who is in the room, invited into it or banned from it."""
        path = path_of("rooms", room_id, "members")
        answer = await self._client.call("GET", path, as_user=as_user, query={"not_membership": "leave"})
        people: dict[str, Membership] = {}
        for event in answer.get("chunk", []):
            membership = event.get("content", {}).get("membership")
            if membership in _PRESENT:
                people[str(event["state_key"])] = membership
        return people

    async def profile(self, user_id: str) -> Profile:
        """How a user presents themselves; empty for one without a profile."""
        try:
            answer = await self._client.call("GET", path_of("profile", user_id), timeout=10)
        except HomeserverRefused:
            return Profile()
        # Another server may answer anything.
        return Profile(shown_name(answer.get("displayname")), picture(answer.get("avatar_url")))

    async def recent(self, room_id: str, as_user: str, limit: int) -> Sequence[AnyRoomEvent | RejectedEvent]:
        """The last events of a room, oldest first."""
        path = path_of("rooms", room_id, "messages")
        start: str | None = None
        newest_first: list[Any] = []
        while len(newest_first) < limit:
            query = {"dir": "b", "limit": str(min(PAGE, limit)), **({"from": start} if start else {})}
            page = await self._client.call("GET", path, as_user=as_user, query=query)
            chunk, start = page.get("chunk", []), page.get("end")
            left = next((at for at, event in enumerate(chunk) if _has_left(event, as_user)), None)
            newest_first += chunk[:left]
            if left is not None or start is None or not chunk:
                break
        return read_events(newest_first[limit - 1 :: -1], self._naming, room_id)

    async def mark(self, as_user: str) -> str:
        """A mark for the present moment."""
        query = {"timeout": "0", "filter": unique(_NO_ROOMS), "set_presence": "offline"}
        answer = await self._client.call("GET", path_of("sync"), as_user=as_user, query=query)
        return str(answer["next_batch"])

    async def wait(self, as_user: str, mark: str, seconds: float) -> str:
        """Hold a connection open for so long; returns a newer mark.

        Raises:
            HomeserverUnavailable: the connection broke, or another request was answered with an error of the
                homeserver's own. Synapse without its database lives on, and drops what it should push.
        """
        troubled = asyncio.create_task(self._client.troubled.wait())
        holding = asyncio.create_task(self._hold(as_user, mark, seconds))
        try:
            await asyncio.wait([troubled, holding], return_when=asyncio.FIRST_COMPLETED)
            if holding.done():
                holding.result()
            if not self._client.troubled.is_set():
                return await holding
        finally:
            self._client.troubled.clear()
            await end([troubled, holding])
        raise HomeserverUnavailable("it answered with an error of its own", is_reachable=True)

    async def _hold(self, as_user: str, mark: str, seconds: float) -> str:
        query = {
            "timeout": str(int(seconds * 1000)),
            "since": mark,
            "filter": unique(_NO_ROOMS),
            "set_presence": "offline",
        }
        answer = await self._client.call(
            "GET", path_of("sync"), as_user=as_user, query=query, timeout=seconds + 30
        )
        return str(answer["next_batch"])

    async def changes(self, as_user: str, mark: str) -> Changes:
        """Everything that happened in the rooms of a ghost since the mark."""
        return await changes_since(self._client, self._naming, as_user, mark)


def _has_left(event: Any, user_id: str) -> bool:
    """Whether this is where the user left the room; what came before, they have seen."""
    return (
        isinstance(event, dict)
        and event.get("type") == "m.room.member"
        and event.get("state_key") == user_id
        and event.get("content", {}).get("membership") in {"leave", "ban"}
    )
