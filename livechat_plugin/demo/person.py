"""Somebody with a standard Matrix client: what a customer or an operator can do."""

import asyncio
import io
import time
from typing import Any, Final
from urllib.parse import quote
from uuid import uuid4

import aiohttp
import nio  # type: ignore[import-untyped]

from livechat_plugin.demo.answers import ClientFailed, accepted, checked
from livechat_plugin.demo.onlooker import RETRY_PAUSE, NotSeenError, Onlooker, Predicate, RoomEvent

__all__ = ["ClientFailed", "NotSeenError", "Person", "Predicate", "RoomEvent"]

RETRY_FOR: Final = 60.0


class Person(Onlooker):
    """A Matrix account with one client on it, which sees as an `Onlooker` does, and acts.

    Requests that the homeserver refuses raise `ClientFailed`; one that does not reach it raises
    `aiohttp.ClientError` or `TimeoutError`.
    """

    async def start_direct_chat(self, user_id: str) -> str:
        """Open a direct chat as clients do: an invite, and the note in the account data that it is direct."""
        created = await checked(
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

    async def leave(self, room: str) -> None:
        """Leave a room, or turn down the invite to it."""
        await checked(self._client.room_leave(room))

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
                response = await checked(self._client.room_send(room, type, content, txn_id))
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
        redacted = await checked(self._client.room_redact(room, event_id, reason, uuid4().hex))
        redaction_id: str = redacted.event_id
        return redaction_id

    async def typing(self, room: str, typing: bool = True) -> None:  # noqa: FBT001, FBT002 -- reads well
        """Show, or stop showing, that this person is typing."""
        await checked(self._client.room_typing(room, typing))

    async def read(self, room: str, event_id: str) -> None:
        """Tell the room that everything up to this event was read."""
        await checked(self._client.update_receipt_marker(room, event_id))

    async def upload(self, data: bytes, mime: str, filename: str) -> str:
        """Put a file into the media repository; returns its mxc address, to send in a message."""
        upload, _ = await self._client.upload(io.BytesIO(data), mime, filename, filesize=len(data))
        mxc: str = accepted(upload).content_uri
        return mxc

    async def download(self, mxc: str) -> bytes:
        """Get a file from the media repository."""
        data: bytes = (await checked(self._client.download(mxc=mxc))).body
        return data

    async def set_display_name(self, name: str) -> None:
        """Change the name that others see."""
        await checked(self._client.set_displayname(name))

    async def resolve_alias(self, alias: str) -> str:
        """Find the id of the room behind an alias."""
        room_id: str = (await checked(self._client.room_resolve_alias(alias))).room_id
        return room_id

    async def members(self, room: str) -> dict[str, str | None]:
        """Who is in the room: display names by user id."""
        response = await checked(self._client.joined_members(room))
        return {member.user_id: member.display_name for member in response.members}


def _text(text: str, html: str | None = None) -> dict[str, Any]:
    content: dict[str, Any] = {"msgtype": "m.text", "body": text}
    if html is not None:
        content |= {"format": "org.matrix.custom.html", "formatted_body": html}
    return content
