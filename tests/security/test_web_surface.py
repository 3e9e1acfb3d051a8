"""What the web server says to whoever asks, from wherever (SEC-WEB), and files that are larger inside than outside."""

import secrets
import struct
import time
import tracemalloc
import zlib
from collections.abc import AsyncIterator
from typing import Any

import pytest
from starlette.responses import Response

from livechat_plugin.core.pictures import without_metadata
from livechat_plugin.web.console.visitor import Visitors
from tests.unit.console import Console
from tests.unit.desk import ANNA, Desk
from tests.unit.test_transactions import EVENT, TOKEN, Web
from tests.unit.wiring import ADA

EVIL = "https://evil.example"


@pytest.fixture
async def console(desk: Desk) -> AsyncIterator[Console]:
    async with Console(desk) as console:
        yield console


@pytest.mark.parametrize("method", ["GET", "OPTIONS", "POST"])
async def test_no_other_site_reads_our_pages(console: Console, method: str) -> None:
    console.sign_in(ANNA)
    headers = {
        "origin": EVIL,
        "access-control-request-method": "POST",
        "access-control-request-headers": "x-csrf-token",
    }
    for path in ("/", "/sessions/queue", "/live-chats", "/sign-in"):
        page = await console.request(method, path, headers=headers)
        told = {name for name in page.response.headers if name.startswith("access-control-")}
        assert told == set(), (method, path)


@pytest.mark.parametrize(
    "header", ["host", "x-forwarded-host", "x-original-url", "x-rewrite-url", "forwarded"]
)
async def test_links_and_redirects_name_nobody_elses_host(console: Console, header: str) -> None:
    for user in (None, ANNA):
        if user is not None:
            console.sign_in(user)
        for path in ("/", "/sessions/queue", "/sessions/queue/", "/sign-in", "/nowhere", "/live-chats"):
            page = await console.request(
                "GET", path, headers={header: "evil.example", "x-forwarded-proto": "http"}
            )
            where = page.goes_to
            assert where == "" or where.startswith("/console"), (path, where)
            assert "evil.example" not in page.response.text, path


async def test_the_way_to_the_console_without_a_slash_names_no_host() -> None:
    async def part(*_: Any) -> None:
        raise AssertionError("not asked for")

    web = Web(mounted={"/console": part})
    answer = await web.client.get("/console", headers={"host": "evil.example"})
    assert (answer.status_code, answer.headers["location"]) == (307, "/console/")


async def test_cookies_are_kept_from_scripts_from_other_sites_and_from_plain_http(
    console: Console, desk: Desk
) -> None:
    response = Response()
    console.visitors.sign_in(response, ANNA)
    cookie = response.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert "path=/console" in cookie
    assert "domain=" not in cookie
    for is_secure in (True, False):  # as the public address is https or not
        by_https = Response()
        Visitors(b"x" * 32, desk.clock, is_secure=is_secure).sign_in(by_https, ANNA)
        assert ("; secure" in by_https.headers["set-cookie"].lower()) is is_secure


@pytest.mark.parametrize("value", ["", "x", "W10.x", "null.x.y", "é", "." * 5000, "WyJAYW5uYSJd", "a.b.c.d"])
async def test_a_cookie_that_we_did_not_sign_is_none(console: Console, value: str) -> None:
    page = await console.request(
        "GET", "/sessions/queue", headers={"cookie": f"livechat_console={value}".encode()}
    )
    assert (page.status, page.goes_to.startswith("/console/sign-in")) == (303, True)


async def test_a_cookie_that_was_changed_or_signed_by_others_is_none(console: Console, desk: Desk) -> None:
    """Each looks in every way like one of ours."""

    def signed_in(visitors: Visitors, user_id: str) -> str:
        response = Response()
        visitors.sign_in(response, user_id)
        return response.headers["set-cookie"].partition("=")[2].partition(";")[0]

    async def status(cookie: str) -> int:
        sent = {"cookie": f"livechat_console={cookie}"}
        return (await console.request("GET", "/sessions/queue", headers=sent)).status

    genuine, of_ada = signed_in(console.visitors, ANNA), signed_in(console.visitors, ADA)
    assert await status(genuine) == 200
    content, _, signature = genuine.rpartition(".")
    others = Visitors(secrets.token_bytes(32), desk.clock, is_secure=False)
    for forged in (
        f"{of_ada.rpartition('.')[0]}.{signature}",
        content,
        f"{content}.",
        f"{content}.{'A' * len(signature)}",
        signed_in(others, ANNA),
    ):
        assert await status(forged) == 303, forged


SMUGGLED: dict[str, dict[str, str]] = {
    "two lengths": {"content-length": "5", "transfer-encoding": "chunked"},
    "another method": {"x-http-method-override": "GET"},
    "another address": {"x-original-url": "/health"},
    "a length that is none": {"content-length": "-1"},
}


@pytest.mark.parametrize("how", SMUGGLED)
async def test_headers_open_no_second_way_to_the_homeservers_address(how: str) -> None:
    web = Web()
    path = "/_matrix/app/v1/transactions/7"
    sent: Any = {"json": {"events": [EVENT]}, "headers": SMUGGLED[how]}
    assert (await web.client.put(path, **sent)).status_code in {400, 401}
    for other in (
        f"{path}/",
        "/_matrix/app/v1//transactions/7",
        "/_matrix/app/v1/../v1/transactions/7",
        "/transactions/7",
    ):
        assert (await web.client.put(other, **sent)).status_code in {307, 400, 401, 404, 405}
    assert web.taken.events == []
    assert TOKEN not in str(SMUGGLED)


# --- files that are larger inside than outside: we look at their structure and unpack nothing ---


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width: int, height: int, *chunks: bytes) -> bytes:
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + b"".join(chunks) + chunk(b"IEND", b"")


BOMB = zlib.compress(bytes(50_000_000))
BOMBS = {
    "a picture of four thousand million points": png(65_535, 65_535, chunk(b"IDAT", BOMB)),
    "a text that unpacks to fifty million letters": png(
        1, 1, chunk(b"zTXt", b"k\0\0" + BOMB), chunk(b"IDAT", b"")
    ),
    "very many parts": png(1, 1, *[chunk(b"tEXt", b"")] * 20_000),
    "a part that claims to be longer than all": png(1, 1)[:-12] + b"\xff\xff\xff\xffIDAT",
    "a JPEG of fillings": b"\xff\xd8" + b"\xff" * 200_000,
    "a JPEG of empty segments": b"\xff\xd8" + b"\xff\xe1\0\2" * 50_000,
    "a WebP that counts wrong": b"RIFF\xff\xff\xff\xffWEBP" + b"EXIF\0\0\0\0" * 30_000,
}


@pytest.mark.parametrize("what", BOMBS)
def test_a_picture_costs_about_its_own_size(what: str) -> None:
    bomb = BOMBS[what]
    tracemalloc.start()
    began = time.process_time()
    clean = without_metadata(bomb)
    spent, (_, peak) = time.process_time() - began, tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(clean) <= len(bomb)
    assert peak < 20 * len(bomb) + 30_000_000
    assert spent < 15
