"""Organizational units: the members of a space and of all spaces below it, followed live."""

import pytest

from livechat_plugin.core import groups as core_groups
from livechat_plugin.services import group_look
from tests.unit.desk import ANNA, BORIS, BOT, CARLA, DAN, Desk
from tests.unit.grouping import Grouping
from tests.unit.wiring import ADA


@pytest.fixture
async def ada(desk: Desk) -> Grouping:
    return await Grouping.begin(desk)


async def space(ada: Grouping, name: str, *people: str, below: str | None = None) -> str:
    """A space of Ada's with the bot invited and people in it."""
    room_id = await ada.desk.people.open_space(ADA, name, BOT)
    for user in people:
        await ada.desk.people.invite(ADA, room_id, user)
        await ada.desk.people.join(user, room_id)
    if below is not None:
        await ada.desk.people.show_in_space(ADA, below, room_id)
    await ada.desk.settle()
    return room_id


async def test_a_unit_has_the_members_of_all_spaces_below(ada: Grouping) -> None:
    sales = await space(ada, "Sales", ANNA)
    north = await space(ada, "North", CARLA, below=sales)
    await space(ada, "Far north", DAN, below=north)
    assert "has 4 members" in await ada.ask(f"!groups add sales unit={sales}")
    assert await ada.members("sales") == {ADA, ANNA, CARLA, DAN}
    assert "Spaces: 3" in await ada.ask("!groups show sales")


async def test_rooms_in_a_space_are_no_units(ada: Grouping) -> None:
    sales = await space(ada, "Sales")
    room = await ada.desk.people.open_room(ADA, BOT, is_direct=False)
    await ada.desk.people.invite(ADA, room, CARLA)
    await ada.desk.people.join(CARLA, room)
    await ada.desk.people.show_in_space(ADA, sales, room)
    await ada.ask(f"!groups add sales unit={sales}")
    assert await ada.members("sales") == {ADA}


async def test_a_sub_unit_comes_and_goes_and_its_people_with_it(ada: Grouping) -> None:
    sales = await space(ada, "Sales")
    await ada.ask(f"!groups add sales unit={sales}")
    ada.desk.change_live_chat(operators="sales")
    north = await space(ada, "North", CARLA, below=sales)
    assert await ada.members("sales") == {ADA, CARLA}
    assert ada.desk.queue.memberships[CARLA] == "invite"
    await ada.desk.people.invite(ADA, north, DAN)
    await ada.desk.people.join(DAN, north)
    await ada.desk.settle()
    assert DAN in await ada.members("sales")
    await ada.desk.people.show_in_space(ADA, sales, north, is_in=False)
    await ada.desk.settle()
    assert await ada.members("sales") == {ADA}
    assert ada.desk.queue.memberships[CARLA] == "leave"
    assert not ada.desk.homeserver.rooms[north].has(BOT)


async def test_who_is_in_two_sub_units_stays_in_the_unit_after_leaving_one(ada: Grouping) -> None:
    sales = await space(ada, "Sales")
    north = await space(ada, "North", CARLA, below=sales)
    await space(ada, "South", CARLA, below=sales)
    await ada.ask(f"!groups add sales unit={sales}")
    await ada.desk.people.leave(CARLA, north)
    await ada.desk.settle()
    assert CARLA in await ada.members("sales")


async def test_a_loop_is_refused_and_both_spaces_named(ada: Grouping) -> None:
    sales = await space(ada, "Sales")
    north = await space(ada, "North", below=sales)
    await ada.desk.people.show_in_space(ADA, north, sales)
    answer = await ada.ask(f"!groups add sales unit={sales}")
    assert f'the space "North" ({north}) holds the space "Sales" ({sales})' in answer
    assert "sales" not in ada.desk.stored.groups
    assert not ada.desk.stored.group_rooms


async def test_a_loop_that_is_made_later_is_cut_and_told_once(ada: Grouping) -> None:
    sales = await space(ada, "Sales", ANNA)
    north = await space(ada, "North", CARLA, below=sales)
    await ada.ask(f"!groups add sales unit={sales}")
    await ada.desk.people.show_in_space(ADA, north, sales)
    await ada.desk.settle()
    assert await ada.members("sales") == {ADA, ANNA, CARLA}
    await ada.ask("!groups refresh sales")
    [told] = ada.alarms()
    assert "The group 'sales' is followed in part only" in told
    assert f'"North" ({north})' in told
    assert f'"Sales" ({sales})' in told


