"""A customer's client that keeps every byte which the homeserver gives it, for others to search."""

import asyncio
import json
import re
from dataclasses import dataclass, field
from html import unescape
from typing import Any, Self
from urllib.parse import quote, unquote

import httpx

CLIENT = "/_matrix/client/v3"
MXC = re.compile(r"mxc://([\w.:-]+)/([\w-]+)")


@dataclass
class RawClient:
    """Somebody logged in, with everything they ever received.

    Attributes:
        heard: where each answer came from, and the answer as it was, headers included.
    """

    url: str
    user_id: str
    password: str
    heard: list[tuple[str, str]] = field(default_factory=list)
    _since: str = ""
    _numbers: int = 0
    _task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._http = httpx.AsyncClient(base_url=self.url, timeout=60)
        identifier = {"type": "m.id.user", "user": self.user_id}
        login = {"type": "m.login.password", "identifier": identifier, "password": self.password}
        answer = (await self._http.post(f"{CLIENT}/login", json=login)).json()
        self._http.headers["Authorization"] = f"Bearer {answer['access_token']}"
        await self.sync(0)
        self._task = asyncio.create_task(self._listen())
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        await self._http.aclose()

    async def _listen(self) -> None:
        while True:
            await self.sync(20_000)

    async def sync(self, milliseconds: int) -> None:
        """Everything new, as no filter asks for less."""
        query = {"timeout": str(milliseconds), **({"since": self._since} if self._since else {})}
        self._since = (await self.get("sync", query))["next_batch"]

    async def get(self, path: str, query: dict[str, str] | None = None, api: str = CLIENT) -> Any:
        """An answer, kept whether the homeserver liked the question or not."""
        return self._keep(await self._http.get(f"{api}/{path}", params=query or {}))

    async def post(self, path: str, body: Any) -> Any:
        """The same for what is asked by POST."""
        return self._keep(await self._http.post(f"{CLIENT}/{path}", json=body))

    async def put(self, path: str, body: Any) -> Any:
        """The same for what is sent."""
        return self._keep(await self._http.put(f"{CLIENT}/{path}", json=body))

    async def send(self, room: str, content: dict[str, Any], kind: str = "m.room.message") -> str:
        """Send an event."""
        self._numbers += 1
        sent = await self.put(f"rooms/{quote(room)}/send/{kind}/raw{self._numbers}", content)
        return str(sent["event_id"])

    async def start_direct_chat(self, user_id: str, **otherwise: Any) -> str:
        """Open a direct chat as clients do, or otherwise."""
        room = {"preset": "trusted_private_chat", "invite": [user_id], "is_direct": True, **otherwise}
        return str((await self.post("createRoom", room))["room_id"])

    async def until(self, *words: str, seconds: float = 60) -> None:
        """Wait until all these words have come."""
        missing = set(words)
        async with asyncio.timeout(seconds):
            while missing := {word for word in missing if word not in self.text()}:  # noqa: ASYNC110 - a poll
                await asyncio.sleep(0.1)

    def text(self) -> str:
        """All that came by syncing."""
        return "\n".join(text for where, text in self.heard if where.endswith("/sync"))

    async def ask_for_everything(self, room: str, *words: str) -> None:
        """Whatever a client can ask about a room, its events, its people and its files; and the search for words."""
        self._since = ""
        await self.sync(0)
        await self.get("sync", {"full_state": "true", "timeout": "0"})
        here = f"rooms/{quote(room)}"
        for path in ("state", "members", "joined_members", "aliases", "initialSync"):
            await self.get(f"{here}/{path}")
        page: dict[str, Any] = await self.get(f"{here}/messages", {"dir": "b", "limit": "1000"})
        await self.get(f"{here}/messages", {"dir": "f", "limit": "1000"})
        await self.get(f"{here}/threads", {"include": "all"}, "/_matrix/client/v1")
        for event in page["chunk"]:
            event_id = quote(event["event_id"])
            await self.get(f"{here}/event/{event_id}")
            await self.get(f"{here}/context/{event_id}", {"limit": "50"})
            await self.get(f"{here}/relations/{event_id}", {"limit": "50"}, "/_matrix/client/v1")
        for word in words:
            self._keep(await self._search(word))
        me = quote(self.user_id)
        for path in (f"user/{me}/account_data/m.direct", "notifications", "joined_rooms", "pushrules/"):
            await self.get(path)
        for member in (await self.get(f"{here}/joined_members"))["joined"]:
            await self.get(f"profile/{quote(member)}")
            await self.get(f"presence/{quote(member)}/status")
        await self._load_files()

    async def search(self, word: str) -> int:
        """How much the homeserver finds; its answer repeats the word, so it is not kept."""
        answer = (await self._search(word)).json()
        return int(answer["search_categories"]["room_events"]["count"])

    async def _search(self, word: str) -> httpx.Response:
        categories = {"room_events": {"search_term": word, "keys": ["content.body", "content.name"]}}
        return await self._http.post(f"{CLIENT}/search", json={"search_categories": categories})

    async def _load_files(self) -> None:
        everything = "\n".join(text for _, text in self.heard)
        for server, media_id in sorted(set(MXC.findall(everything))):
            await self.get(f"media/download/{server}/{media_id}", api="/_matrix/client/v1")
            size = {"width": "32", "height": "32", "method": "crop"}
            await self.get(f"media/thumbnail/{server}/{media_id}", size, api="/_matrix/client/v1")

    def _keep(self, answer: httpx.Response) -> Any:
        headers = "\n".join(f"{key}: {value}" for key, value in answer.headers.items())
        self.heard.append((answer.url.path, f"{headers}\n\n{answer.content.decode('utf-8', 'replace')}"))
        try:
            return answer.json()
        except ValueError:
            return None

    def leaks(self, *terms: str) -> dict[str, list[str]]:
        """Which of the terms came, however they are written, and where."""
        return {term: places for term in terms if (places := self._where(term))}

    def _where(self, term: str) -> list[str]:
        wanted = term.casefold()
        return [
            where for where, text in self.heard if any(wanted in form.casefold() for form in _forms(text))
        ]


def _forms(text: str) -> list[str]:
    """A text as it came, and as a client would read it: escapes of JSON, of addresses and of HTML undone."""
    _, _, body = text.partition("\n\n")
    try:
        plain = json.dumps(json.loads(body), ensure_ascii=False)
    except ValueError:
        plain = body
    return [text, unquote(text), plain, unquote(plain), unescape(plain)]
