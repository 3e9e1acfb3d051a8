"""The session panel: who is let in, what each may see, and that nothing of another room is shown."""

from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
import pytest_asyncio
from starlette.responses import Response as StarletteResponse

from livechat_plugin.web.console.visitor import Visitors, signed_in
from livechat_plugin.web.panel.bearers import GOOD_FOR, Bearers
from tests.fakes.faults import absence, refusal
from tests.unit.console import Console, every_route
from tests.unit.desk import ANNA, BORIS, CARLA, DAN, MALLORY, SAM, Desk
from tests.unit.panel import Panel
from tests.unit.wiring import ADA, ADDRESS, SERVER

PUBLIC = {"/", "/sign-in"}


@pytest_asyncio.fixture
async def desk() -> AsyncIterator[Desk]:
    """Anna serves Carla; Dan waits."""
    desk = Desk()
    async with desk.working():
        await desk.set_up()
        await desk.write(said="My printer is on fire!")
        await desk.take(ANNA)
        await desk.write(DAN, "Where is my parcel?")
        yield desk


@pytest_asyncio.fixture
async def panel(desk: Desk) -> AsyncIterator[Panel]:
    async with Panel(desk) as panel:
        yield panel


def test_every_part_needs_somebody_signed_in_but_the_empty_shell(panel: Panel) -> None:
    routes = every_route(panel.application)
    assert {route.path for route in routes} > PUBLIC
    for route in routes:
        if route.path not in PUBLIC:
            assert signed_in in [dependency.call for dependency in route.dependant.dependencies], route.path


async def test_the_shell_is_the_same_for_everybody_and_framed_by_our_clients_only(panel: Panel) -> None:
    shell = await panel.get("/?room=!somewhere&theme=dark")
    assert shell.status == 200
    assert "!somewhere" not in shell.response.text
    policy = shell.response.headers["content-security-policy"]
    assert "frame-ancestors https://app.element.io https://chat.example.org:8443;" in f"{policy};"
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy
    assert "x-frame-options" not in shell.response.headers


async def test_who_serves_the_session_sees_it(desk: Desk, panel: Panel) -> None:
    signed = await panel.sign_in(ANNA, desk.session_room().room_id)
    assert signed.status_code == 200
    assert signed.json()["seconds"] == GOOD_FOR.total_seconds()
    page = await panel.get("/room")
    assert page.status == 200
    assert "Carla" in page.text
    assert not page.html.select("html, head, nav")
    assert (
        await panel.get("/sessions/1/customer", hx_request="true", hx_target="customer-panel")
    ).status == 200


@pytest.mark.parametrize("user", [SAM, BORIS])
async def test_who_works_in_the_live_chat_is_let_in(desk: Desk, panel: Panel, user: str) -> None:
    assert (await panel.sign_in(user, desk.session_room(DAN).room_id)).status_code == 200


async def test_a_session_of_a_colleague_is_theirs(desk: Desk, panel: Panel) -> None:
    refused = await panel.sign_in(BORIS, desk.session_room().room_id)
    assert refused.status_code == 403
    assert "#1" in refused.json()["error"]


@pytest.mark.parametrize("user", [CARLA, DAN, ADA])
async def test_who_has_no_role_there_is_told_so(desk: Desk, panel: Panel, user: str) -> None:
    refused = await panel.sign_in(user, desk.session_room().room_id)
    assert refused.status_code == 403
    assert "neither operator nor supervisor" in refused.json()["error"]


async def test_another_server_is_not_even_asked(desk: Desk, panel: Panel) -> None:
    room_id, token = desk.session_room().room_id, await desk.people.openid_token(ANNA)
    calls = desk.homeserver.faults.calls
    for server in ("elsewhere.org", "127.0.0.1:8008", f"{SERVER}.evil.org", f"{SERVER}/", SERVER.upper()):
        refused = await panel.prove(room_id, token, server)
        assert refused.status_code == 403
        assert f"accounts on {SERVER}" in refused.json()["error"]
    assert desk.homeserver.faults.calls == calls


