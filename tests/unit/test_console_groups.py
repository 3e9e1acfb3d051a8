"""The pages of groups: lists of people, members of rooms, units (requirement S3)."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from livechat_plugin.core.groups import Group, GroupSource
from tests.fakes.faults import absence
from tests.unit.console import Console
from tests.unit.desk import ANNA, BORIS, CARLA, DAN, SAM, Desk
from tests.unit.wiring import ADA, SERVER


@pytest_asyncio.fixture
async def desk() -> AsyncIterator[Desk]:
    desk = Desk()
    async with desk.working():
        await desk.set_up()
        yield desk


@pytest_asyncio.fixture
async def console(desk: Desk) -> AsyncIterator[Console]:
    async with Console(desk) as console:
        console.sign_in(ADA)
        yield console


async def members(desk: Desk, name: str) -> frozenset[str]:
    async with desk.store.read() as work:
        return await work.groups.members(name)


async def group(desk: Desk, name: str) -> Group | None:
    async with desk.store.read() as work:
        return await work.groups.get(name)


async def test_a_list_is_made_shown_changed_and_deleted(console: Console, desk: Desk) -> None:
    new = {"kind": "list", "name": "  Sales / EMEA ", "members": f"{CARLA}, {DAN}"}
    page = await console.post("/groups", new)
    assert page.goes_to == "/console/groups/Sales%20%2F%20EMEA"
    path = "/groups/Sales%20%2F%20EMEA"
    page = await console.get(path)
    assert "has 2 members" in page.text
    assert page.all(".members .list-title") == [CARLA, DAN]
    assert "Used by nothing" in page.text
    await console.post(path, {"do": "add", "added": f"{ANNA} {BORIS}"})
    await console.post(path, {"do": "remove", "removed": DAN})
    assert await members(desk, "Sales / EMEA") == {CARLA, ANNA, BORIS}
    row = next(row for row in (await console.get("/groups")).all("tbody tr") if row.startswith("Sales"))
    assert row == "Sales / EMEA 3 List of people"
    assert (await console.post(path, {"do": "delete"})).goes_to == "/console/groups"
    assert await group(desk, "Sales / EMEA") is None
    assert (await console.get(path)).status == 404
    assert (await console.post(path, {"do": "add", "added": CARLA})).status == 404


@pytest.mark.parametrize(
    ("wrong", "key", "reason"),
    [
        ({"name": ""}, "name", "must not be empty"),
        ({"name": "x" * 61}, "name", "has 61 characters"),
        ({"name": "@anna:example.org"}, "name", "must not begin with"),
        ({"name": "support-operators"}, "name", "there is a group"),
        ({"members": "anna"}, "members", "is not a Matrix id"),
        ({"members": f"@*:{SERVER}"}, "members", "is not a Matrix id"),
        ({"kind": "room", "room": "sales"}, "room", "is neither an alias"),
        ({"kind": "room", "room": f"#nothing:{SERVER}"}, "room", "there is no room"),
        ({"kind": "unit", "room": ""}, "room", "is neither an alias"),
    ],
)
async def test_errors_stand_beside_their_fields(
    console: Console, desk: Desk, wrong: dict[str, Any], key: str, reason: str
) -> None:
    written = {"kind": "list", "name": "Sales", "members": CARLA, "room": ""} | wrong
    page = await console.post("/groups", written)
    assert page.status == 422
    [error] = page.all(f"#field-{key}-error")
    assert reason.casefold() in error.casefold()
    [name] = page.html.select("#field-name")
    assert name["value"] == written["name"]
    assert await group(desk, "Sales") is None


async def test_a_group_follows_a_room(console: Console, desk: Desk) -> None:
    room_id = await desk.people.open_room(ADA, f"@livechat:{SERVER}", is_direct=False)
    await desk.settle()
    page = await console.post("/groups", {"kind": "room", "name": "Friends", "room": room_id})
    assert page.goes_to == "/console/groups/Friends", page.text
    await desk.settle()
    made = await group(desk, "Friends")
    assert made is not None
    assert made.source is GroupSource.ROOM
    page = await console.get("/groups/Friends")
    assert page.all(".members .list-title") == [ADA]
    assert page.html.select("button[value=remove], button[value=add]") == []
    page = await console.post("/groups/Friends", {"do": "add", "added": DAN})
    assert page.status == 422
    assert "are not kept here" in page.text
    assert (await console.post("/groups/Friends", {"do": "refresh"})).status == 303
    page = await console.post("/groups/Friends", {"do": "follow", "room": "nowhere"})
    assert page.status == 422
    assert "is neither an alias" in page.all("#field-room-error")[0]


async def test_a_homeserver_that_is_away_makes_nothing_and_loses_nothing(
    console: Console, desk: Desk
) -> None:
    desk.homeserver.faults.fail(absence())
    page = await console.post("/groups", {"kind": "room", "name": "Friends", "room": f"#friends:{SERVER}"})
    assert page.status == 503
    assert page.html.select("#field-room")[0]["value"] == f"#friends:{SERVER}"


async def test_what_is_in_use_stays(console: Console, desk: Desk) -> None:
    page = await console.get("/groups/support-operators")
    assert "operators of support" in page.text
    page = await console.post("/groups/support-operators", {"do": "delete"})
    assert page.status == 409
    assert "is in use" in page.text
    assert await members(desk, "support-operators") == {ANNA, BORIS}


@pytest.mark.parametrize(
    "fields", [{}, {"do": "explode"}, {"do": "remove", "removed": "@mallory:elsewhere.org"}]
)
async def test_rubbish_changes_nothing(console: Console, desk: Desk, fields: dict[str, Any]) -> None:
    await console.post("/groups/support-operators", fields)
    await console.post("/groups", fields)
    assert await members(desk, "support-operators") == {ANNA, BORIS}


@pytest.mark.parametrize("user", [ANNA, SAM])
async def test_groups_are_for_administrators(console: Console, desk: Desk, user: str) -> None:
    console.sign_in(user)
    for path in ("/groups", "/groups?add=list", "/groups/support-operators"):
        assert (await console.get(path)).status == 403
    for fields in ({"kind": "list", "name": "Mine"}, {"do": "add", "added": user}, {"do": "delete"}):
        assert (await console.post("/groups", fields)).status == 403
        assert (await console.post("/groups/support-operators", fields)).status == 403
    assert await members(desk, "support-operators") == {ANNA, BORIS}
    assert await group(desk, "Mine") is None
