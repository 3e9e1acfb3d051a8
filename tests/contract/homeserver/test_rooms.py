"""Rooms, who is in them, and how ghosts look."""

from dataclasses import replace

import pytest

from livechat_plugin.core.acts import Say
from livechat_plugin.core.content import Text
from livechat_plugin.core.errors import HomeserverRefused, LivechatError
from livechat_plugin.services.ports import Profile
from tests.contract.homeserver.places import Place

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_room_has_its_creator_in_it_and_awaits_the_others(place: Place) -> None:
    await place.homeserver.ensure_ghost(place.ghost)
    room_id = await place.homeserver.create_room(place.plan(place.carla))
    assert await place.homeserver.members(room_id, place.ghost) == {place.ghost}
    await place.people.join(place.carla, room_id)
    assert await place.homeserver.members(room_id, place.ghost) == {place.ghost, place.carla}


async def test_making_a_room_again_finds_the_first(place: Place) -> None:
    await place.homeserver.ensure_ghost(place.ghost)
    room_id = await place.homeserver.create_room(place.plan())
    assert await place.homeserver.create_room(place.plan(place.carla)) == room_id
    await place.people.join(place.carla, room_id)  # who was to be invited is, also the second time
    assert await place.homeserver.create_room(place.plan(place.carla)) == room_id


async def test_a_room_where_one_needs_power_to_speak(place: Place) -> None:
    for user in (place.ghost, place.customer):
        await place.homeserver.ensure_ghost(user)
    room_id = await place.homeserver.create_room(place.plan(place.customer, speak_level=100))
    await place.homeserver.join(room_id, place.customer)
    await place.homeserver.act(room_id, place.ghost, Say(Text("Hello")), "one")
    with pytest.raises(HomeserverRefused):
        await place.homeserver.act(room_id, place.customer, Say(Text("Hello")), "two")


async def test_members_of_one_room_join_the_other_without_invitation(place: Place) -> None:
    homeserver = place.homeserver
    for user in (place.ghost, place.customer, stranger := place.naming.customer(place.slug, 2)):
        await homeserver.ensure_ghost(user)
    supervisors = await homeserver.create_room(
        replace(place.plan(place.customer), alias=f"livechat_{place.slug}_s")
    )
    await homeserver.join(supervisors, place.customer)
    room_id = await homeserver.create_room(place.plan(join_through=supervisors))
    await homeserver.join(room_id, place.customer)
    with pytest.raises(HomeserverRefused):
        await homeserver.join(room_id, stranger)
    assert await homeserver.members(room_id, place.ghost) == {place.ghost, place.customer}


async def test_inviting_joining_leaving_and_removing_can_be_repeated(place: Place) -> None:
    homeserver, ghost, customer = place.homeserver, place.ghost, place.customer
    for user in (ghost, customer):
        await homeserver.ensure_ghost(user)
    room_id = await homeserver.create_room(place.plan())
    for _ in range(2):
        await homeserver.invite(room_id, ghost, customer)
    for _ in range(2):
        await homeserver.join(room_id, customer)
    await homeserver.invite(room_id, ghost, customer)
    assert customer in await homeserver.members(room_id, ghost)
    for _ in range(2):
        await homeserver.leave(room_id, customer, "Done")
    assert customer not in await homeserver.members(room_id, ghost)
    await homeserver.remove(room_id, ghost, customer, "Out already")
    await homeserver.invite(room_id, ghost, customer)
    await homeserver.join(room_id, customer)
    for _ in range(2):
        await homeserver.remove(room_id, ghost, customer, "Done")
    assert await homeserver.members(room_id, ghost) == {ghost}


async def test_an_invitation_is_declined(place: Place) -> None:
    await place.homeserver.ensure_ghost(place.ghost)
    room_id = await place.people.open_room(place.carla, place.ghost)
    for _ in range(2):
        await place.homeserver.leave(room_id, place.ghost, "Direct chats only")
    with pytest.raises(HomeserverRefused):
        await place.homeserver.join(room_id, place.ghost)


async def test_an_invited_person_is_taken_back_out(place: Place) -> None:
    await place.homeserver.ensure_ghost(place.ghost)
    room_id = await place.homeserver.create_room(place.plan(place.carla))
    await place.homeserver.remove(room_id, place.ghost, place.carla, "A mistake")
    with pytest.raises(AssertionError):
        await place.people.join(place.carla, room_id)


