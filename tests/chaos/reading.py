"""Rooms as the homeserver has them: read completely, by its administrator, with a client that belongs to nobody else."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import quote

import httpx

Event = dict[str, Any]
PAGE = 1000


class Reader:
    """Reads through the homeserver's administration interface."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client

    @classmethod
    @asynccontextmanager
    async def logged_in(cls, homeserver: str, administrator: str, password: str) -> AsyncIterator["Reader"]:
        async with httpx.AsyncClient(base_url=homeserver, timeout=120) as client:
            identifier = {"type": "m.id.user", "user": administrator}
            login = {"type": "m.login.password", "identifier": identifier, "password": password}
            answer = await client.post("/_matrix/client/v3/login", json=login)
            client.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
            yield cls(client)

    async def rooms(self) -> dict[str, str]:
        """All rooms: who made them, by id."""
        found: dict[str, str] = {}
        start: int | None = 0
        while start is not None:
            answer = await self._get(f"/_synapse/admin/v1/rooms?limit=500&from={start}")
            found |= {room["room_id"]: room.get("creator") or "" for room in answer["rooms"]}
            start = answer.get("next_batch")
        return found

    async def timeline(self, room: str) -> list[Event]:
        """All events of a room, the first one first."""
        events: list[Event] = []
        position = ""
        while True:
            query = f"dir=b&limit={PAGE}" + (f"&from={quote(position)}" if position else "")
            answer = await self._get(f"/_synapse/admin/v1/rooms/{quote(room)}/messages?{query}")
            events += answer["chunk"]
            position = answer.get("end") or ""
            if not position or not answer["chunk"]:
                return events[::-1]

    async def people(self, room: str) -> dict[str, str]:
        """Membership by user id."""
        state = (await self._get(f"/_synapse/admin/v1/rooms/{quote(room)}/state"))["state"]
        return {
            event["state_key"]: event["content"].get("membership", "")
            for event in state
            if event["type"] == "m.room.member"
        }

    async def _get(self, path: str) -> dict[str, Any]:
        answer = await self._client.get(path)
        answer.raise_for_status()
        body: dict[str, Any] = answer.json()
        return body
