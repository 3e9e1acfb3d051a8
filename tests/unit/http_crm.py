"""A CRM behind HTTP that checks what it is sent, and answers as the test wants."""

import hashlib
import hmac
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

SECRET = "a-secret-that-nobody-else-knows-of"


@dataclass
class Request:
    """What was asked."""

    question: str
    body: dict[str, Any]
    key: str | None


Answer = web.Response | Callable[[], Awaitable[web.Response]]


@dataclass
class HttpCrm:
    """Keeps items by the key of the request that made them."""

    url: str = ""
    asked: list[Request] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    made: dict[str, dict[str, Any]] = field(default_factory=dict)
    wrongly_signed: int = 0

    async def handle(self, request: web.Request) -> web.Response:
        body = await request.read()
        if not self._is_signed(request, body):
            self.wrongly_signed += 1
            return web.json_response({}, status=401)
        asked = Request(
            request.path.removeprefix("/livechat/"), json.loads(body), request.headers.get("Idempotency-Key")
        )
        self.asked.append(asked)
        if self.answers:
            answer = self.answers.pop(0)
            return answer if isinstance(answer, web.Response) else await answer()
        return web.json_response(self._answer(asked))

    def _answer(self, asked: Request) -> dict[str, Any]:
        account = asked.body.get("customer", {}).get("account")
        match asked.question:
            case "account-item":
                found = (one for one in self.made.values() if one["values"].get("account") == [account])
                return {"item": next(found, None)}
            case "account-candidates":
                return {"items": [one for one in self.made.values() if asked.body["query"] in one["title"]]}
            case _:
                assert asked.key is not None
                number = str(len(self.made) + 1)
                values = {**asked.body["values"], "account": [account]}
                title = values.get("name") or values.get("text")
                item = {
                    "id": number,
                    "title": title,
                    "values": values,
                    "link": f"https://crm.example.org/{number}",
                }
                return {"item": self.made.setdefault(asked.key, item)}

    @staticmethod
    def _is_signed(request: web.Request, body: bytes) -> bool:
        timestamp = request.headers["Livechat-Timestamp"]
        signed = hmac.new(SECRET.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()
        is_fresh = abs(time.time() - int(timestamp)) < 60
        return is_fresh and hmac.compare_digest(request.headers["Livechat-Signature"], f"v1={signed}")


@asynccontextmanager
async def serving(handle: Callable[[web.Request], Awaitable[web.StreamResponse]]) -> AsyncIterator[str]:
    """An address where every request is handled."""
    application = web.Application()
    application.router.add_route("*", "/{path:.*}", handle)
    async with serving_application(application) as address:
        yield address


@asynccontextmanager
async def serving_application(application: web.Application) -> AsyncIterator[str]:
    """The address of an application, on a free port."""
    runner = web.AppRunner(application, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        [address] = runner.addresses
        yield f"http://127.0.0.1:{address[1]}"
    finally:
        await runner.cleanup()


@asynccontextmanager
async def http_crm() -> AsyncIterator[HttpCrm]:
    """A CRM that is there."""
    crm = HttpCrm()
    async with serving(crm.handle) as address:
        crm.url = f"{address}/livechat"
        yield crm
