"""A homeserver that does nothing but say yes, in a process of its own: what is left is the plugin's own cost.

    python -m benchmarks.stub_homeserver PORT

It answers every request of the plugin at once, and remembers the text messages that were sent: `GET
/stub/wait?count=N` answers when there are N of them, `GET /stub/messages` tells them by room, in order, and
`GET /stub/rooms` the rooms that were made, by the localpart of their alias; `GET /stub/rest?seconds=N` answers when
it was asked for nothing during so many seconds.
"""

import asyncio
import itertools
import sys
import time
from collections import defaultdict
from typing import Any
from urllib.parse import unquote

import orjson
from aiohttp import web

MARK = "measured "
"""Texts that begin with this are counted."""


class StubHomeserver:
    """The answers, and what was sent."""

    def __init__(self) -> None:
        self._numbers = itertools.count(1)
        self._rooms: dict[str, str] = {}
        self._events: dict[str, str] = {}
        self._messages: dict[str, list[str]] = defaultdict(list)
        self._count = 0
        self._wanted = 0
        self._reached = asyncio.Event()
        self._asked_at = 0.0

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        """Any request."""
        path = request.path
        body = await request.read()
        if path.startswith("/stub/"):
            answer: Any = await self._asked(request)
        elif "/send/" in path:
            self._asked_at = time.monotonic()
            answer = {"event_id": self._sent(path, body)}
        elif "/sync" in path:
            # The plugin holds one such connection open.
            await asyncio.sleep(int(request.query.get("timeout", "0")) / 1000)
            answer = {"next_batch": "s1"}
        else:
            self._asked_at = time.monotonic()
            answer = self._other(path, body)
        return web.Response(body=orjson.dumps(answer), content_type="application/json")

    async def _asked(self, request: web.BaseRequest) -> Any:
        if request.path == "/stub/wait":
            self._wanted = int(request.query["count"])
            self._reached.clear()
            if self._count < self._wanted:
                await self._reached.wait()
            return {"count": self._count}
        if request.path == "/stub/rest":
            seconds = float(request.query["seconds"])
            while (rest := self._asked_at + seconds - time.monotonic()) > 0:  # noqa: ASYNC110 - asked for anew each time
                await asyncio.sleep(rest)
            return {}
        return self._rooms if request.path == "/stub/rooms" else self._messages

    def _sent(self, path: str, body: bytes) -> str:
        _, _, room, _, _, token = path.removeprefix("/_matrix/client/").split("/")
        room = unquote(room)
        event_id = self._events.get(token)
        if event_id is None:
            event_id = self._events[token] = f"$copy{len(self._events)}"
            text = str(orjson.loads(body).get("body", ""))
            if text.startswith(MARK):
                self._messages[room].append(text.removeprefix(MARK))
                self._count += 1
                if self._count == self._wanted:
                    self._reached.set()
        return event_id

    def _other(self, path: str, body: bytes) -> dict[str, Any]:
        if path.endswith("/createRoom"):
            room_id = f"!made{next(self._numbers)}:stub"
            self._rooms[str(orjson.loads(body).get("room_alias_name"))] = room_id
            return {"room_id": room_id}
        if "/join/" in path:
            return {"room_id": path.rpartition("/")[2]}
        if path.endswith("/joined_members"):
            room_id = unquote(path.split("/")[-2])  # "!room7:server" is the room of "@customer7:server"
            return {"joined": {f"@customer{room_id.removeprefix('!room')}": {}}}
        if path.endswith("/messages"):
            return {"chunk": []}
        if "/state/" in path:
            return {"event_id": "$state"}
        return {}


async def serve(port: int) -> None:
    """Answer until the process is ended."""
    runner = web.ServerRunner(web.Server(StubHomeserver().handle))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1])))
