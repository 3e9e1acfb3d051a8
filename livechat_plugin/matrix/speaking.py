"""What ghosts say and do in rooms: messages, edits, reactions, deletions, and the signals beside them."""

from collections.abc import Collection
from typing import Any

from livechat_plugin.core.acts import Act, Edit, React, Redact, Say, Target
from livechat_plugin.core.content import Content
from livechat_plugin.core.errors import HomeserverRefused
from livechat_plugin.matrix.client import DEVICE, AppserviceClient, path_of
from livechat_plugin.matrix.content import write_content

TYPING_SHOWN = 30_000
"""Milliseconds after which typing stops being shown by itself."""

FALLBACK = 200
"""Characters of an edited text for clients that do not know edits; they count against an event's size, too."""

RELATIONS_API = "/_matrix/client/v1"

RELATION_PAGES = 10
"""Pages of a hundred reactions that are looked through for one of ours."""


class Speaking:
    """The part of `MatrixHomeserver` that writes into rooms.

    Args:
        client: the open HTTP client.
    """

    def __init__(self, client: AppserviceClient) -> None:
        self._client = client

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
        mentions: Collection[str] = (),
    ) -> str:
        """Say something of our own; see the port."""
        content: dict[str, Any] = {
            "msgtype": "m.notice",
            "body": body,
            "m.mentions": {"user_ids": sorted(mentions)} if mentions else {},
        }
        if html:
            content |= {"format": "org.matrix.custom.html", "formatted_body": html}
        if reply_to:
            content["m.relates_to"] = {"m.in_reply_to": {"event_id": reply_to}}
        return await self._send(room_id, as_user, "m.room.message", content, token)

    async def react(self, room_id: str, as_user: str, event_id: str, key: str, token: str) -> str:
        """Attach an emoji to an event; see the port. One that the ghost has attached already is the same."""
        relation = {"rel_type": "m.annotation", "event_id": event_id, "key": key}
        try:
            return await self._send(room_id, as_user, "m.reaction", {"m.relates_to": relation}, token)
        except HomeserverRefused as error:
            # One ghost speaks for several people, who may well agree.
            known = error.errcode == "M_DUPLICATE_ANNOTATION" and await self._reaction(
                room_id, as_user, event_id, key
            )
            if not known:
                raise
            return known

    async def set_typing(self, room_id: str, as_user: str, *, is_typing: bool) -> None:
        """Show or stop showing the ghost as writing."""
        body = {"typing": True, "timeout": TYPING_SHOWN} if is_typing else {"typing": False}
        path = path_of("rooms", room_id, "typing", as_user)
        await self._client.call("PUT", path, as_user=as_user, body=body, timeout=10)

    async def mark_read(self, room_id: str, as_user: str, event_id: str) -> None:
        """Show that the ghost has read up to the event."""
        path = path_of("rooms", room_id, "receipt", "m.read", event_id)
        await self._client.call("POST", path, as_user=as_user, body={}, timeout=10)

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

    async def _reaction(self, room_id: str, as_user: str, event_id: str, key: str) -> str | None:
        """The ghost's own reaction with this emoji."""
        path = path_of(
            "rooms", room_id, "relations", event_id, "m.annotation", "m.reaction", api=RELATIONS_API
        )
        start: str | None = None
        for _ in range(RELATION_PAGES):
            query = {"limit": "100", **({"from": start} if start else {})}
            page = await self._client.call("GET", path, as_user=as_user, query=query)
            for event in page.get("chunk", []):
                if event["sender"] == as_user and event["content"]["m.relates_to"]["key"] == key:
                    return str(event["event_id"])
            start = page.get("next_batch")
            if start is None:
                break
        return None


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
