"""The panel's real application on the fakes of a desk, asked as its script asks."""

from types import TracebackType
from typing import Any, Self

import httpx
from fastapi import FastAPI

from livechat_plugin.bootstrap.console import panel_on
from livechat_plugin.services.live import Live
from tests.unit.console import Page
from tests.unit.desk import Desk
from tests.unit.wiring import ADDRESS, SERVER

ELEMENT = "https://app.element.io"
CLIENTS = [ELEMENT, "https://chat.example.org:8443/element/"]


class Panel:
    """One frame beside a room; the client around it is the test.

    Args:
        desk: the desk that the pages are about.
    """

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.application = panel_on(desk.use_cases, Live(), CLIENTS)
        whole = FastAPI()
        whole.mount("/panel", self.application)
        self._client = httpx.AsyncClient(transport=httpx.ASGITransport(app=whole), base_url=ADDRESS)
        self.bearer = ""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert not list(self._client.cookies.jar), "a frame of another site gets no cookies"
        await self._client.aclose()

    async def prove(self, room_id: str, token: str, server_name: str = SERVER) -> httpx.Response:
        """Show a token that a client got."""
        shown = {"access_token": token, "matrix_server_name": server_name, "room": room_id}
        return await self._client.post("/panel/sign-in", json=shown)

    async def sign_in(self, user: str, room_id: str) -> httpx.Response:
        """Let the client prove who somebody is, and keep the bearer."""
        response = await self.prove(room_id, await self._desk.people.openid_token(user))
        if response.is_success:
            self.bearer = response.json()["bearer"]
        return response

    async def get(self, path: str, **headers: str) -> Page:
        """Ask for a part; `headers` with `_` for `-`."""
        return Page(await self._client.get(f"/panel{path}", headers=self._headers(headers)))

    async def post(self, path: str, fields: dict[str, Any] | None = None, **headers: str) -> Page:
        """Send a form."""
        answer = await self._client.post(f"/panel{path}", data=fields or {}, headers=self._headers(headers))
        return Page(answer)

    async def request(self, method: str, path: str, **sent: Any) -> httpx.Response:
        """Ask for anything, as `httpx` sends it."""
        return await self._client.request(method, f"/panel{path}", **sent)

    def _headers(self, more: dict[str, str]) -> dict[str, str]:
        sent = {name.replace("_", "-"): value for name, value in more.items()}
        return {"authorization": f"Bearer {self.bearer}", **sent} if self.bearer else sent
