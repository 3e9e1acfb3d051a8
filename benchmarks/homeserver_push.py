"""The homeserver's part towards an application service: it pushes transactions, one at a time, and waits for 200."""

import itertools
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import aiohttp
import orjson
from ruamel.yaml import YAML

LARGEST: Final = 100
"""Events in one transaction; Synapse puts no more into one."""

Event = dict[str, Any]


class HomeserverPush:
    """Pushes events to the plugin as Synapse does.

    Args:
        plugin: base address of the plugin.
        registration: the file with the homeserver's token.
        name: tells its transactions and events from another's.
    """

    def __init__(self, plugin: str, registration: Path, name: str = "pushed") -> None:
        token = YAML(typ="safe", pure=True).load(registration)["hs_token"]
        self._name = name
        self._base = ""
        self.move_to(plugin)
        self._headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        self._transactions = itertools.count(1)
        self._events = itertools.count(1)
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession()
        return self

    async def __aexit__(self, kind: type[BaseException] | None, _: object, __: TracebackType | None) -> None:
        if self._session is not None:
            await self._session.close()

    def move_to(self, plugin: str) -> None:
        """Push to the plugin at this address from now on."""
        self._base = f"{plugin}/_matrix/app/v1/transactions"

    async def push(self, events: Sequence[Event]) -> None:
        """All of them, in transactions of at most a hundred."""
        for first in range(0, len(events), LARGEST):
            await self.transaction(events[first : first + LARGEST])

    async def transaction(self, events: Sequence[Event]) -> float:
        """One transaction; returns the seconds until it was acknowledged."""
        assert self._session is not None
        body = orjson.dumps({"events": events})
        url = f"{self._base}/{self._name}{next(self._transactions)}"
        began = time.perf_counter()
        async with self._session.put(url, data=body, headers=self._headers) as response:
            await response.read()
            response.raise_for_status()
        return time.perf_counter() - began

    def message(self, room: str, sender: str, text: str) -> Event:
        """A text message as Synapse pushes it."""
        return self._event(room, sender, "m.room.message", {"msgtype": "m.text", "body": text})

    def direct_invite(self, room: str, sender: str, invited: str) -> Event:
        """An invitation to a direct chat."""
        content = {"membership": "invite", "is_direct": True}
        return self._event(room, sender, "m.room.member", content) | {"state_key": invited}

    def _event(self, room: str, sender: str, kind: str, content: dict[str, Any]) -> Event:
        return {
            "type": kind,
            "room_id": room,
            "sender": sender,
            "user_id": sender,
            "content": content,
            "origin_server_ts": int(time.time() * 1000),
            "unsigned": {"age": 12},
            "event_id": f"${self._name}-{next(self._events)}-{'x' * 32}",
            "age": 12,
        }
