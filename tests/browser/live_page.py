"""A small console whose changes, delays and failures a test decides about."""

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from jinja2 import ChainableUndefined, ChoiceLoader, FileSystemLoader
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Mount, Route
from starlette.types import Receive, Scope, Send

from livechat_plugin.services.live import Live
from livechat_plugin.web.console.headers import SafeHeaders
from livechat_plugin.web.console.rendering import render_part, template_environment
from livechat_plugin.web.console.streaming import LiveStream
from livechat_plugin.web.console.visitor import Visitor
from livechat_plugin.web.static_files import PATH, shipped_assets


@dataclass
class LivePage:
    """The page, the parts of it that were asked for, and the connections that listen.

    Attributes:
        version: what the page shows.
        asked: ids of the parts that were asked for, in their order.
        answers: cleared, parts wait for their answers.
        is_signed_in: whether anybody is.
    """

    version: int = 1
    asked: list[str] = field(default_factory=list)
    answers: asyncio.Event = field(default_factory=asyncio.Event)
    is_signed_in: bool = True
    live: Live = field(default_factory=Live)
    listening: dict[asyncio.Event, list[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.answers.set()
        # What else the layout asks for does not matter here.
        environment = template_environment(shipped_assets()).overlay(undefined=ChainableUndefined)
        loader = environment.loader
        assert loader is not None
        environment.loader = ChoiceLoader([loader, FileSystemLoader(Path(__file__).parent)])
        self._template = environment.get_template("live_page.html")

    def change(self, *topics: str) -> None:
        """Somebody has committed something."""
        self.version += 1
        self.live.publish(topics)

    def cut(self) -> None:
        """Break off all connections that listen."""
        for ends in self.listening:
            ends.set()

    def application(self) -> Starlette:
        """Served at `/console/`."""
        routes = [
            Route("/console/", self._page),
            Route("/console/live", self._listen),
            Mount(PATH, shipped_assets().application()),
        ]
        application = Starlette(routes=routes)
        application.add_middleware(SafeHeaders)
        return application

    async def _page(self, request: Request) -> Response:
        context = {
            "root": "/console",
            "path": "/console/",
            "live_mark": self.live.mark,
            "now": datetime.now(UTC),
            "visitor": Visitor("@anna:example.org", "00" * 32),
            "standing": None,
            "flash": None,
            "version": self.version,
        }
        part = request.headers.get("hx-target")
        if part is None:
            return HTMLResponse(self._template.render(**context))
        self.asked.append(part)
        await self.answers.wait()
        return HTMLResponse(render_part(self._template, part.replace("-", "_"), context))

    async def _listen(self, request: Request) -> Response:
        if not self.is_signed_in:
            return PlainTextResponse("You are signed out.", 401)
        return _Stream(self, request.query_params["topics"].split())


class _Stream(LiveStream):
    """As the console tells its pages, until the test breaks it off."""

    def __init__(self, page: LivePage, topics: list[str]) -> None:
        super().__init__(page.live, topics)
        self._page = page
        self._listened = topics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        ends = asyncio.Event()
        self._page.listening[ends] = self._listened
        telling = asyncio.ensure_future(super().__call__(scope, receive, send))
        ending = asyncio.ensure_future(ends.wait())
        try:
            await asyncio.wait([telling, ending], return_when=asyncio.FIRST_COMPLETED)
        finally:
            del self._page.listening[ends]
            for task in (telling, ending):
                task.cancel()
            await asyncio.gather(telling, ending, return_exceptions=True)
        if ends.is_set():
            await send({"type": "http.response.body", "body": b"", "more_body": False})
