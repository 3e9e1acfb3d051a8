"""The console's real application on the fakes of a desk, asked as a browser asks."""

from types import TracebackType
from typing import Any, Self

import httpx
from bs4 import BeautifulSoup
from fastapi import FastAPI
from fastapi.routing import APIRoute
from starlette.requests import HTTPConnection
from starlette.responses import Response as StarletteResponse

from livechat_plugin.bootstrap.console import console_on
from livechat_plugin.services.installation import Installation
from livechat_plugin.services.live import Live
from livechat_plugin.web.console.proofs import CSRF_FIELD
from livechat_plugin.web.console.visitor import Visitors
from tests.unit.desk import Desk
from tests.unit.wiring import ADDRESS


def every_route(router: Any) -> list[APIRoute]:
    """All pages of an application, also those of the routers in it, which FastAPI keeps apart."""
    found: list[APIRoute] = []
    for route in router.routes:
        inner = getattr(route, "original_router", None)
        found += every_route(inner) if inner is not None else [route] if isinstance(route, APIRoute) else []
    assert found, "FastAPI keeps its routes elsewhere now"
    return found


class Page:
    """What came, parsed."""

    def __init__(self, response: httpx.Response) -> None:
        self.response = response
        self.status = response.status_code
        self.html = BeautifulSoup(response.text, "html.parser")

    @property
    def text(self) -> str:
        """The words, with single spaces."""
        return " ".join(self.html.get_text(" ").split())

    @property
    def goes_to(self) -> str:
        """Where a redirection leads."""
        return str(self.response.headers.get("location", ""))

    def all(self, selector: str) -> list[str]:
        """The words of all elements that a CSS selector finds."""
        return [" ".join(found.get_text(" ").split()) for found in self.html.select(selector)]


class Console:
    """One browser.

    Args:
        desk: the desk that the pages are about.
    """

    def __init__(
        self, desk: Desk, live: Live | None = None, installation: Installation | None = None
    ) -> None:
        self.live = live or Live()
        self._console = console_on(desk.use_cases, self.live, installation)
        self.visitors: Visitors = self._console.state.visitors
        self.application = self._console
        self.transport = httpx.ASGITransport(app=_mounted(self._console))
        self._client = httpx.AsyncClient(transport=self.transport, base_url=ADDRESS)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._client.aclose()

    def sign_in(self, user_id: str) -> None:
        """Be somebody, as after using a link of theirs."""
        response = StarletteResponse()
        self.visitors.sign_in(response, user_id)
        cookie = response.headers["set-cookie"].split(";")[0].partition("=")
        self._client.cookies.set(cookie[0], cookie[2], domain="livechat.example.org", path="/console")

    @property
    def cookies(self) -> list[str]:
        """The values of this browser's cookies."""
        return [cookie.value or "" for cookie in self._client.cookies.jar]

    @property
    def csrf(self) -> str:
        """What this browser's forms carry."""
        headers = self._client.build_request("GET", "/console/").headers.raw
        sent = [(name.lower(), value) for name, value in headers]
        visitor = self.visitors.of(HTTPConnection({"type": "http", "headers": sent}))
        assert visitor is not None
        return visitor.csrf

    async def get(self, path: str, **headers: str) -> Page:
        """Open a page; `headers` with `_` for `-`, such as `hx_request="true"`."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        return Page(await self._client.get(f"/console{path}", headers=sent))

    async def request(self, method: str, path: str, **sent: Any) -> Page:
        """Ask for anything, as `httpx` sends it."""
        return Page(await self._client.request(method, f"/console{path}", **sent))

    @property
    def signed_out(self) -> bool:
        """Whether nobody is signed in in this browser."""
        return not self.cookies

    def forget_cookies(self) -> None:
        """Be a browser that was never here."""
        self._client.cookies.clear()

    def put_cookie(self, name: str, value: str) -> None:
        """Let the browser have a cookie, whoever set it."""
        self._client.cookies.set(name, value, domain="livechat.example.org", path="/console")

    async def send_unsigned(self, path: str, fields: dict[str, str]) -> Page:
        """Send a form without the proof that it comes from a page of ours, unless it is among the fields."""
        return Page(await self._client.post(f"/console{path}", data=fields))

    async def post(self, path: str, fields: dict[str, Any] | None = None, **more: Any) -> Page:
        """Send a form as our own page does."""
        form = {CSRF_FIELD: self.csrf, **(fields or {})}
        return Page(await self._client.post(f"/console{path}", data=form, **more))


def _mounted(console: Any) -> Any:
    whole = FastAPI()
    whole.mount("/console", console)
    return whole
