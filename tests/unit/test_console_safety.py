"""What keeps the console safe, on every route that it has."""

import re
from collections.abc import AsyncIterator, MutableMapping
from dataclasses import replace
from typing import Any

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import Response

from livechat_plugin.web.console import bodies
from livechat_plugin.web.console.bodies import FILES, FORM
from livechat_plugin.web.console.visitor import SAFE_METHODS, SignedIn
from tests.unit.console import Console, every_route
from tests.unit.desk import ANNA, Desk
from tests.unit.wiring import ADA, ADDRESS

PUBLIC = "/sign-in"


@pytest.fixture
async def console(desk: Desk) -> AsyncIterator[Console]:
    async with Console(desk) as console:
        yield console


def addresses(console: Console) -> list[tuple[str, str]]:
    """Method and path of every route, with something in the place of its parameters."""
    return [
        (method, re.sub(r"\{\w+(:\w+)?\}", "1", route.path))
        for route in every_route(console.application)
        for method in sorted(route.methods or ())
    ]


async def test_every_route_asks_who_it_is(console: Console) -> None:
    walked = addresses(console)
    assert ("GET", "/live") in walked
    for method, path in walked:
        if path.startswith(PUBLIC):
            continue
        page = await console.request(method, path)
        if method in SAFE_METHODS:
            assert (page.status, page.goes_to.startswith("/console/sign-in?")) == (303, True), (method, path)
        else:
            assert page.status == 401, (method, path)


FORGED: dict[str, dict[str, Any]] = {
    "nothing": {},
    "another's token": {"data": {"csrf": "0" * 64, "x": "y"}},
    "a token that is no text": {"data": {"csrf": "é\0"}},
    "a file as token": {"files": {"csrf": ("csrf", b"0" * 64)}},
    "a header that is wrong": {"headers": {"x-csrf-token": "0" * 64}},
    "what forms can send as text": {
        "content": b"csrf=%s&x=y",
        "headers": {"content-type": "text/plain"},
    },
    "json": {"content": b'{"csrf": "%s"}', "headers": {"content-type": "application/json"}},
    "no sort at all": {"content": b"csrf=%s", "headers": {"content-type": ""}},
}


@pytest.mark.parametrize("sort", FORGED)
async def test_every_route_that_changes_something_wants_a_form_of_ours(console: Console, sort: str) -> None:
    console.sign_in(ADA)
    changing = [(method, path) for method, path in addresses(console) if method not in SAFE_METHODS]
    assert changing
    sent = dict(FORGED[sort])
    if "content" in sent:  # even the right token counts only where a page of ours puts it
        sent["content"] = sent["content"].replace(b"%s", console.csrf.encode())
    for method, path in changing:
        page = await console.request(method, path, **sent)
        assert page.status == 403, (method, path)
    assert not console.signed_out


@pytest.mark.parametrize("place", ["field", "part", "header"])
async def test_the_token_counts_in_a_field_or_in_the_header(console: Console, place: str) -> None:
    console.sign_in(ANNA)
    token = console.csrf
    sent: dict[str, Any] = {
        "field": {"data": {"csrf": token}},
        "part": {"files": {"csrf": (None, token)}},
        "header": {"headers": {"x-csrf-token": token}},
    }
    assert (await console.request("POST", "/sign-out", **sent[place])).status == 303


async def test_a_token_is_of_one_sign_in(console: Console, desk: Desk) -> None:
    console.sign_in(ANNA)
    before = console.csrf
    console.sign_in(ANNA)
    assert (await console.request("POST", "/sign-out", data={"csrf": before})).status == 403
    async with Console(desk) as other:
        other.sign_in(ADA)
        assert (await other.request("POST", "/sign-out", data={"csrf": console.csrf})).status == 403


# --- bodies ---


async def chunks(count: int) -> AsyncIterator[bytes]:
    for _ in range(count):
        yield b"x" * 65536


def with_form(console: Console) -> None:
    """A page that takes a form."""

    @console.application.post("/form")
    async def form(request: Request, _: SignedIn) -> Response:
        fields = await request.form()
        return Response(str(len(fields)))


