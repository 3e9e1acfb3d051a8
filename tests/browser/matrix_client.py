"""A page that plays a Matrix client with widgets, on an origin of its own, around the panel of a real room."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import httpx
from aiohttp import web
from playwright.async_api import FrameLocator, Page

from tests.browser.browsing import Browsing
from tests.integration.installation import Installation

PAGE = Path(__file__).with_name("client.html")


@dataclass
class MatrixClient:
    """What a client does with a room's widget.

    Attributes:
        address: the client's own.
    """

    installation: Installation
    browsing: Browsing
    address: str

    async def widget(self, user: str, room_id: str, theme: str = "light") -> str:
        """The address of the room's widget, filled in as clients do it."""
        state = f"/_matrix/client/v3/rooms/{quote(room_id)}/state/im.vector.modular.widgets/livechat_panel"
        address = str((await self._ask("GET", user, state))["url"])
        known = {
            "$matrix_room_id": room_id,
            "$matrix_user_id": self.installation.user_id(user),
            "$org.matrix.msc2873.client_theme": theme,
        }
        for variable, value in known.items():
            address = address.replace(variable, quote(value, safe=""))
        return f"{address}&{urlencode({'widgetId': 'livechat_panel', 'parentUrl': self.address})}"

    async def open(
        self,
        user: str,
        room_id: str,
        *,
        consent: str = "allowed",
        theme: str = "light",
        credentials: dict[str, Any] | None = None,
        **look: Any,
    ) -> tuple[Page, FrameLocator]:
        """The client with the panel in it.

        Args:
            user: who is signed in to the client.
            room_id: which room they look at.
            consent: what the client makes of the panel's question: `allowed`, `blocked`, or `ask`.
            theme: the client's.
            credentials: what it says instead of what the homeserver says.
            look: as `Browsing.context` takes it.
        """
        widget = await self.widget(user, room_id, theme)
        context = await self.browsing.context(**look)
        page = await context.new_page()

        async def proof() -> dict[str, Any]:
            return credentials or await self.credentials(user)

        await page.expose_function("credentials", proof)
        await page.goto(f"{self.address}/?{urlencode({'widget': widget, 'consent': consent})}")
        return page, page.frame_locator("iframe")

    async def credentials(self, user: str) -> dict[str, Any]:
        """What the real homeserver gives a client, for a widget to show."""
        path = f"/_matrix/client/v3/user/{quote(self.installation.user_id(user))}/openid/request_token"
        return await self._ask("POST", user, path, {})

    async def _ask(self, method: str, user: str, path: str, body: Any = None) -> dict[str, Any]:
        headers = {"authorization": f"Bearer {await self.installation.token(user)}"}
        async with httpx.AsyncClient(base_url=self.installation.homeserver.url) as client:
            response = await client.request(method, path, headers=headers, json=body)
        assert response.is_success, response.text
        answer: dict[str, Any] = response.json()
        return answer


@asynccontextmanager
async def serving(address: str) -> AsyncIterator[None]:
    """The client's page, at its address."""

    async def page(_: web.Request) -> web.StreamResponse:
        return web.Response(text=PAGE.read_text(), content_type="text/html")

    application = web.Application()
    application.router.add_get("/", page)
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", int(address.rpartition(":")[2])).start()
    yield
    await runner.cleanup()
