"""What `livechat check` says of the session panel; tests/integration/test_check.py asks a real homeserver."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import web

from livechat_plugin.diagnosis.finding import Finding, Verdict
from livechat_plugin.diagnosis.panel import look_at_panel
from livechat_plugin.matrix.client import AppserviceClient
from livechat_plugin.settings import HomeserverSettings, Settings, WebSettings

ELEMENT = "https://app.element.io"


class Answering:
    """A homeserver that gives one answer, and remembers who asked with which token."""

    def __init__(self) -> None:
        self.status = 401
        self.answer: dict[str, Any] | str = {"errcode": "M_UNKNOWN_TOKEN", "error": "Access Token unknown"}
        self.tokens: list[str | None] = []
        self.url = ""

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        self.tokens.append(request.headers.get("Authorization"))
        if isinstance(self.answer, str):
            return web.Response(text=self.answer, status=self.status, content_type="text/html")
        return web.json_response(self.answer, status=self.status)


@pytest_asyncio.fixture
async def homeserver() -> AsyncIterator[Answering]:
    answering = Answering()
    runner = web.ServerRunner(web.Server(answering.handle))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    answering.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield answering
    await runner.cleanup()


async def look(homeserver: Answering, *clients: str) -> list[Finding]:
    settings = Settings(
        homeserver=HomeserverSettings(url=homeserver.url, server_name="example.org"),
        web=WebSettings(panel_clients=list(clients)),
    )
    client = AppserviceClient(homeserver.url, "as-token")
    await client.start()
    try:
        return await look_at_panel(client, settings)
    finally:
        await client.close()


async def test_nobody_is_asked_where_no_client_shows_it(homeserver: Answering) -> None:
    assert not await look(homeserver)
    assert not homeserver.tokens


async def test_a_homeserver_that_knows_its_tokens_is_fine_and_never_sees_ours(homeserver: Answering) -> None:
    [finding] = await look(homeserver, ELEMENT)
    assert (finding.verdict, finding.about) == (Verdict.FINE, "session panel")
    assert homeserver.tokens == [None]


@pytest.mark.parametrize(
    ("status", "answer"),
    [
        (404, {"errcode": "M_UNRECOGNIZED", "error": "Unrecognized request"}),
        (404, "<html>Not found</html>"),
        (403, "<html>Forbidden</html>"),
        (500, {"errcode": "M_UNKNOWN", "error": "Internal server error"}),
    ],
)
async def test_a_homeserver_that_answers_nobody_is_doubtful(
    homeserver: Answering, status: int, answer: dict[str, Any] | str
) -> None:
    homeserver.status, homeserver.answer = status, answer
    [finding] = await look(homeserver, ELEMENT)
    assert finding.verdict is Verdict.DOUBTFUL
    assert "openid" in finding.way_out
    assert homeserver.url in finding.way_out
