"""Rooms that are upgraded, closed, or closed to us: followed or left, and told (SEC-ROOM)."""

import pytest

from livechat_plugin.core.naming import Naming
from livechat_plugin.matrix.events import read_event
from livechat_plugin.services.room_events import RoomReplaced
from tests.unit.desk import ANNA, BORIS, BOT, CARLA, DAN, MALLORY, SUPPORT, Desk
from tests.unit.grouping import Grouping
from tests.unit.wiring import ADA

A_DAY = 24 * 3600 + 1


@pytest.fixture
async def ada(desk: Desk) -> Grouping:
    return await Grouping.begin(desk)


async def group_room(ada: Grouping, *people: str) -> str:
    """A room of Ada's that the group `sales` follows."""
    room_id = await ada.desk.people.open_room(ADA, BOT, is_direct=False)
    for user in people:
        await ada.desk.people.invite(ADA, room_id, user)
        await ada.desk.people.join(user, room_id)
    await ada.desk.settle()
    await ada.ask(f"!groups add sales room={room_id}")
    return room_id


async def come_in(desk: Desk, room_id: str, *people: str) -> None:
    for user in people:
        await desk.people.invite(ADA, room_id, user)
        if user != BOT:
            await desk.people.join(user, room_id)
    await desk.settle()


# --- rooms that groups follow ---


async def test_a_group_follows_its_room_into_the_new_one(ada: Grouping) -> None:
    desk, old = ada.desk, await group_room(ada, ANNA, BORIS)
    new = desk.homeserver.upgraded(old, ADA)
    await desk.people.invite(ADA, new, BOT)
    await desk.people.upgrade(ADA, old, new)
    await desk.settle()
    assert "follows the new one" in ada.alarms()[-1]
    await come_in(desk, new, ANNA, CARLA)
    assert await ada.members("sales") == {ADA, ANNA, BORIS, CARLA}  # Boris has not come yet, and still counts
    desk.clock.advance(A_DAY)
    await desk.settle()
    assert await ada.members("sales") == {ADA, ANNA, CARLA}
    assert not desk.homeserver.rooms[old].has(BOT)
    assert desk.homeserver.rooms[new].has(BOT)
    await desk.people.leave(ANNA, new)
    await desk.settle()
    assert await ada.members("sales") == {ADA, CARLA}


async def test_an_upgrade_without_us_is_told_once_and_the_invitation_is_accepted(ada: Grouping) -> None:
    desk, old = ada.desk, await group_room(ada, ANNA)
    new = await desk.people.upgrade(ADA, old)
    await desk.settle()
    assert await ada.members("sales") == {ADA, ANNA}
    assert [f"Invite {BOT} to the new room" in told for told in ada.alarms()] == [True]
    await ada.ask("!groups refresh sales")
    assert len(ada.alarms()) == 1
    await come_in(desk, new, DAN, BOT)
    desk.clock.advance(A_DAY)
    await desk.settle()
    assert await ada.members("sales") == {ADA, DAN}


async def test_an_upgrade_that_nobody_pushed_is_found_out(ada: Grouping) -> None:
    desk, old = ada.desk, await group_room(ada, ANNA)
    new = desk.homeserver.upgraded(old, ADA)
    await desk.people.invite(ADA, new, BOT)
    await desk.people.upgrade(ADA, old, new)
    desk.homeserver.unpushed.clear()
    await ada.ask("!groups refresh sales")
    await desk.settle()
    assert desk.homeserver.rooms[new].has(BOT)
    assert "follows the new one" in ada.alarms()[-1]


@pytest.mark.parametrize("made_for", [None, "!another"])
async def test_nobody_leads_a_group_to_a_room_that_was_not_made_for_it(
    ada: Grouping, made_for: str | None
) -> None:
    desk, old = ada.desk, await group_room(ada, ANNA)
    trap = await desk.people.open_room(MALLORY, BOT, is_direct=False)
    desk.homeserver.rooms[trap].predecessor = made_for
    desk.homeserver.rooms[trap].is_public = True
    await desk.people.upgrade(ANNA, old, trap)
    await desk.settle()
    assert "Nothing is changed" in ada.alarms()[-1]
    desk.clock.advance(A_DAY)
    await desk.settle()
    assert await ada.members("sales") == {ADA, ANNA}


async def test_a_group_is_not_led_into_a_room_of_a_live_chat(ada: Grouping) -> None:
    desk, old = ada.desk, await group_room(ada, ANNA)
    desk.homeserver.rooms[desk.queue.room_id].predecessor = old
    desk.homeserver.rooms[desk.queue.room_id].memberships[BOT] = "invite"
    await desk.people.upgrade(ADA, old, desk.queue.room_id)
    await desk.settle()
    assert await ada.members("sales") == {ADA, ANNA}


