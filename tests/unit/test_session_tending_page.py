"""The buttons of a session's page do what the commands do, and nothing on the ground of what has changed since."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from livechat_plugin.core.sessions import Priority, SessionState
from tests.unit.console import Console
from tests.unit.desk import ANNA, BORIS, CARLA, DAN, SAM, Desk


@pytest_asyncio.fixture
async def desk() -> AsyncIterator[Desk]:
    desk = Desk()
    async with desk.working():
        await desk.set_up()
        await desk.write(CARLA, "Hello")
        await desk.take(ANNA)
        yield desk


@pytest_asyncio.fixture
async def console(desk: Desk) -> AsyncIterator[Console]:
    async with Console(desk) as console:
        console.sign_in(ANNA)
        yield console


async def test_the_operator_renames_and_prioritizes(desk: Desk, console: Console) -> None:
    page = await console.post("/sessions/1/rename", {"name": "The pump", "seen": ""})
    assert page.goes_to == "/console/sessions/1"
    await console.post("/sessions/1/set-priority", {"priority": "high", "seen": "not set"})
    assert (desk.session().name, desk.session().priority) == ("The pump", Priority.HIGH)
    await desk.settle()
    assert desk.session_room().name == "The pump"


async def test_what_somebody_else_changed_is_not_overwritten(desk: Desk, console: Console) -> None:
    await desk.answer(ANNA, "!rename Other")
    page = await console.post("/sessions/1/rename", {"name": "Mine", "seen": ""})
    assert page.status == 409
    assert "It is called Other now." in page.text
    await desk.command(ANNA, "!priority 1 low")
    page = await console.post("/sessions/1/set-priority", {"priority": "high", "seen": "not set"})
    assert page.status == 409
    assert "Its priority is low now." in page.text
    assert (desk.session().name, desk.session().priority) == ("Other", Priority.LOW)


async def test_a_session_is_transferred_with_a_note(desk: Desk, console: Console) -> None:
    form = await console.get("/sessions/1/transfer")
    people = [str(option["value"]) for option in form.html.select("optgroup[label=People] option")]
    assert people == [BORIS, SAM]
    page = await console.post("/sessions/1/transfer", {"to": BORIS, "note": "about pumps", "seen": ANNA})
    assert page.goes_to == "/console/sessions/mine"
    assert desk.session().operator == BORIS
    await desk.settle()
    assert "about pumps" in " ".join(desk.lines(desk.session_room()))
    assert "about pumps" not in " ".join(desk.lines(desk.chat()))


@pytest.mark.parametrize(
    ("to", "why"),
    [
        ("", "Choose who gets the session"),
        (DAN, "neither operator nor supervisor"),
        ("no such group", "There is no group"),
        ("@", ""),
    ],
)
async def test_it_is_transferred_to_nobody_who_could_not_serve_it(
    desk: Desk, console: Console, to: str, why: str
) -> None:
    page = await console.post("/sessions/1/transfer", {"to": to, "seen": ANNA})
    assert page.status in {403, 404, 409}
    assert why in page.text
    assert desk.session().operator == ANNA


async def test_a_page_that_is_too_old_transfers_and_closes_nothing(desk: Desk, console: Console) -> None:
    await desk.command(SAM, "!assign 1 @boris")
    console.sign_in(SAM)
    for path, fields in (
        ("transfer", {"to": SAM, "seen": ANNA}),
        ("close", {"seen": ANNA}),
        ("take-over", {"seen": ANNA}),
    ):
        page = await console.post(f"/sessions/1/{path}", fields)
        assert page.status == 409
        assert f"It is served by {BORIS} now." in page.text
    assert desk.session().operator == BORIS
    assert desk.session().is_open


async def test_a_supervisor_takes_over(desk: Desk, console: Console) -> None:
    console.sign_in(SAM)
    page = await console.post("/sessions/1/take-over", {"seen": ANNA}, headers={"hx-request": "true"})
    assert page.response.headers["hx-redirect"] == "/console/sessions/1"
    assert desk.session().operator == SAM


async def test_the_end_is_the_operators_and_the_supervisors(desk: Desk, console: Console) -> None:
    console.sign_in(BORIS)
    assert (await console.post("/sessions/1/close")).status == 403
    console.sign_in(ANNA)
    assert "gets a last word" in (await console.get("/sessions/1/close")).text
    page = await console.post("/sessions/1/close", {"seen": ANNA})
    assert page.goes_to == "/console/sessions/1"
    assert desk.session().state is SessionState.CLOSED
    again = await console.post("/sessions/1/close", {"seen": ANNA})
    assert again.status == 409
    assert "is closed" in again.text


async def test_others_than_supervisors_take_nothing_over(desk: Desk, console: Console) -> None:
    await desk.write(DAN, "Hello")
    page = await console.post("/sessions/2/take-over")
    assert page.status == 403
    assert "Only supervisors" in page.text


@pytest.mark.parametrize("priority", ["", "urgent", "HIGH"])
async def test_a_priority_that_is_none_is_refused(desk: Desk, console: Console, priority: str) -> None:
    page = await console.post("/sessions/1/set-priority", {"priority": priority})
    assert page.status == 409
    assert "Priority: choose one of" in page.text


async def test_a_name_that_is_too_long_is_refused(desk: Desk, console: Console) -> None:
    page = await console.post("/sessions/1/rename", {"name": "x" * 101})
    assert page.status == 409
    assert "at most 100" in page.text


async def test_nothing_is_done_while_switched_off(desk: Desk, console: Console) -> None:
    desk.use_cases.gate.is_on = False
    page = await console.post("/sessions/1/close", {"seen": ANNA})
    assert page.status == 409
    assert "switched off" in page.text
    assert desk.session().is_open


async def test_buttons_are_shown_to_those_who_may_use_them(desk: Desk, console: Console) -> None:
    async def buttons(user: str, number: int = 1) -> set[str]:
        console.sign_in(user)
        page = await console.get(f"/sessions/{number}")
        return {text.rstrip("…") for text in page.all(".talk-actions button, .talk-actions a") if text}

    assert {"Transfer", "Close", "Rename", "Priority"} <= await buttons(ANNA)
    assert not {"Take", "Take over", "Assign"} & await buttons(ANNA)
    assert {"Take over", "Transfer", "Close", "Assign"} <= await buttons(SAM)
    await desk.write(DAN, "Hello")
    assert {"Take", "Rename"} <= await buttons(BORIS, 2)
    assert not {"Close", "Transfer", "Take over"} & await buttons(BORIS, 2)


async def test_the_session_room_is_at_hand_for_those_who_are_in_it(desk: Desk, console: Console) -> None:
    page = await console.get("/sessions/1")
    [link] = page.html.select('a[href^="https://matrix.to/#/"]')
    assert desk.session_room().room_id.replace("!", "%21") in str(link["href"])
    await desk.write(DAN, "Hello")
    console.sign_in(BORIS)
    assert not (await console.get("/sessions/2")).html.select('a[href^="https://matrix.to/#/"]')


async def test_a_supervisor_assigns_from_the_page_and_comes_back_to_it(desk: Desk, console: Console) -> None:
    console.sign_in(SAM)
    page = await console.get("/sessions/1/assign?back=session")
    assert page.html.select_one('input[name=back][value="session"]') is not None
    assert page.html.select_one('a[href="/console/sessions/1"]') is not None
    done = await console.post("/sessions/1/assign", {"operator": BORIS, "back": "session"})
    assert done.goes_to == "/console/sessions/1"
    assert desk.session().operator == BORIS


async def test_supervisors_export_the_conversation(console: Console) -> None:
    console.sign_in(SAM)
    page = await console.get("/sessions/1")
    links = [str(link["href"]) for link in page.html.select("a[href*='/export']")]
    assert links == [
        "/console/sessions/1/export?form=html",
        "/console/sessions/1/export?form=html&internal=true",
    ]
    exported = await console.get("/sessions/1/export?form=html")
    assert exported.status == 200
    assert "Hello" in exported.text
    assert ANNA not in exported.text


async def test_operators_export_nothing(console: Console) -> None:
    page = await console.get("/sessions/1")
    assert not page.html.select("a[href*='/export']")
    refused = await console.get("/sessions/1/export?form=json")
    assert refused.status == 403
    assert "Hello" not in refused.text
