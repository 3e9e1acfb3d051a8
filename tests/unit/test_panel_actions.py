"""What is done from the panel: the console's pages and services, with a bearer instead of a cookie."""

import json
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from livechat_plugin.core.sessions import Priority
from livechat_plugin.services.commands import COMMANDS
from tests.unit.console import every_route
from tests.unit.crm import Crm, link, served
from tests.unit.desk import ANNA, BORIS, DAN, Desk
from tests.unit.panel import Panel


@pytest_asyncio.fixture
async def desk() -> AsyncIterator[Desk]:
    async with served(Crm()) as desk:
        yield desk


@pytest_asyncio.fixture
async def panel(desk: Desk) -> AsyncIterator[Panel]:
    async with Panel(desk) as panel:
        await panel.sign_in(ANNA, desk.session_room().room_id)
        yield panel


async def test_connecting_goes_on_to_its_outcome_and_ends_with_it(desk: Desk, panel: Panel) -> None:
    form = await panel.get("/sessions/1/connect", hx_request="true", hx_target="dialogs")
    assert not form.html.select("nav, script")
    token = str(form.html.select("form[method=post] input[name=request]")[0]["value"])
    fields = {"request": token, "field-name": "Carla Corp"}
    posted = await panel.post("/sessions/1/connect", fields, hx_request="true", hx_target="item-dialog")
    assert posted.status == 303
    assert posted.goes_to.startswith("/panel/sessions/1/requests/")
    await desk.settle()
    done = await panel.get(posted.goes_to.removeprefix("/panel"), hx_request="true", hx_target="item-dialog")
    events = json.loads(done.response.headers["hx-trigger-after-settle"])
    assert "close-dialog" in events
    assert "Carla" in events["toast"]
    assert link(desk) is not None


async def test_no_other_pages_form_can_act(desk: Desk, panel: Panel) -> None:
    """There is no cookie that the browser would send along."""
    bearer, panel.bearer = panel.bearer, ""
    for path in ("/sessions/1/connect", "/sessions/1/register/complaints"):
        assert (await panel.post(path, {"field-name": "Evil"})).status == 401
    panel.bearer = bearer
    assert link(desk) is None


@pytest.mark.parametrize("path", ["/sessions/2/connect", "/sessions/2/register/complaints"])
async def test_nothing_is_done_to_the_session_of_another_room(desk: Desk, panel: Panel, path: str) -> None:
    await desk.write(DAN, "Where is my parcel?")
    await desk.command(ANNA, "!take 2")
    assert (await panel.get("/sessions/2/connect")).status == 404
    assert (await panel.post(path, {"field-name": "Dan"})).status == 404


async def test_whoever_is_no_longer_its_operator_does_nothing(desk: Desk, panel: Panel) -> None:
    await desk.answer(ANNA, f"!transfer {BORIS}")
    assert desk.session().operator == BORIS
    assert (await panel.get("/room")).status in {403, 409}
    head = await panel.get("/sessions/1", hx_request="true", hx_target="session-head")
    assert head.response.headers["hx-trigger"] == "livechat:again"
    posted = await panel.post("/sessions/1/connect", {"request": "x" * 32, "field-name": "Carla Corp"})
    assert posted.status in {403, 409}
    await desk.settle()
    assert link(desk) is None


async def test_a_session_is_tended_and_closed_from_the_panel(desk: Desk, panel: Panel) -> None:
    page = await panel.get("/room")
    dialogs = {str(link["href"]) for link in page.html.select("a[data-dialog]")}
    assert {
        f"/panel/sessions/1/{name}" for name in ("rename", "set-priority", "transfer", "close")
    } <= dialogs
    for path in dialogs:
        form = await panel.get(path.removeprefix("/panel"), hx_request="true", hx_target="main")
        assert form.html.select("form[method=post]"), path
    seen = {"seen": ANNA}
    renamed = await panel.post("/sessions/1/rename", {"name": "Printer"}, hx_request="true")
    assert (renamed.status, desk.session().name) == (204, "Printer")
    urgent = await panel.post("/sessions/1/set-priority", {"priority": "high"}, hx_request="true")
    assert (urgent.status, desk.session().priority) == (204, Priority.HIGH)
    closed = await panel.post("/sessions/1/close", seen, hx_request="true")
    assert closed.status == 204
    assert "closed" in json.loads(closed.response.headers["hx-trigger"])["toast"]
    assert not desk.session().is_open


async def test_a_waiting_session_is_taken_from_the_panel(desk: Desk) -> None:
    await desk.write(DAN, "Where is my parcel?")
    async with Panel(desk) as panel:
        await panel.sign_in(BORIS, desk.session_room(DAN).room_id)
        take = (await panel.get("/room")).html.select("form[action$='/take']")
        assert take
        taken = await panel.post("/sessions/2/take", hx_request="true")
        assert taken.status == 204
        assert desk.session(2).operator == BORIS


async def test_everything_that_the_panel_does_is_a_command_as_well(desk: Desk, panel: Panel) -> None:
    """The routes of the panel that change something, each with its command."""
    does = {
        "/sessions/{number:int}/connect": "connect",
        "/sessions/{number:int}/register/{app_key}": "register",
        "/sessions/{number:int}/take": "take",
        "/sessions/{number:int}/take-over": "takeover",
        "/sessions/{number:int}/assign": "assign",
        "/sessions/{number:int}/transfer": "transfer",
        "/sessions/{number:int}/rename": "rename",
        "/sessions/{number:int}/priority": "priority",
        "/sessions/{number:int}/set-priority": "priority",
        "/sessions/{number:int}/close": "close",
    }
    changing = {route.path for route in every_route(panel.application) if "POST" in (route.methods or ())}
    assert changing - {"/sign-in"} == set(does)
    assert set(does.values()) <= {command.name for command in COMMANDS}