@pytest.mark.parametrize("user", [MALLORY, f"@livechat_support:{SERVER}"])
async def test_a_token_of_somebody_who_is_none_of_the_servers_people_proves_nothing(
    desk: Desk, panel: Panel, user: str
) -> None:
    refused = await panel.sign_in(user, desk.session_room().room_id)
    assert refused.status_code == 403
    assert "does not confirm who you are" in refused.json()["error"]


async def test_a_forged_token_lets_nobody_in(desk: Desk, panel: Panel) -> None:
    refused = await panel.prove(desk.session_room().room_id, "forged")
    assert refused.status_code == 403
    assert "does not confirm who you are" in refused.json()["error"]


async def test_rooms_that_are_no_session_rooms_have_no_panel(desk: Desk, panel: Panel) -> None:
    spare = [r.room_id for r in desk.stored.session_rooms.values() if r.conversation_id is None and r.room_id]
    for room_id in ("!nowhere", desk.queue.room_id, desk.chat().room_id, *spare):
        refused = await panel.sign_in(ANNA, room_id)
        assert refused.status_code == 403
        assert "customer is served" in refused.json()["error"]


async def test_a_homeserver_that_is_away_or_says_nothing_is_told(desk: Desk, panel: Panel) -> None:
    room_id, token = desk.session_room().room_id, await desk.people.openid_token(ANNA)
    desk.homeserver.faults.fail(absence())
    assert (await panel.prove(room_id, token)).status_code == 503
    desk.homeserver.faults.fail(refusal("M_UNRECOGNIZED"))
    assert "livechat check" in (await panel.prove(room_id, token)).json()["error"]


@pytest.mark.parametrize(
    "body",
    [
        {},
        [],
        {"access_token": "t", "matrix_server_name": SERVER},
        {"access_token": "", "matrix_server_name": SERVER, "room": "!r"},
        {"access_token": 7, "matrix_server_name": SERVER, "room": "!r"},
        {"access_token": ["t"], "matrix_server_name": SERVER, "room": "!r"},
        {"access_token": "t" * 1001, "matrix_server_name": SERVER, "room": "!r"},
        {"access_token": "t", "matrix_server_name": {"url": "http://127.0.0.1"}, "room": "!r"},
    ],
)
async def test_malformed_credentials_are_refused(panel: Panel, body: Any) -> None:
    transport = httpx.ASGITransport(app=panel.application)
    async with httpx.AsyncClient(transport=transport, base_url=ADDRESS) as client:
        assert (await client.post("/sign-in", json=body)).status_code == 422


async def test_without_a_bearer_nothing_is_shown(desk: Desk, panel: Panel) -> None:
    room_id = desk.session_room().room_id
    for bearer in ("", "x", "a.b.c"):
        panel.bearer = bearer
        assert (await panel.get("/room")).status == 401
        assert (await panel.get("/sessions/1/customer")).status == 401
    await panel.sign_in(ANNA, room_id)
    kept = panel.bearer
    for changed in (kept[:-1], f"{kept}x", kept.swapcase()):
        panel.bearer = changed
        assert (await panel.get("/room")).status == 401


async def test_a_bearer_ends_after_half_an_hour(desk: Desk, panel: Panel) -> None:
    await panel.sign_in(ANNA, desk.session_room().room_id)
    desk.clock.advance(GOOD_FOR.total_seconds() - 1)
    assert (await panel.get("/room")).status == 200
    desk.clock.advance(1)
    ended = await panel.get("/room")
    assert ended.status == 401
    assert "set-cookie" not in ended.response.headers


async def test_a_cookie_of_the_console_is_no_bearer_and_a_bearer_no_cookie(desk: Desk, panel: Panel) -> None:
    response, secret = StarletteResponse(), b"the same secret"
    Visitors(secret, desk.clock, is_secure=True).sign_in(response, ANNA)
    cookie = response.headers["set-cookie"].split(";")[0].partition("=")[2]
    bearer = Bearers(secret, desk.clock).make(ANNA, 1)
    async with Console(desk) as console:
        page = await console.get("/", cookie=f"livechat_console={bearer}")
        assert page.status == 303
    panel.application.state.visitors = Bearers(secret, desk.clock)
    panel.bearer = cookie
    assert (await panel.get("/room")).status == 401
    panel.bearer = bearer
    assert (await panel.get("/room")).status == 200


