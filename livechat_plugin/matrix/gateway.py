"""The homeserver as our ghosts use it: the `Homeserver` port over the Client-Server API."""

from collections.abc import Sequence
from typing import Any

import orjson

from livechat_plugin.core.acts import Act, Edit, React, Redact, Say, Target
from livechat_plugin.core.content import Content
from livechat_plugin.core.errors import HomeserverRefused
from livechat_plugin.core.naming import Naming
from livechat_plugin.matrix.catching_up import changes_since
from livechat_plugin.matrix.client import DEVICE, AppserviceClient, path_of
from livechat_plugin.matrix.content import write_content
from livechat_plugin.matrix.events import MAX_NAME, read_events
from livechat_plugin.matrix.rooms import creation
from livechat_plugin.services.ports import Changes, Profile, RoomPlan
from livechat_plugin.services.room_events import AnyRoomEvent, RejectedEvent

TYPING_SHOWN = 30_000
"""Milliseconds after which typing stops being shown by itself."""

FALLBACK = 200
"""Characters of an edited text for clients that do not know edits; they count against an event's size, too."""

PAGE = 100
"""Events asked for at once when a room's history is read."""

_NO_ROOMS = orjson.dumps(
    {"room": {"rooms": []}, "presence": {"types": []}, "account_data": {"types": []}}
).decode()


