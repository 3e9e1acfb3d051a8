"""Files of a conversation are for those who see its session, and can do nothing in a browser."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from starlette.types import Message, Scope

from livechat_plugin.core.content import Media
from livechat_plugin.web.console import media
from livechat_plugin.web.console.media_types import is_shown_inline, safe_file_name
from livechat_plugin.web.console.visitor import COOKIE, Visitor
from tests.unit.console import Console
from tests.unit.desk import ANNA, BORIS, CARLA, Desk


@pytest_asyncio.fixture
async def desk() -> AsyncIterator[Desk]:
    desk = Desk()
    async with desk.working():
        await desk.set_up()
        yield desk


@pytest_asyncio.fixture
async def console(desk: Desk) -> AsyncIterator[Console]:
    async with Console(desk) as console:
        console.sign_in(ANNA)
        yield console


async def sent(desk: Desk, name: str, kind: str, data: bytes = b"data") -> int:
    url = desk.homeserver.upload(name, data, kind)
    await desk.write(CARLA, Media("file", url, name))
    return max(desk.stored.messages)


@pytest.mark.parametrize("kind", ["image/png", "IMAGE/JPEG; x=y", "audio/ogg", "video/mp4"])
async def test_pictures_sound_and_film_are_shown_in_place(desk: Desk, console: Console, kind: str) -> None:
    page = await console.get(f"/media/{await sent(desk, 'pump.png', kind)}")
    headers = page.response.headers
    assert page.response.content == b"data"
    assert headers["content-type"] == kind.partition(";")[0].lower()
    assert headers["content-disposition"].startswith("inline;")
    assert headers["cache-control"].startswith("private")


@pytest.mark.parametrize(
    "kind",
    ["text/html", "image/svg+xml", "application/pdf", "text/plain", "application/xhtml+xml", "", "x\ny"],
)
async def test_everything_else_is_a_file_to_keep(desk: Desk, console: Console, kind: str) -> None:
    page = await console.get(f"/media/{await sent(desk, 'x.html', kind, b'<script>alert(1)</script>')}")
    headers = page.response.headers
    assert headers["content-type"] == "application/octet-stream"
    assert headers["content-disposition"].startswith("attachment;")
    assert headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in headers["content-security-policy"]
    assert "script-src" not in headers["content-security-policy"]


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ('x"; filename=y.exe', "x_; filename=y.exe"),
        ("../../etc/passwd", "_.._etc_passwd"),
        ("a\r\nset-cookie: x=y", "a__set-cookie_ x=y"),
        ("Überraschung 王.pdf", "Überraschung 王.pdf"),
        ("invoice\u202efdp.exe", "invoice_fdp.exe"),
        ("", "file"),
        ("...", "file"),
        ("x" * 400 + ".pdf", "x" * 146 + ".pdf"),
    ],
)
async def test_names_of_files_do_no_harm(desk: Desk, console: Console, name: str, shown: str) -> None:
    assert safe_file_name(name) == shown
    page = await console.get(f"/media/{await sent(desk, name, 'application/pdf')}")
    disposition = page.response.headers["content-disposition"]
    assert "\n" not in disposition
    assert "set-cookie" not in page.response.headers
    assert disposition.isascii()


async def test_a_picture_has_a_small_one(desk: Desk, console: Console) -> None:
    message = await sent(desk, "pump.png", "image/png")
    assert (await console.get(f"/media/{message}/thumbnail")).response.content == b"small data"
    other = await sent(desk, "x.bin", "application/octet-stream")
    assert (await console.get(f"/media/{other}/thumbnail")).response.content == b"data"


async def test_only_who_sees_the_session_gets_its_files(desk: Desk, console: Console) -> None:
    message = await sent(desk, "pump.png", "image/png")
    await desk.take(ANNA)
    for user, status in ((ANNA, 200), (BORIS, 403), (CARLA, 403)):
        console.sign_in(user)
        assert (await console.get(f"/media/{message}")).status == status
        assert (await console.get(f"/media/{message}/thumbnail")).status == status


async def test_what_is_no_file_or_no_more_is_not_found(desk: Desk, console: Console) -> None:
    await desk.write(CARLA, "words")
    assert (await console.get(f"/media/{max(desk.stored.messages)}")).status == 404
    assert (await console.get("/media/99")).status == 404
    await desk.write(CARLA, Media("file", "mxc://example.org/gone", "x"))
    assert (await console.get(f"/media/{max(desk.stored.messages)}")).status in {404, 502}


async def test_an_encrypted_file_says_where_it_can_be_read(desk: Desk, console: Console) -> None:
    await desk.write(CARLA, Media("file", None, "x", encrypted={"url": "mxc://example.org/1", "v": "v2"}))
    page = await console.get(f"/media/{max(desk.stored.messages)}")
    assert page.status == 409
    assert "open it in your Matrix client" in page.text


async def test_a_file_that_is_too_large_says_so(
    desk: Desk, console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    message = await sent(desk, "film.mp4", "video/mp4", b"x" * 2000)
    monkeypatch.setattr(media, "LARGEST", 1999)
    page = await console.get(f"/media/{message}")
    assert page.status == 409
    assert "2.0 kB, which is too large" in page.text


async def test_files_take_turns_and_free_their_place(
    desk: Desk, console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(media, "_under_way", asyncio.Semaphore(1))
    message = await sent(desk, "pump.png", "image/png")
    for _ in range(3):
        assert (await console.get(f"/media/{message}")).status == 200
    monkeypatch.setattr(media, "_under_way", asyncio.Semaphore(0))
    monkeypatch.setattr(media, "PATIENCE", 0.01)
    page = await console.get(f"/media/{message}")
    assert page.status == 409
    assert "Try again in a moment" in page.text


async def gone() -> Message:
    return {"type": "http.disconnect"}


async def nowhere(_: Message) -> None:
    await asyncio.sleep(0)


async def test_one_person_leaves_places_for_others(
    desk: Desk, console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    message = await sent(desk, "film.mp4", "video/mp4")
    monkeypatch.setattr(media, "PATIENCE", 0.01)
    anna = Visitor(ANNA, proof="")
    held = [
        await media.file(anna, console.application.state.pages.desk, message) for _ in range(media.FOR_ONE)
    ]
    page = await console.get(f"/media/{message}")
    assert page.status == 409
    assert "Try again in a moment" in page.text
    console.sign_in(BORIS)
    assert (await console.get(f"/media/{message}")).status == 200
    for response in held:
        await response({"type": "http", "asgi": {"spec_version": "2.3"}}, gone, nowhere)
    console.sign_in(ANNA)
    assert (await console.get(f"/media/{message}")).status == 200


async def test_who_is_gone_before_a_file_comes_keeps_no_place(
    desk: Desk, console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(media, "_under_way", asyncio.Semaphore(1))
    monkeypatch.setattr(media, "PATIENCE", 0.01)
    message = await sent(desk, "pump.png", "image/png")

    path = f"/media/{message}"
    scope: Scope = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},  # as uvicorn says
        "http_version": "1.1",
        "method": "GET",
        "scheme": "https",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": [(b"cookie", f"{COOKIE}={console.cookies[0]}".encode())],
    }
    await console.application(scope, gone, nowhere)
    assert (await console.get(path)).status == 200


@pytest.mark.parametrize("kind", ["image/svg+xml", "text/html", "image/", "image/png,text/html", " "])
def test_what_could_hold_scripts_is_never_shown_in_place(kind: str) -> None:
    assert not is_shown_inline(kind)