async def test_a_form_has_its_bounds(console: Console) -> None:
    with_form(console)
    console.sign_in(ANNA)
    assert (await console.post("/form", {"text": "x" * (FORM // 2)})).status == 200
    page = await console.post("/form", {"text": "x" * FORM})
    assert page.status == 413
    assert "too large" in page.text


async def test_a_length_that_is_not_told_is_counted(console: Console) -> None:
    with_form(console)
    console.sign_in(ANNA)
    kind = {"content-type": "application/x-www-form-urlencoded"}
    assert (
        await console.request("POST", "/form", content=chunks(FORM // 65536 + 1), headers=kind)
    ).status == 413
    lying = {**kind, "content-length": "10"}
    assert (
        await console.request("POST", "/form", content=chunks(FORM // 65536 + 1), headers=lying)
    ).status == 413


async def test_only_who_is_signed_in_sends_files(console: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    with_form(console)
    monkeypatch.setattr(bodies, "FILES", 2 * FORM)
    file = {"file": ("a.bin", b"x" * (FORM + 1000))}
    assert (await console.request("POST", "/form", files=file)).status in {401, 413}
    console.sign_in(ANNA)
    headers = {"x-csrf-token": console.csrf}
    assert (await console.request("POST", "/form", files=file, headers=headers)).status == 200
    large = {"file": ("a.bin", b"x" * (2 * FORM))}
    assert (await console.request("POST", "/form", files=large, headers=headers)).status == 413
    assert FILES > 50_000_000  # what homeservers take


@pytest.mark.parametrize(
    "sent",
    [
        {"files": [(f"f{number}", (None, "x")) for number in range(1001)]},
        {"data": {f"f{number}": "x" for number in range(1001)}},
        {"content": b"--x\r\nbroken", "headers": {"content-type": "multipart/form-data; boundary=x"}},
        {"content": b"x", "headers": {"content-type": "multipart/form-data"}},
    ],
    ids=["too many parts", "too many fields", "cut off", "without a boundary"],
)
async def test_a_form_that_no_page_of_ours_makes_is_refused(console: Console, sent: dict[str, Any]) -> None:
    with_form(console)
    console.sign_in(ANNA)
    page = await console.request("POST", "/form", **sent)
    assert page.status in {400, 403}
    assert page.html.select("h1")


# --- what every answer carries ---


async def test_by_https_browsers_are_told_to_stay_with_it(console: Console) -> None:
    headers = (await console.get("/sign-in")).response.headers
    assert headers["strict-transport-security"] == "max-age=31536000"


async def test_by_http_they_are_not(desk: Desk) -> None:
    desk.use_cases.ports = replace(desk.use_cases.ports, public_address="http://127.0.0.1:9009")
    async with Console(desk) as console:
        assert "strict-transport-security" not in (await console.get("/sign-in")).response.headers


# --- when something breaks ---


def with_accidents(console: Console) -> None:
    @console.application.get("/broken")
    async def broken(_: SignedIn) -> Response:
        raise RuntimeError("a secret of carla")

    @console.application.get("/misspelt")
    async def misspelt(_: SignedIn) -> Response:
        return Response({"other": "x"}["key"])


@pytest.mark.parametrize("path", ["/broken", "/misspelt"])
async def test_an_accident_is_a_page_with_a_number_that_is_in_the_log(
    console: Console, logged: list[MutableMapping[str, Any]], path: str
) -> None:
    with_accidents(console)
    console.sign_in(ANNA)
    page = await console.get(path)
    assert page.status == 500
    assert "secret" not in page.response.text
    assert page.all("h1") == ["Something went wrong"]
    [entry] = [entry for entry in logged if entry["event"] == "a page failed"]
    assert entry["number"] in page.text
    assert entry["path"] == path
    assert page.response.headers["x-content-type-options"] == "nosniff"
    assert page.response.headers["content-security-policy"]


async def test_an_accident_of_a_part_is_told_in_its_place(console: Console) -> None:
    with_accidents(console)
    console.sign_in(ANNA)
    page = await console.get("/broken", hx_request="true")
    assert page.status == 500
    assert page.html.select("[role=alert]")
    assert not page.html.select("html")


async def test_an_address_of_a_wrong_form_is_no_page(console: Console) -> None:
    @console.application.get("/numbered/{number}")
    async def numbered(number: int, _: SignedIn) -> Response:
        return Response(str(number))

    console.sign_in(ANNA)
    page = await console.get("/numbered/twelve")
    assert page.status == 404
    assert "There is no such page." in page.text


# --- signed out in the middle of a form ---


async def test_who_is_signed_out_with_a_form_sees_what_they_wrote(console: Console) -> None:
    with_form(console)
    page = await console.request(
        "POST",
        "/form",
        data={"csrf": "old", "text": "<b>My words</b>", "empty": ""},
        headers={"referer": f"{ADDRESS}/console/items/contacts/7?tab=1", "sec-fetch-site": "same-origin"},
    )
    assert page.status == 401
    assert page.all("textarea") == ["<b>My words</b>"]
    assert "!console" in page.text
    [link] = page.html.select("a[href^='/console/sign-in']")
    assert link["href"] == "/console/sign-in?next=/console/items/contacts/7%3Ftab%3D1"


@pytest.mark.parametrize("site", [None, "cross-site", "same-site"])
async def test_words_of_another_site_are_not_shown_as_ours(console: Console, site: str | None) -> None:
    with_form(console)
    headers = {"referer": "https://evil.example/console/x"} | ({"sec-fetch-site": site} if site else {})
    page = await console.request("POST", "/form", data={"text": "Write to evil.example"}, headers=headers)
    assert page.status == 401
    assert "evil.example" not in page.response.text


async def test_an_open_page_is_told_how_to_sign_in_again(console: Console) -> None:
    for method in ("GET", "POST"):
        page = await console.request(method, "/sign-out", headers={"hx-request": "true"})
        if page.status != 405:
            assert page.status == 401
            assert page.all("[role=alert]") == ["You are signed out."]
            assert not page.html.select("html")
    page = await console.request("GET", "/live", headers={"accept": "text/event-stream"})
    assert page.status == 401


async def test_a_refused_form_leads_back_to_where_it_was_written(console: Console) -> None:
    console.sign_in(ANNA)
    page = await console.request(
        "POST", "/sign-out", data={"csrf": "old"}, headers={"referer": f"{ADDRESS}/console/sessions/12"}
    )
    assert page.status == 403
    assert page.html.select("main a[href='/console/sessions/12']")
    assert page.response.headers["x-form"] == "old"


async def test_requests_that_nobody_can_read_break_nothing(console: Console) -> None:
    async with httpx.AsyncClient(transport=console.transport, base_url=ADDRESS) as other:
        for cookie in (b"livechat_console=\xff\xfe", b"livechat_console=WzEsMiwzLDRd.x", b"=;;==", b"\x00"):
            response = await other.get("/console/", headers={b"cookie": cookie})
            assert response.status_code == 303