async def test_a_space_is_followed_with_what_it_shows(ada: Grouping) -> None:
    desk = ada.desk
    space = await desk.people.open_space(ADA, "Company", BOT)
    team = await desk.people.open_space(ANNA, "Team", is_public=True)
    await desk.people.show_in_space(ADA, space, team)
    await desk.settle()
    await ada.ask(f"!groups add sales unit={space}")
    assert await ada.members("sales") == {ADA, ANNA}
    new = desk.homeserver.upgraded(space, ADA)
    await desk.people.invite(ADA, new, BOT)
    await desk.people.upgrade(ADA, space, new)
    await desk.settle()
    desk.clock.advance(A_DAY)
    await desk.settle()
    assert await ada.members("sales") == {ADA, ANNA}
    assert not desk.homeserver.rooms[space].has(BOT)


# --- direct chats ---


async def test_a_customers_conversation_goes_on_in_the_upgraded_room(desk: Desk) -> None:
    old = await desk.write(CARLA, "Hello")
    await desk.take(ANNA)
    await desk.enter(ANNA)
    new = await desk.people.upgrade(CARLA, desk.chat().room_id)
    await desk.settle()
    assert "upgraded the room" in desk.lines(desk.session_room())[-1]
    await desk.people.invite(CARLA, new, SUPPORT)
    await desk.settle()
    await desk.people.say(CARLA, new, "Still me")
    await desk.settle()
    await desk.answer(ANNA, "I see")
    assert "I see" in desk.lines(desk.homeserver.rooms[new])[-1]
    assert len(desk.stored.sessions) == 1, old


async def test_nobody_spoils_the_upgrade_of_somebody_elses_room(desk: Desk) -> None:
    """By naming its successor in a tombstone of their own."""
    await desk.write(CARLA, "Hello")
    await desk.write(DAN, "Hello")
    new = await desk.people.upgrade(CARLA, desk.chat(CARLA).room_id)
    await desk.people.upgrade(DAN, desk.chat(DAN).room_id, new)
    await desk.settle()
    await desk.people.invite(CARLA, new, SUPPORT)
    await desk.settle()
    assert desk.homeserver.rooms[new].has(SUPPORT)


async def test_nobody_spoils_the_upgrade_of_a_groups_room(ada: Grouping) -> None:
    desk, old = ada.desk, await group_room(ada, ANNA)
    await desk.write(CARLA, "Hello")
    new = await desk.people.upgrade(ADA, old)
    await desk.settle()
    await desk.people.upgrade(CARLA, desk.chat().room_id, new)
    await desk.settle()
    await come_in(desk, new, DAN, BOT)
    desk.clock.advance(A_DAY)
    await desk.settle()
    assert await ada.members("sales") == {ADA, DAN}


async def test_nobody_else_brings_a_live_chat_into_a_room_with_others_this_way(desk: Desk) -> None:
    await desk.write(CARLA, "Hello")
    new = await desk.people.upgrade(CARLA, desk.chat().room_id)
    desk.homeserver.rooms[new].memberships[DAN] = "join"
    await desk.people.invite(DAN, new, SUPPORT)
    await desk.settle()
    assert not desk.homeserver.rooms[new].has(SUPPORT)
    await desk.people.invite(CARLA, new, SUPPORT)  # a third person is in it
    await desk.settle()
    assert not desk.homeserver.rooms[new].has(SUPPORT)


async def test_a_chat_with_the_bot_goes_on_in_the_upgraded_room(ada: Grouping) -> None:
    desk = ada.desk
    new = await desk.people.upgrade(ADA, ada.room_id)
    await desk.settle()
    await desk.people.invite(ADA, new, BOT)
    await desk.settle()
    ada.room_id = new
    assert "!groups" in await ada.ask("!help")


# --- rooms of ours: only we could close them ---


async def test_a_closed_session_room_or_queue_room_changes_nothing(desk: Desk) -> None:
    await desk.write(CARLA, "Hello")
    await desk.take(ANNA)
    await desk.enter(ANNA)
    await desk.people.upgrade(ANNA, desk.session_room().room_id)
    await desk.people.upgrade(BORIS, desk.queue.room_id)
    await desk.settle()
    await desk.people.say(CARLA, desk.chat().room_id, "Are you there?")
    await desk.settle()
    assert "Are you there?" in desk.lines(desk.session_room())[-1]
    assert desk.session().operator == ANNA


# --- what is state, and what only looks like it ---


@pytest.mark.parametrize("state", [{}, {"state_key": "x"}, {"state_key": "@carla:example.org"}])
def test_a_message_that_looks_like_an_upgrade_is_none(state: dict[str, str]) -> None:
    assert read_event(tombstone(**state), Naming("livechat", "example.org")) is None
    event = read_event(tombstone(state_key=""), Naming("livechat", "example.org"))
    assert isinstance(event, RoomReplaced)
    assert event.successor == "!new"


def tombstone(**state: str) -> dict[str, object]:
    return {
        "type": "m.room.tombstone",
        "event_id": "$1",
        "room_id": "!r",
        "sender": CARLA,
        "origin_server_ts": 1_700_000_000_000,
        "content": {"body": "gone", "replacement_room": "!new"},
        **state,
    }