async def test_a_space_within_itself_is_a_loop(ada: Grouping) -> None:
    sales = await space(ada, "Sales")
    await ada.desk.people.show_in_space(ADA, sales, sales)
    assert "holds the space" in await ada.ask(f"!groups add sales unit={sales}")


async def test_a_space_below_two_others_counts_once(ada: Grouping) -> None:
    sales = await space(ada, "Sales")
    north, south = await space(ada, "North", below=sales), await space(ada, "South", below=sales)
    shared = await space(ada, "Shared", CARLA, below=north)
    await ada.desk.people.show_in_space(ADA, south, shared)
    assert "has 2 members" in await ada.ask(f"!groups add sales unit={sales}")
    await ada.desk.people.show_in_space(ADA, north, shared, is_in=False)
    await ada.desk.settle()
    assert CARLA in await ada.members("sales")
    assert ada.alarms() == []


async def test_a_unit_is_a_space(ada: Grouping) -> None:
    room = await ada.desk.people.open_room(ADA, BOT, is_direct=False)
    assert "is a room, and a unit is a tree of spaces" in await ada.ask(f"!groups add sales unit={room}")


async def test_a_sub_unit_that_nobody_shows_us_is_named_and_awaited(ada: Grouping) -> None:
    sales = await space(ada, "Sales")
    hidden = await ada.desk.people.open_space(BORIS, "Hidden", CARLA)
    await ada.desk.people.join(CARLA, hidden)
    await ada.desk.people.show_in_space(ADA, sales, hidden)
    answer = await ada.ask(f"!groups add sales unit={sales}")
    assert hidden in answer
    assert "!groups refresh sales" in answer
    await ada.desk.people.invite(BORIS, hidden, BOT)
    await ada.desk.settle()
    assert await ada.members("sales") == {ADA, BORIS, CARLA}


async def test_a_public_sub_unit_is_joined(ada: Grouping) -> None:
    sales = await space(ada, "Sales")
    public = await ada.desk.people.open_space(CARLA, "Public", is_public=True)
    await ada.desk.people.show_in_space(ADA, sales, public)
    await ada.ask(f"!groups add sales unit={sales}")
    assert await ada.members("sales") == {ADA, CARLA}


async def test_a_unit_that_is_too_deep_or_too_large_is_refused(
    ada: Grouping, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(group_look, "MAX_DEPTH", 2)
    sales = await space(ada, "Sales")
    north = await space(ada, "North", below=sales)
    assert "has 1 member" in await ada.ask(f"!groups add fits unit={sales}")
    await space(ada, "Far north", below=north)
    assert "a unit has at most 2 levels" in await ada.ask(f"!groups add deep unit={sales}")
    assert "what stands below" in ada.alarms()[0]
    monkeypatch.setattr(group_look, "MAX_DEPTH", core_groups.MAX_DEPTH)
    monkeypatch.setattr(group_look, "MAX_SPACES", 2)
    assert "and 2 spaces" in await ada.ask(f"!groups add large unit={sales}")
    assert set(ada.desk.stored.group_rooms) == {"fits"}


async def test_changes_that_were_missed_are_read_after_the_homeserver_was_away(ada: Grouping) -> None:
    sales = await space(ada, "Sales")
    await ada.ask(f"!groups add sales unit={sales}")
    north = await ada.desk.people.open_space(ADA, "North", BOT)
    await ada.desk.people.invite(ADA, north, CARLA)
    await ada.desk.people.join(CARLA, north)
    await ada.desk.settle()
    async with ada.desk.store.begin() as work:
        await work.inbox.keep_note("homeserver_mark", "0")
        await work.commit()
    await ada.desk.people.show_in_space(ADA, sales, north)
    ada.desk.homeserver.unpushed.clear()
    await ada.desk.reconciliation._catch_up()
    await ada.desk.settle()
    assert await ada.members("sales") == {ADA, CARLA}


async def test_a_new_sub_unit_does_not_make_us_read_the_members_of_all_others(ada: Grouping) -> None:
    sales = await space(ada, "Sales")
    others = [await space(ada, f"Unit {number}", CARLA, below=sales) for number in range(4)]
    await ada.ask(f"!groups add sales unit={sales}")
    ada.desk.homeserver.rooms[others[0]].memberships[DAN] = "join"  # of which nobody told us
    await space(ada, "New", BORIS, below=sales)
    assert await ada.members("sales") == {ADA, CARLA, BORIS}
    await ada.ask("!groups refresh sales")
    assert await ada.members("sales") == {ADA, CARLA, BORIS, DAN}
