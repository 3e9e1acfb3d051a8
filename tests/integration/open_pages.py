"""An open page of the console, as its browser sees it."""

import asyncio
from pathlib import Path

import httpx
from starlette.responses import Response

from livechat_plugin.bootstrap.clock import SystemClock
from livechat_plugin.bootstrap.configuration import configure
from livechat_plugin.bootstrap.outside import secret_of
from livechat_plugin.web.console.visitor import Visitors

PATIENCE = 60.0


def cookie_of(config: Path, user_id: str, *, is_secure: bool = False) -> str:
    """The cookie of somebody who is signed in."""
    token = configure(config).registration.as_token.get_secret_value()
    response = Response()
    Visitors(secret_of(token), SystemClock(), is_secure=is_secure).sign_in(response, user_id)
    cookie: str = response.headers["set-cookie"].split(";")[0]
    return cookie


class Page:
    """The connection by which a page follows what happens."""

    def __init__(self, response: httpx.Response) -> None:
        self.headers = response.headers
        self._lines = response.aiter_lines()

    async def next(self, event: str) -> list[str]:
        """The lines of the next event of this name."""
        async with asyncio.timeout(PATIENCE):
            name, data = "", []
            async for line in self._lines:
                if line.startswith("event: "):
                    name = line.removeprefix("event: ")
                elif line.startswith("data: "):
                    data.append(line.removeprefix("data: "))
                elif not line:
                    if name == event:
                        return data
                    name, data = "", []
        raise ConnectionError("the server has ended it")
