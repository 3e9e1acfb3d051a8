"""Pages on their way to browsers."""

import gzip
from collections.abc import AsyncIterator

import httpx
import pytest
import pytest_asyncio
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response, StreamingResponse
from starlette.routing import Route

from livechat_plugin.web.compression import CompressedPages

PAGE = "<p>" + "Every row looks like the one before. " * 500
HUGE = PAGE * 20


async def answer(request: Request) -> Response:
    async def parts() -> AsyncIterator[bytes]:
        yield PAGE.encode()
        yield b"the end"

    answers: dict[str, Response] = {
        "page": HTMLResponse(PAGE),
        "huge": HTMLResponse(HUGE, headers={"vary": "cookie"}),
        "short": HTMLResponse("<p>Short.</p>"),
        "events": StreamingResponse(parts(), media_type="text/event-stream"),
        "stream": StreamingResponse(parts(), media_type="text/html"),
        "picture": Response(PAGE, media_type="image/png"),
        "squeezed": HTMLResponse(gzip.compress(PAGE.encode()), headers={"content-encoding": "gzip"}),
        "nothing": Response(status_code=204),
    }
    return answers[request.path_params["name"]]


@pytest_asyncio.fixture
async def browser() -> AsyncIterator[httpx.AsyncClient]:
    application = Starlette(routes=[Route("/{name}", answer)])
    application.add_middleware(CompressedPages)
    transport = httpx.ASGITransport(app=application)
    async with httpx.AsyncClient(transport=transport, base_url="http://livechat") as browser:
        yield browser


@pytest.mark.parametrize(("name", "text"), [("page", PAGE), ("huge", HUGE)])
async def test_a_page_comes_compressed_and_whole(browser: httpx.AsyncClient, name: str, text: str) -> None:
    async with browser.stream("GET", f"/{name}") as response:
        raw = b"".join([part async for part in response.aiter_raw()])
    assert response.headers["content-encoding"] == "gzip"
    assert response.headers["content-length"] == str(len(raw))
    assert "accept-encoding" in response.headers["vary"].lower()
    assert len(raw) < len(text) / 10
    assert gzip.decompress(raw).decode() == text


async def test_its_length_tells_nothing_exactly(browser: httpx.AsyncClient) -> None:
    lengths = {(await browser.get("/page")).headers["content-length"] for _ in range(40)}
    assert len(lengths) > 5


async def test_other_vary_headers_stay(browser: httpx.AsyncClient) -> None:
    assert "cookie" in (await browser.get("/huge")).headers["vary"]


async def test_browsers_that_do_not_ask_for_it_get_plain_pages(browser: httpx.AsyncClient) -> None:
    for accepted in ("identity", "br", "gzip;q=0"):
        response = await browser.get("/page", headers={"accept-encoding": accepted})
        assert "content-encoding" not in response.headers
        assert response.text == PAGE


@pytest.mark.parametrize("name", ["short", "events", "picture", "stream", "nothing"])
async def test_everything_else_passes_as_it_is(browser: httpx.AsyncClient, name: str) -> None:
    response = await browser.get(f"/{name}")
    assert "content-encoding" not in response.headers
    assert response.status_code == (204 if name == "nothing" else 200)


async def test_what_is_compressed_already_is_not_compressed_again(browser: httpx.AsyncClient) -> None:
    assert (await browser.get("/squeezed")).text == PAGE