class MatrixHomeserver:
    """Implements the `Homeserver` port.

    Args:
        client: the open HTTP client.
        naming: the names that are ours.
    """

    def __init__(self, client: AppserviceClient, naming: Naming) -> None:
        self._client = client
        self._naming = naming

    async def act(self, room_id: str, as_user: str, act: Act, token: str) -> str:
        """Do it in the room; see the port."""
        match act:
            case Say():
                kind, content = write_content(act.content)
                content["m.mentions"] = {}
                if act.reply_to:
                    content["m.relates_to"] = {"m.in_reply_to": {"event_id": _event(act.reply_to)}}
                return await self._send(room_id, as_user, kind, content, token)
            case Edit():
                edit = _replacement(act.content, _event(act.target))
                return await self._send(room_id, as_user, "m.room.message", edit, token)
            case React():
                return await self.react(room_id, as_user, _event(act.target), act.key, token)
            case Redact():
                path = path_of("rooms", room_id, "redact", _event(act.target), token)
                return await self._put_event(path, as_user, {})

    async def notice(
        self,
        room_id: str,
        as_user: str,
        body: str,
        token: str,
        *,
        html: str | None = None,
        reply_to: str | None = None,
        mention: str | None = None,
    ) -> str:
        """Say something of our own; see the port."""
        content: dict[str, Any] = {
            "msgtype": "m.notice",
            "body": body,
            "m.mentions": {"user_ids": [mention]} if mention else {},
        }
        if html:
            content |= {"format": "org.matrix.custom.html", "formatted_body": html}
        if reply_to:
            content["m.relates_to"] = {"m.in_reply_to": {"event_id": reply_to}}
        return await self._send(room_id, as_user, "m.room.message", content, token)

    async def replace_notice(
        self, room_id: str, as_user: str, event_id: str, body: str, html: str, token: str
    ) -> str:
        """Change what `notice` said; see the port."""
        formatted = {"format": "org.matrix.custom.html", "formatted_body": html}
        new = {"msgtype": "m.notice", "body": body, "m.mentions": {}, **formatted}
        relation = {"rel_type": "m.replace", "event_id": event_id}
        content = {**new, "m.new_content": new, "m.relates_to": relation}
        return await self._send(room_id, as_user, "m.room.message", content, token)

    async def react(self, room_id: str, as_user: str, event_id: str, key: str, token: str) -> str:
        """Attach an emoji to an event; see the port."""
        relation = {"rel_type": "m.annotation", "event_id": event_id, "key": key}
        return await self._send(room_id, as_user, "m.reaction", {"m.relates_to": relation}, token)

    async def set_typing(self, room_id: str, as_user: str, *, is_typing: bool) -> None:
        """Show or stop showing the ghost as writing."""
        body = {"typing": True, "timeout": TYPING_SHOWN} if is_typing else {"typing": False}
        path = path_of("rooms", room_id, "typing", as_user)
        await self._client.call("PUT", path, as_user=as_user, body=body, timeout=10)

    async def mark_read(self, room_id: str, as_user: str, event_id: str) -> None:
        """Show that the ghost has read up to the event."""
        path = path_of("rooms", room_id, "receipt", "m.read", event_id)
        await self._client.call("POST", path, as_user=as_user, body={}, timeout=10)

    async def join(self, room_id: str, as_user: str) -> None:
        """Join the room; joining again is fine."""
        await self._client.call("POST", path_of("join", room_id), as_user=as_user, body={}, timeout=60)

    async def leave(self, room_id: str, as_user: str, reason: str) -> None:
        """Leave the room or decline the invitation; having left already is fine."""
        path = path_of("rooms", room_id, "leave")
        try:
            await self._client.call("POST", path, as_user=as_user, body={"reason": reason})
        except HomeserverRefused as error:
            if error.status not in {403, 404}:
                raise

    async def invite(self, room_id: str, as_user: str, user_id: str) -> None:
        """Invite somebody; their being invited or in the room already is fine."""
        path = path_of("rooms", room_id, "invite")
        try:
            await self._client.call("POST", path, as_user=as_user, body={"user_id": user_id})
        except HomeserverRefused:
            if await self._membership(room_id, as_user, user_id) not in {"join", "invite"}:
                raise

    async def remove(self, room_id: str, as_user: str, user_id: str, reason: str) -> None:
        """Take somebody out of the room; their being out already is fine."""
        path = path_of("rooms", room_id, "kick")
        try:
            await self._client.call(
                "POST", path, as_user=as_user, body={"user_id": user_id, "reason": reason}
            )
        except HomeserverRefused:
            if await self._membership(room_id, as_user, user_id) in {"join", "invite"}:
                raise

    async def members(self, room_id: str, as_user: str) -> frozenset[str]:
        """Who is in the room now."""
        answer = await self._client.call("GET", path_of("rooms", room_id, "joined_members"), as_user=as_user)
        return frozenset(answer.get("joined", {}))

    async def profile(self, user_id: str) -> Profile:
        """How a user presents themselves; empty for one without a profile."""
        try:
            answer = await self._client.call("GET", path_of("profile", user_id), timeout=10)
        except HomeserverRefused:
            return Profile()
        name, avatar = answer.get("displayname"), answer.get("avatar_url")
        return Profile(name[:MAX_NAME] if name else None, avatar or None)

    async def ensure_ghost(self, user_id: str) -> None:
        """Make sure that our user exists and has its device."""
        localpart = user_id[1:].partition(":")[0]
        body = {"type": "m.login.application_service", "username": localpart, "inhibit_login": True}
        try:
            await self._client.call("POST", path_of("register"), body=body)
        except HomeserverRefused as error:
            if error.errcode != "M_USER_IN_USE":
                raise
        device = {"display_name": "Live chat"}
        await self._client.call("PUT", path_of("devices", DEVICE), as_user=user_id, body=device)

    async def set_profile(self, user_id: str, profile: Profile) -> None:
        """Give our ghost a name and a picture."""
        name = path_of("profile", user_id, "displayname")
        await self._client.call(
            "PUT", name, as_user=user_id, body={"displayname": profile.display_name or ""}
        )
        if profile.avatar_url:
            picture = path_of("profile", user_id, "avatar_url")
            await self._client.call("PUT", picture, as_user=user_id, body={"avatar_url": profile.avatar_url})

    async def create_room(self, plan: RoomPlan) -> str:
        """Make a room, or find the one that an earlier attempt made; returns its id."""
        alias = f"#{plan.alias}:{self._naming.server_name}"
        try:
            body = creation(plan)
            answer = await self._client.call(
                "POST", path_of("createRoom"), as_user=plan.creator, body=body, timeout=60
            )
            return str(answer["room_id"])
        except HomeserverRefused as error:
            if error.errcode != "M_ROOM_IN_USE":
                raise
        found = await self._client.call("GET", path_of("directory", "room", alias), as_user=plan.creator)
        room_id = str(found["room_id"])
        if await self._is_complete(room_id, plan.creator):
            for user_id in plan.invite:
                await self.invite(room_id, plan.creator, user_id)
            return room_id
        # An attempt that was cut off in the middle left a torso under the alias.
        await self._client.call("DELETE", path_of("directory", "room", alias), as_user=plan.creator)
        return await self.create_room(plan)

    async def rename_room(self, room_id: str, as_user: str, name: str) -> None:
        """Give the room a name."""
        await self._set_state(room_id, as_user, "m.room.name", "", {"name": name})

    async def put_into_space(self, space: str, as_user: str, room_id: str, *, is_in: bool) -> None:
        """Show a room in a space, or no longer."""
        content = {"via": [self._naming.server_name]} if is_in else {}
        await self._set_state(space, as_user, "m.space.child", room_id, content)

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
        query = {"timeout": "0", "filter": _NO_ROOMS, "set_presence": "offline"}
        answer = await self._client.call("GET", path_of("sync"), as_user=as_user, query=query)
        return str(answer["next_batch"])

    async def wait(self, as_user: str, mark: str, seconds: float) -> str:
        """Hold a connection open for so long; returns a newer mark."""
        query = {
            "timeout": str(int(seconds * 1000)),
            "since": mark,
            "filter": _NO_ROOMS,
            "set_presence": "offline",
        }
        answer = await self._client.call(
            "GET", path_of("sync"), as_user=as_user, query=query, timeout=seconds + 30
        )
        return str(answer["next_batch"])

    async def changes(self, as_user: str, mark: str) -> Changes:
        """Everything that happened in the rooms of a ghost since the mark."""
        return await changes_since(self._client, self._naming, as_user, mark)

    async def _send(self, room_id: str, as_user: str, kind: str, content: dict[str, Any], token: str) -> str:
        return await self._put_event(path_of("rooms", room_id, "send", kind, token), as_user, content)

    async def _put_event(self, path: str, as_user: str, content: dict[str, Any]) -> str:
        try:
            answer = await self._client.call("PUT", path, as_user=as_user, with_device=True, body=content)
        except HomeserverRefused as error:
            if error.errcode != "M_UNKNOWN_DEVICE":
                raise
            await self.ensure_ghost(as_user)  # somebody removed the ghost's device
            answer = await self._client.call("PUT", path, as_user=as_user, with_device=True, body=content)
        return str(answer["event_id"])

    async def _set_state(
        self, room_id: str, as_user: str, kind: str, key: str, content: dict[str, Any]
    ) -> None:
        path = path_of("rooms", room_id, "state", kind, key)
        await self._client.call("PUT", path, as_user=as_user, body=content)

    async def _membership(self, room_id: str, as_user: str, user_id: str) -> str | None:
        path = path_of("rooms", room_id, "state", "m.room.member", user_id)
        try:
            answer = await self._client.call("GET", path, as_user=as_user)
        except HomeserverRefused:
            return None
        membership = answer.get("membership")
        return membership if isinstance(membership, str) else None

    async def _is_complete(self, room_id: str, creator: str) -> bool:
        """Whether creating the room went through to its name, which the homeserver sets last."""
        try:
            await self._client.call("GET", path_of("rooms", room_id, "state", "m.room.name"), as_user=creator)
        except HomeserverRefused:
            return False
        return True


def _has_left(event: Any, user_id: str) -> bool:
    """Whether this is where the user left the room; what came before, they have seen."""
    return (
        isinstance(event, dict)
        and event.get("type") == "m.room.member"
        and event.get("state_key") == user_id
        and event.get("content", {}).get("membership") in {"leave", "ban"}
    )


def _event(target: Target) -> str:
    if target.event_id is None:
        raise ValueError("a target is looked up before the act is sent")
    return target.event_id


def _replacement(content: Content, event_id: str) -> dict[str, Any]:
    """An edit, with a fallback for clients that do not know edits (Client-Server API, "Event replacements")."""
    _, new = write_content(content)
    new["m.mentions"] = {}
    fallback = {key: value for key, value in new.items() if key not in {"format", "formatted_body"}}
    fallback["body"] = f"* {new['body']}"[:FALLBACK]
    return {**fallback, "m.new_content": new, "m.relates_to": {"rel_type": "m.replace", "event_id": event_id}}
