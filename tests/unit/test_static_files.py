"""Styles, scripts and typefaces as browsers get them."""

import gzip
import json
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
import pytest_asyncio
from starlette.applications import Starlette
from starlette.routing import Mount

from livechat_plugin.web.static_files import PATH, Assets, AssetsMissing

SCRIPT = b"console.log('hello')"
SQUEEZED = gzip.compress(SCRIPT)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "assets"
    folder.mkdir()
    (tmp_path / "secret.js").write_bytes(b"secret")
    (folder / "unlisted.js").write_bytes(b"unlisted")
    (folder / "console-1A.js").write_bytes(SCRIPT)
    (folder / "console-1A.js.gz").write_bytes(SQUEEZED)
    (folder / "console-1A.js.br").write_bytes(b"brotli")
    (folder / "inter-2B.woff2").write_bytes(b"typeface")
    (folder / "icons-3C.svg").write_bytes(b"<svg/>")
    files = {"console.js": "console-1A.js", "inter.woff2": "inter-2B.woff2", "icons.svg": "icons-3C.svg"}
    (folder / "manifest.json").write_text(json.dumps({"files": files}), encoding="utf-8")
    return folder


@pytest_asyncio.fixture
async def browser(folder: Path) -> AsyncIterator[httpx.AsyncClient]:
    whole = Starlette(routes=[Mount(PATH, Assets.of(folder).application())])
    transport = httpx.ASGITransport(app=whole)
    async with httpx.AsyncClient(transport=transport, base_url="http://livechat") as browser:
        yield browser


async def test_what_the_address_says_is_there_and_kept_for_ever(
    browser: httpx.AsyncClient, folder: Path
) -> None:
    assert Assets.of(folder).url("console.js") == "/assets/console-1A.js"
    response = await browser.get("/assets/console-1A.js", headers={"accept-encoding": "identity"})
    assert response.content == SCRIPT
    assert response.headers["content-type"] == "text/javascript; charset=utf-8"
    assert response.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert response.headers["x-content-type-options"] == "nosniff"
    assert "content-encoding" not in response.headers


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("gzip, deflate, br", "br"),
        ("gzip", "gzip"),
        ("GZIP;q=0.5", "gzip"),
        ("br;q=0, gzip", "gzip"),
        ("br;q=0, *", "gzip"),
        ("*", "br"),
        ("identity", None),
        ("", None),
        ("br;q=abc, ;;;, gzip;q=", None),
    ],
)
async def test_the_smallest_variant_that_the_browser_takes(
    browser: httpx.AsyncClient, accepted: str, encoding: str | None
) -> None:
    async with browser.stream(
        "GET", "/assets/console-1A.js", headers={"accept-encoding": accepted}
    ) as response:
        content = b"".join([part async for part in response.aiter_raw()])
    assert response.headers.get("content-encoding") == encoding
    assert response.headers["vary"] == "accept-encoding"
    assert content == {"br": b"brotli", "gzip": SQUEEZED, None: SCRIPT}[encoding]
    assert response.headers["content-length"] == str(len(content))


@pytest.mark.parametrize(
    ("file", "kind"), [("inter-2B.woff2", "font/woff2"), ("icons-3C.svg", "image/svg+xml")]
)
async def test_what_has_no_variants_is_sent_as_it_is(
    browser: httpx.AsyncClient, file: str, kind: str
) -> None:
    response = await browser.get(f"/assets/{file}")
    assert response.status_code == 200
    assert response.headers["content-type"] == kind


@pytest.mark.parametrize(
    "path",
    [
        "console.js",
        "unlisted.js",
        "manifest.json",
        "console-1A.js.gz",
        "../secret.js",
        "..%2fsecret.js",
        "%2e%2e/secret.js",
        "..%5csecret.js",
        "%2fetc%2fpasswd",
        "console-1A.js%00",
        "",
        "console-1A.js/",
    ],
)
async def test_nothing_else_is_served(browser: httpx.AsyncClient, path: str) -> None:
    # As bytes: the client would tidy up the address.
    url = httpx.URL("http://livechat").copy_with(raw_path=f"/assets/{path}".encode())
    response = await browser.get(url)
    assert response.status_code in {404, 307}
    assert b"secret" not in response.content


async def test_it_can_only_be_read(browser: httpx.AsyncClient) -> None:
    assert (await browser.post("/assets/console-1A.js")).status_code == 405
    assert (await browser.head("/assets/console-1A.js")).status_code == 200


@pytest.mark.parametrize("lost", ["manifest.json", "console-1A.js"])
def test_what_was_not_built_is_told_with_the_way_out(folder: Path, lost: str) -> None:
    (folder / lost).unlink()
    with pytest.raises(AssetsMissing, match="make assets"):
        Assets.of(folder)


def test_a_misspelt_name_is_an_error(folder: Path) -> None:
    with pytest.raises(LookupError):
        Assets.of(folder).url("consol.js")
