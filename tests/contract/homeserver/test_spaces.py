"""Rooms and spaces that groups follow."""

import pytest

from livechat_plugin.core.errors import HomeserverRefused
from livechat_plugin.services.ports import SpaceChild
from livechat_plugin.services.room_events import MembershipChanged, RoomReplaced, SpaceChildChanged
from tests.contract.homeserver.places import Place

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_space_shows_what_is_in_it_and_what_of_that_are_spaces(place: Place) -> None:
    people, bot = place.people, place.naming.bot
    sales = await people.open_space(place.carla, "Sales", bot)
    shown = {
        "invited": await people.open_space(place.carla, "North", bot),
        "public": await people.open_space(place.carla, "South", is_public=True),
        "hidden": await people.open_space(place.carla, "Hidden"),
        "room": await people.open_room(place.carla, bot, is_direct=False),
        "gone": await people.open_space(place.carla, "Gone", bot),
    }
    for child in shown.values():
        await people.show_in_space(place.carla, sales, child)
    await people.show_in_space(place.carla, sales, shown["gone"], is_in=False)
    await place.homeserver.join(sales, bot)
    view = await place.homeserver.look(sales, bot)
    assert (view.room_id, view.name, view.is_space) == (sales, "Sales", True)
    assert set(view.children) == {
        SpaceChild(shown["invited"], is_space=True),
        SpaceChild(shown["public"], is_space=True),
        SpaceChild(shown["hidden"], is_space=None),
        SpaceChild(shown["room"], is_space=False),
    }


async def test_a_space_with_more_rooms_than_one_page(place: Place) -> None:
    bot = place.naming.bot
    sales = await place.people.open_space(place.carla, "Sales", bot)
    children = {await place.people.open_space(place.carla, str(n), bot) for n in range(55)}
    for child in children:
        await place.people.show_in_space(place.carla, sales, child)
    await place.homeserver.join(sales, bot)
    view = await place.homeserver.look(sales, bot)
    assert {child.room_id for child in view.children if child.is_space} == children


async def test_a_room_is_no_space(place: Place) -> None:
    bot = place.naming.bot
    room_id = await place.people.open_room(place.carla, bot)
    await place.homeserver.join(room_id, bot)
    view = await place.homeserver.look(room_id, bot)
    assert (view.is_space, view.children) == (False, ())


async def test_a_room_that_we_are_not_in_is_closed_to_us(place: Place) -> None:
    bot, mark = place.naming.bot, await _mark(place)
    room_id = await place.people.open_room(place.carla)
    for ask in (
        place.homeserver.join(room_id, bot),
        place.homeserver.look(room_id, bot),
        place.homeserver.members(room_id, bot),
        place.homeserver.membership(room_id, bot, place.carla),
        place.homeserver.missed(room_id, bot, mark),
    ):
        with pytest.raises(HomeserverRefused):
            await ask


async def test_a_room_that_we_were_put_out_of_is_closed_to_us(place: Place) -> None:
    bot = place.naming.bot
    room_id = await place.people.open_space(place.carla, "Sales", bot)
    await place.homeserver.join(room_id, bot)
    await place.people.kick(place.carla, room_id, bot)
    for ask in (place.homeserver.join(room_id, bot), place.homeserver.members(room_id, bot)):
        with pytest.raises(HomeserverRefused):
            await ask


async def test_how_somebody_stands_to_a_room(place: Place) -> None:
    bot, people = place.naming.bot, place.people
    room_id = await people.open_space(place.carla, "Sales", bot)
    await place.homeserver.join(room_id, bot)

    async def dan() -> str | None:
        return await place.homeserver.membership(room_id, bot, place.dan)

    assert await dan() is None
    await people.invite(place.carla, room_id, place.dan)
    assert await dan() == "invite"
    await people.join(place.dan, room_id)
    assert await dan() == "join"
    await people.leave(place.dan, room_id)
    assert await dan() == "leave"
    await people.kick(place.carla, room_id, place.dan, is_banned=True)
    assert await dan() == "ban"


async def test_what_was_missed_in_a_room_is_who_came_and_went_and_what_it_shows(place: Place) -> None:
    bot, people = place.naming.bot, place.people
    space = await people.open_space(place.carla, "Sales", bot)
    await people.invite(place.carla, space, place.dan)
    await place.homeserver.join(space, bot)
    mark = await _mark(place)
    await people.join(place.dan, space)
    child = await people.open_space(place.carla, "North")
    await people.show_in_space(place.carla, space, child)
    await people.leave(place.dan, space)
    missed = await place.homeserver.missed(space, bot, mark)
    assert missed is not None
    told = [
        (event.user_id, event.membership) if isinstance(event, MembershipChanged) else event.child
        for event in missed
        if isinstance(event, MembershipChanged | SpaceChildChanged)
    ]
    assert told == [(place.dan, "join"), child, (place.dan, "leave")]


async def test_an_upgraded_room_and_the_one_that_goes_on_name_each_other(place: Place) -> None:
    bot = place.naming.bot
    old = await place.people.open_space(place.carla, "Sales", bot, is_public=True)
    await place.homeserver.join(old, bot)
    assert await place.homeserver.successor(old, bot) is None
    mark = await _mark(place)
    new = await place.people.upgrade(place.carla, old)
    await place.homeserver.join(new, bot)
    assert await place.homeserver.successor(old, bot) == new
    assert await place.homeserver.predecessor(new, bot) == old
    assert await place.homeserver.predecessor(old, bot) is None
    told = [
        event
        for event in await place.homeserver.missed(old, bot, mark) or ()
        if isinstance(event, RoomReplaced)
    ]
    assert [event.successor for event in told] == [new]


async def test_an_id_is_an_id_and_an_unknown_alias_is_none(place: Place) -> None:
    room_id = await place.people.open_room(place.carla)
    assert await place.homeserver.resolve(room_id) == room_id
    with pytest.raises(HomeserverRefused):
        await place.homeserver.resolve(f"#nowhere-{place.slug}:{place.naming.server_name}")


async def _mark(place: Place) -> str:
    await place.homeserver.ensure_ghost(place.watcher)
    return await place.homeserver.mark(place.watcher)
