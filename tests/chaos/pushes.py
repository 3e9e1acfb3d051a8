"""The homeserver's pushes on their way to the plugin, repeated, renumbered and lost."""

import asyncio
from collections import Counter
from enum import StrEnum
from random import Random
from typing import Final

import aiohttp
from aiohttp import web

PATIENCE: Final = 90.0
"""Seconds that the plugin has for its answer: longer than Synapse waits."""

AGAIN_AFTER: Final = (0.5, 4.0)
"""Seconds after which old events come once more."""

LARGEST: Final = 64 * 1024 * 1024


class Mischief(StrEnum):
    """What can happen to a transaction."""

    TWICE = "twice, one after the other"
    AT_ONCE = "twice at the same time"
    RENUMBERED = "the same events under another id, at once and later"
    UNANSWERED = "taken in, but the answer never arrives"
    SWALLOWED = "acknowledged, and never passed on"


class Pushes:
    """Takes transactions and passes them on.

    Args:
        random: decides what happens to which transaction.
        targets: addresses of the plugin's processes; each transaction goes to one of them, or to several.

    Attributes:
        mischief: what happens now.
        share: how likely that is.
        caused: how often each happened.
    """

    def __init__(self, random: Random, targets: list[str]) -> None:
        self.targets = targets
        self.mischief: tuple[Mischief, ...] = ()
        self.share = 1.0
        self.caused: Counter[Mischief] = Counter()
        self.port = 0
        self._random = random
        self._runner: web.AppRunner | None = None
        self._client: aiohttp.ClientSession | None = None
        self._later: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Listen."""
        application = web.Application(client_max_size=LARGEST)
        application.router.add_route("*", "/{path:.*}", self._take)
        self._client = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=PATIENCE))
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        """Listen no more."""
        for task in self._later:
            task.cancel()
        if self._runner is not None:
            await self._runner.cleanup()
        if self._client is not None:
            await self._client.close()

    async def _take(self, request: web.Request) -> web.Response:
        body = await request.read()
        mischief = None
        if self.mischief and "/transactions/" in request.path and self._random.random() < self.share:
            mischief = self._random.choice(self.mischief)
            self.caused[mischief] += 1
        path, one = request.path_qs, self._random.choice(self.targets)
        if mischief is Mischief.SWALLOWED:
            return web.json_response({})
        if mischief is Mischief.AT_ONCE:
            other = self._random.choice(self.targets)
            answers = await asyncio.gather(
                self._pass_on(request, path, body, one), self._pass_on(request, path, body, other)
            )
            return max(answers, key=lambda answer: answer.status)
        answer = await self._pass_on(request, path, body, one)
        if mischief is Mischief.TWICE:
            answer = await self._pass_on(request, path, body, self._random.choice(self.targets))
        elif mischief is Mischief.RENUMBERED:
            await self._pass_on(request, f"{path}-again", body, self._random.choice(self.targets))
            self._repeat_later(request, f"{path}-later", body)
        elif mischief is Mischief.UNANSWERED and request.transport is not None:
            request.transport.abort()
        return answer

    async def _pass_on(self, request: web.Request, path: str, body: bytes, target: str) -> web.Response:
        assert self._client is not None
        headers = {
            name: value
            for name, value in request.headers.items()
            if name in {"Authorization", "Content-Type"}
        }
        try:
            async with self._client.request(
                request.method, f"{target}{path}", data=body, headers=headers
            ) as answer:
                raw = await answer.read()
                return web.Response(body=raw, status=answer.status, content_type="application/json")
        except (aiohttp.ClientError, TimeoutError, OSError):
            return web.Response(status=502)

    def _repeat_later(self, request: web.Request, path: str, body: bytes) -> None:
        async def repeat() -> None:
            await asyncio.sleep(self._random.uniform(*AGAIN_AFTER))
            await self._pass_on(request, path, body, self._random.choice(self.targets))

        task = asyncio.create_task(repeat())
        self._later.add(task)
        task.add_done_callback(self._later.discard)
