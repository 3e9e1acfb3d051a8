"""What is done from the rows of lists: taking, assigning, setting the priority."""

from livechat_plugin.core.employees import OperatorStatus
from livechat_plugin.core.sessions import Priority
from tests.unit.console import Console
from tests.unit.desk import ANNA, BORIS, CARLA, SAM, Desk
from tests.unit.test_console_lists import busy, console, desk, told
from tests.unit.wiring import ADA

__all__ = ["busy", "console", "desk"]


async def test_who_takes_a_session_goes_to_its_page(busy: Desk, console: Console) -> None:
    console.sign_in(ANNA)
    assert (await console.get("/sessions/queue")).all("form[action$='/3/take'] button") == ["Take"]
    page = await console.post("/sessions/3/take")
    assert (page.status, page.goes_to) == (303, "/console/sessions/3")
    await busy.settle()
    assert busy.session(3).operator == ANNA
    assert [(entry.actor, entry.action) for entry in busy.stored.audit.values()][-1] == (
        ANNA,
        "session.taken",
    )


async def test_the_second_one_is_told_who_was_faster(busy: Desk, console: Console) -> None:
    console.sign_in(BORIS)
    await console.post("/sessions/3/take")
    console.sign_in(ANNA)
    page = await console.post("/sessions/3/take")
    assert page.goes_to == "/console/sessions/queue"
    assert await told(console, page) == f"Session #3 is already taken by {BORIS}."
    assert busy.session(3).operator == BORIS


async def test_who_pressed_twice_has_it(busy: Desk, console: Console) -> None:
    console.sign_in(ANNA)
    await console.post("/sessions/3/take")
    assert (await console.post("/sessions/3/take")).goes_to == "/console/sessions/3"


async def test_who_is_offline_takes_nothing(busy: Desk, console: Console) -> None:
    async with busy.store.begin() as work:
        await work.employees.set_status(ANNA, OperatorStatus.OFFLINE)
        await work.commit()
    console.sign_in(ANNA)
    assert "You are offline" in await told(console, await console.post("/sessions/3/take"))
    assert busy.session(3).operator is None


async def test_nobody_else_takes_sessions(busy: Desk, console: Console) -> None:
    for user, status in ((CARLA, 403), (ADA, 404), (SAM, 403)):
        console.sign_in(user)
        assert (await console.post("/sessions/3/take")).status == status
    assert busy.session(3).operator is None


async def test_there_is_nothing_to_do_with_what_does_not_exist(desk: Desk, console: Console) -> None:
    console.sign_in(SAM)
    for action in ("take", "assign", "priority"):
        page = await console.post(f"/sessions/99/{action}", {"operator": ANNA, "priority": "high"})
        assert page.status == 404


# --- assigning ---


async def test_a_supervisor_sees_how_the_operators_stand(busy: Desk, console: Console) -> None:
    async with busy.store.begin() as work:
        await work.employees.set_status(BORIS, OperatorStatus.AWAY)
        await work.commit()
    console.sign_in(SAM)
    choices = (await console.get("/sessions/3/assign")).all(".people .list-row")
    assert choices == [
        f"A Anna {ANNA} 1 session Online",
        f"S Sam {SAM} 0 sessions Online",
        f"B Boris {BORIS} 1 session Away",
    ]
    assert len((await console.get("/sessions/3/assign?search=BOR")).all(".people .list-row")) == 1
    assert "Nobody is found" in (await console.get("/sessions/3/assign?search=zz")).text


async def test_a_supervisor_gives_a_session_to_an_operator(busy: Desk, console: Console) -> None:
    console.sign_in(SAM)
    assert (await console.get("/sessions/queue")).all("a[href*='/3/assign']") == ["Assign"]
    page = await console.post("/sessions/3/assign", {"operator": BORIS, "back": "active"})
    assert page.goes_to == "/console/sessions/active"
    assert busy.session(3).operator == BORIS
    assert await told(console, page) == f"Session #3 is {BORIS}'s now."


async def test_somebody_away_gets_it_only_if_that_is_meant(busy: Desk, console: Console) -> None:
    async with busy.store.begin() as work:
        await work.employees.set_status(BORIS, OperatorStatus.AWAY)
        await work.commit()
    console.sign_in(SAM)
    page = await console.post("/sessions/3/assign", {"operator": BORIS})
    assert (page.status, page.all("[role=alert]")) == (422, [f"{BORIS} is away."])
    assert page.html.select_one(f"input[value='{BORIS}']").has_attr("checked")  # type: ignore[union-attr]
    await console.post("/sessions/3/assign", {"operator": BORIS, "anyway": "yes"})
    assert busy.session(3).operator == BORIS


async def test_a_session_goes_only_to_people_of_the_live_chat(busy: Desk, console: Console) -> None:
    console.sign_in(SAM)
    for operator in ("", CARLA, "no id", "x" * 500):
        page = await console.post("/sessions/3/assign", {"operator": operator})
        assert page.status == 422
        assert len(page.all("[role=alert]")) == 1
    assert busy.session(3).operator is None


async def test_operators_assign_nothing(busy: Desk, console: Console) -> None:
    console.sign_in(ANNA)
    assert not (await console.get("/sessions/queue")).all("a[href*='assign']")
    assert (await console.get("/sessions/3/assign")).status == 403
    assert (await console.post("/sessions/3/assign", {"operator": BORIS})).status == 403
    assert busy.session(3).operator is None


# --- priority ---


async def test_the_priority_is_changed_from_the_row(busy: Desk, console: Console) -> None:
    console.sign_in(ANNA)
    await console.post("/sessions/3/priority", {"priority": "high"})
    assert busy.session(3).priority is Priority.HIGH
    assert "High" in (await console.get("/sessions/queue")).all(".session-row .badge-bad")[0]
    assert (await console.post("/sessions/3/priority", {"priority": "very"})).status == 409
    assert (await console.post("/sessions/2/priority", {"priority": "low"})).status == 409  # it is Boris's