async def test_only_the_creator_invites_and_removes(place: Place) -> None:
    homeserver = place.homeserver
    room_id = await place.shared_room()
    await homeserver.ensure_ghost(place.customer)
    await homeserver.invite(room_id, place.ghost, place.customer)
    await homeserver.join(room_id, place.customer)
    with pytest.raises(HomeserverRefused):
        await homeserver.invite(room_id, place.customer, place.dan)
    with pytest.raises(HomeserverRefused):
        await homeserver.remove(room_id, place.customer, place.carla, "No reason")
    assert place.carla in await homeserver.members(room_id, place.ghost)


async def test_rooms_that_are_not_there_or_not_open_are_refused(place: Place) -> None:
    await place.homeserver.ensure_ghost(place.ghost)
    closed = await place.people.open_room(place.carla)
    for room_id in ("!nowhere:example.org", closed):
        with pytest.raises(HomeserverRefused):
            await place.homeserver.join(room_id, place.ghost)
        with pytest.raises(HomeserverRefused):
            await place.homeserver.members(room_id, place.ghost)
        with pytest.raises(HomeserverRefused):
            await place.homeserver.invite(room_id, place.ghost, place.dan)
        await place.homeserver.leave(room_id, place.ghost, "Not there anyway")


async def test_a_room_is_renamed_and_shown_in_a_space(place: Place) -> None:
    for user in (place.ghost, place.customer):
        await place.homeserver.ensure_ghost(user)
    room_id = await place.homeserver.create_room(place.plan(place.customer))
    await place.homeserver.join(room_id, place.customer)
    space_plan = replace(place.plan(), alias=f"livechat_{place.slug}_space", is_space=True, speak_level=100)
    space = await place.homeserver.create_room(space_plan)
    for is_in in (True, True, False, False):
        await place.homeserver.put_into_space(space, place.ghost, room_id, is_in=is_in)
    await place.homeserver.rename_room(room_id, place.ghost, "#12 Carla")
    with pytest.raises(HomeserverRefused):
        await place.homeserver.rename_room(room_id, place.customer, "Ours now")


async def test_profiles_of_people_and_ghosts(place: Place) -> None:
    nobody = f"@nobody:{place.naming.server_name}"
    assert await place.homeserver.profile(nobody) == Profile()
    await place.people.present(place.carla, "Carla Customer", "mxc://example.org/carla")
    expected = Profile("Carla Customer", "mxc://example.org/carla")
    assert await place.homeserver.profile(place.carla) == expected
    for _ in range(2):
        await place.homeserver.ensure_ghost(place.customer)
    await place.homeserver.set_profile(place.customer, expected)
    assert await place.homeserver.profile(place.customer) == expected
    await place.homeserver.set_profile(place.customer, Profile("Carla C."))
    assert await place.homeserver.profile(place.customer) == replace(expected, display_name="Carla C.")
    await place.homeserver.set_profile(place.customer, Profile("Carla C.", ""))
    assert await place.homeserver.profile(place.customer) == Profile("Carla C.")


async def test_a_ghost_that_was_never_made_cannot_act(place: Place) -> None:
    with pytest.raises(HomeserverRefused):
        await place.homeserver.create_room(place.plan())


async def test_somebody_elses_account_is_no_ghost(place: Place) -> None:
    with pytest.raises(LivechatError):
        await place.homeserver.ensure_ghost(place.carla)


async def test_who_is_in_a_room_invited_or_banned(place: Place) -> None:
    await place.homeserver.ensure_ghost(place.ghost)
    room_id = await place.people.open_room(place.carla, place.ghost)
    await place.homeserver.join(room_id, place.ghost)
    mallory = place.naming.customer(place.slug, 7)
    await place.homeserver.ensure_ghost(mallory)
    await place.people.kick(place.carla, room_id, mallory, is_banned=True)
    people = await place.homeserver.people(room_id, place.ghost)
    assert people == {place.carla: "join", place.ghost: "join", mallory: "ban"}
    room_id = await place.homeserver.create_room(place.plan(place.carla))
    assert await place.homeserver.people(room_id, place.ghost) == {place.ghost: "join", place.carla: "invite"}
    await place.people.leave(place.carla, room_id)
    assert await place.homeserver.people(room_id, place.ghost) == {place.ghost: "join"}