async def test_the_panel_of_one_room_shows_nothing_of_another(desk: Desk, panel: Panel) -> None:
    await panel.sign_in(SAM, desk.session_room().room_id)  # who may see both
    assert (await panel.get("/sessions/1/customer")).status == 200
    for path in ("/sessions/2/customer", "/sessions/99/customer", "/sessions/2/register-button"):
        page = await panel.get(path)
        assert page.status == 404
        assert "Dan" not in page.text


async def test_who_loses_the_role_sees_nothing_from_then_on(desk: Desk, panel: Panel) -> None:
    await panel.sign_in(BORIS, desk.session_room(DAN).room_id)
    assert (await panel.get("/room")).status == 200
    desk.stored.groups[desk.live_chat.operators] = frozenset({ANNA})
    assert (await panel.get("/room")).status == 403


async def test_a_closed_session_stays_to_be_read_until_the_next_one_begins(desk: Desk, panel: Panel) -> None:
    await panel.sign_in(ANNA, desk.session_room().room_id)
    await desk.answer(ANNA, "!close")
    assert "hx-trigger" not in (await panel.get("/room/follow?shown=1")).response.headers
    page = await panel.get("/room")
    assert "closed" in page.text
    assert not page.html.select("form[method=post]")
    await desk.write(said="It burns again")
    again = await panel.get("/room/follow?shown=1")
    assert again.status == 204
    assert again.response.headers["hx-trigger"] == "livechat:again"
    page = await panel.get("/room")
    assert "#3" in page.text
    assert "shown=3" in page.response.text


async def test_each_part_follows_by_itself(desk: Desk, panel: Panel) -> None:
    await panel.sign_in(ANNA, desk.session_room().room_id)
    page = await panel.get("/room")
    parts = {part["id"]: part["hx-get"] for part in page.html.select("[hx-get]")}
    assert {"panel-follows", "session-head", "customer-panel"} <= set(parts)
    for key, address in parts.items():
        assert str(address).startswith("/panel/")
        part = await panel.get(str(address).removeprefix("/panel"), hx_request="true", hx_target=str(key))
        assert part.status in {200, 204}, address
        assert key == "panel-follows" or next(each["id"] for each in part.html.select("[id]")) == key


async def test_who_is_disabled_is_let_in_nowhere(desk: Desk, panel: Panel) -> None:
    room_id = desk.session_room(DAN).room_id
    await panel.sign_in(BORIS, room_id)
    async with desk.store.begin() as work:
        await desk.use_cases.commands.services.operator_control.disable(work, ADA, BORIS)
        await work.commit()
    assert (await panel.get("/room")).status == 403
    refused = await panel.sign_in(BORIS, room_id)
    assert refused.status_code == 403
    assert "disabled you" in refused.json()["error"]


async def test_guessing_is_slowed_down(desk: Desk, panel: Panel) -> None:
    room_id = desk.session_room().room_id
    statuses = [(await panel.prove(room_id, f"guess{number}")).status_code for number in range(61)]
    assert statuses[:-1] == [403] * 60
    assert statuses[-1] == 429


@pytest.mark.parametrize(
    ("theme", "shown"),
    [
        ("dark", "dark"),
        ("light-high-contrast", "light"),
        ("custom-Sunset", None),
        ('"><script>', None),
        ("", None),
    ],
)
async def test_the_shell_is_light_or_dark_before_anything_is_painted(
    panel: Panel, theme: str, shown: str | None
) -> None:
    shell = await panel.get(f"/?{urlencode({'theme': theme})}")
    assert shell.html.select("html")[0].get("data-theme") == shown
    assert "<script>" not in shell.response.text
