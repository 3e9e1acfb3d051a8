"""Taking away what our users have left in rooms, and the users themselves."""

import asyncio
from collections.abc import Collection, Iterator
from time import monotonic
from typing import Any

from livechat_plugin.core.errors import HomeserverRefused, HomeserverUnavailable
from livechat_plugin.core.naming import Naming
from livechat_plugin.matrix.client import OUR_FAULT, AppserviceClient, path_of
from livechat_plugin.matrix.files import place_of
from livechat_plugin.services.traces import Trace, TracePage

PAGE = 100
ROOMS_API = "/_synapse/admin/v2/rooms"
MEMBERS_API = "/_synapse/admin/v1/rooms"
MEDIA_API = "/_synapse/admin/v1/media"

PURGED_WITHIN = 60.0
"""Seconds that are waited for the homeserver to delete a room, which it does beside everything else."""


class Erasing:
    """The part of `MatrixHomeserver` that takes things away.

    Args:
        client: the open HTTP client.
        naming: tells our homeserver from others.
        admin_token: access token of a server administrator, if the plugin was given one.
    """

    def __init__(self, client: AppserviceClient, naming: Naming, admin_token: str | None) -> None:
        self._client = client
        self._naming = naming
        self._admin_token = admin_token

    @property
    def is_administrator(self) -> bool:
        """Whether there is a token."""
        return self._admin_token is not None

    async def traces(self, room_id: str, as_user: str, start: str | None = None) -> TracePage:
        """A page backwards; see the port."""
        query = {"dir": "b", "limit": str(PAGE), **({"from": start} if start else {})}
        page = await self._client.call(
            "GET", path_of("rooms", room_id, "messages"), as_user=as_user, query=query
        )
        chunk = [event for event in page.get("chunk", []) if isinstance(event, dict)]
        end = page.get("end")
        sent = chunk[-1].get("origin_server_ts") if chunk else None
        oldest = sent / 1000 if isinstance(sent, int) else None
        return TracePage(list(_traces(chunk)), str(end) if end and chunk else None, oldest)

    async def forget(self, room_id: str, as_user: str) -> None:
        """Of no more concern; see the port."""
        try:
            await self._client.call("POST", path_of("rooms", room_id, "forget"), as_user=as_user, body={})
        except HomeserverRefused as error:
            if error.status not in {400, 403, 404}:  # never there, or purged
                raise

    async def retire(self, ghost: str) -> None:
        """Without a name, and deactivated; see the port."""
        try:
            for part, value in (("displayname", ""), ("avatar_url", "")):
                path = path_of("profile", ghost, part)
                await self._client.call("PUT", path, as_user=ghost, body={part: value})
            path = path_of("account", "deactivate")
            await self._client.call("POST", path, as_user=ghost, body={"erase": True}, timeout=60)
        except (HomeserverRefused, HomeserverUnavailable) as error:
            if error.errcode not in {"M_USER_DEACTIVATED", "M_NOT_FOUND", "M_EXCLUSIVE", "M_UNKNOWN_TOKEN"}:
                raise

    async def purge(self, room_id: str) -> None:
        """As an administrator; see the port."""
        body = {"block": False, "purge": True}
        started = await self._administer("DELETE", path_of(room_id, api=ROOMS_API), body)
        status_of = path_of("delete_status", str(started.get("delete_id")), api=ROOMS_API)
        deadline = monotonic() + PURGED_WITHIN
        while True:
            status = (await self._administer("GET", status_of)).get("status")
            if status == "complete":
                return
            if status == "failed" or monotonic() > deadline:
                raise HomeserverUnavailable("the homeserver has not deleted the room", is_reachable=True)
            await asyncio.sleep(0.2)

    async def present(self, room_id: str) -> Collection[str]:
        """As an administrator; see the port."""
        answer = await self._administer("GET", path_of(room_id, "members", api=MEMBERS_API))
        return [str(member) for member in answer["members"]]

    async def uploader(self, url: str) -> str | None:
        """As an administrator; see the port."""
        where = place_of(url)
        if where is None or where[0] != self._naming.server_name:
            return None
        try:
            answer = await self._administer("GET", path_of(*where, api=MEDIA_API))
        except HomeserverRefused as error:
            if error.errcode == "M_NOT_FOUND":
                return None
            raise
        who = answer["media_info"]["user_id"]
        return who if isinstance(who, str) else None

    async def delete_file(self, url: str) -> bool:
        """As an administrator; see the port."""
        where = place_of(url)
        if where is None or where[0] != self._naming.server_name:
            return False
        try:
            await self._administer("DELETE", path_of(*where, api=MEDIA_API))
        except HomeserverRefused as error:
            if error.status == 404:
                return False
            raise
        return True

    async def _administer(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        if self._admin_token is None:
            raise HomeserverRefused("M_FORBIDDEN", "there is no token of a server administrator", 403)
        try:
            return await self._client.call(method, path, token=self._admin_token, body=body, timeout=60)
        except HomeserverUnavailable as error:
            if error.errcode in OUR_FAULT:  # nothing would ever come of waiting
                raise HomeserverRefused(str(error.errcode), "the admin token is refused", 401) from error
            raise


def _traces(chunk: list[dict[str, Any]]) -> Iterator[Trace]:
    for event in chunk:
        content = event.get("content")
        if "state_key" in event or event.get("type") == "m.room.redaction" or not content:
            continue
        texts, files = list[str](), list[str]()
        _look_into(content, texts, files)
        yield Trace(str(event["event_id"]), str(event["sender"]), "\n".join(texts), tuple(files))


def _look_into(value: Any, texts: list[str], files: list[str]) -> None:
    """All texts of an event, and the files that it names, encrypted ones and thumbnails too."""
    left = [value]  # however deep it is: what cannot be looked into could not be erased
    while left:
        value = left.pop()
        if isinstance(value, str):
            (files if value.startswith("mxc://") else texts).append(value)
        elif isinstance(value, dict):
            left += reversed(value.values())
        elif isinstance(value, list):
            left += reversed(value)
