"""Finding a live chat: the bot's list, and the personal space "Live chats" (requirements S1, S3, S4)."""

from dataclasses import replace

import pytest

from livechat_plugin.core.conversations import CustomerRoomState
from livechat_plugin.services.deliveries import ShowLiveChats
from livechat_plugin.services.invitations import SETTLED_ELSEWHERE
from livechat_plugin.services.live_chats import LiveChatForm
from tests.fakes.faults import refusal
from tests.fakes.rooms import FakeRoom
from tests.unit.desk import ANNA, BORIS, BOT, CARLA, DAN, MALLORY, SAM, SUPPORT, Desk
from tests.unit.grouping import Grouping
from tests.unit.wiring import SERVER


@pytest.fixture
async def carla(desk: Desk) -> Grouping:
    await desk.add_live_chat(LiveChatForm("it", "IT Help", (ANNA,), (SAM,), (CARLA,)))
    return await Grouping.begin(desk, CARLA)


def space_of(desk: Desk, user: str) -> FakeRoom:
    return desk.homeserver.rooms[desk.stored.customer_spaces[user].room_id or ""]


def shown(desk: Desk, user: str = CARLA) -> dict[str, str]:
    """The rooms in somebody's space: name to id."""
    return {desk.homeserver.rooms[child].name: child for child in space_of(desk, user).children}


def customer_state(desk: Desk, room_id: str) -> CustomerRoomState:
    [state] = [c.customer_state for c in desk.stored.conversations.values() if c.customer_room == room_id]
    return state


async def test_the_list_shows_what_is_open_with_links_to_the_ghosts(carla: Grouping) -> None:
    answer = await carla.ask("!chats")
    assert f"Customer Support: write to {SUPPORT}, https://matrix.to/#/{SUPPORT}" in answer
    assert "IT Help" in answer
    dan = await Grouping.begin(carla.desk, DAN)
    assert "IT Help" not in await dan.ask("!chats")


async def test_who_wrote_before_finds_the_same_room(carla: Grouping) -> None:
    chat = await carla.desk.open_chat(CARLA)
    assert f"Customer Support: your chat, https://matrix.to/#/{chat}?via={SERVER}" in await carla.ask(
        "!chats"
    )
    assert chat in space_of(carla.desk, CARLA).children


async def test_to_whom_nothing_is_open_is_told_whom_to_ask_and_gets_no_space(carla: Grouping) -> None:
    carla.desk.change_live_chat(customers=())
    anna = await Grouping.begin(carla.desk, ANNA)
    assert "No live chat is open to you. Please ask @ada:example.org." in await anna.ask("!chats")
    assert ANNA not in carla.desk.stored.customer_spaces


async def test_the_space_is_personal_and_holds_a_room_for_each_live_chat(carla: Grouping) -> None:
    await carla.ask("!chats")
    space = space_of(carla.desk, CARLA)
    assert space.memberships == {BOT: "join", CARLA: "invite"}
    rooms = shown(carla.desk)
    assert rooms.keys() == {"Customer Support", "IT Help"}
    room = carla.desk.homeserver.rooms[rooms["Customer Support"]]
    assert room.memberships == {SUPPORT: "join"}
    assert room.join_through == space.room_id
    dan = await Grouping.begin(carla.desk, DAN)
    await dan.ask("!chats")
    assert set(shown(carla.desk, DAN).values()).isdisjoint(rooms.values())


async def test_entering_a_room_of_the_space_and_writing_opens_a_session(carla: Grouping) -> None:
    desk = carla.desk
    await carla.ask("!chats")
    room_id = shown(desk)["Customer Support"]
    assert customer_state(desk, room_id) is CustomerRoomState.READY
    assert "write to" in await carla.ask("!chats")  # not entered yet: the link is the ghost's
    await desk.people.join(CARLA, space_of(desk, CARLA).room_id)
    await desk.people.join(CARLA, room_id)
    await desk.people.say(CARLA, room_id, "Hello")
    await desk.settle()
    assert customer_state(desk, room_id) is CustomerRoomState.JOINED
    await desk.command(ANNA, "!take 1")
    served = desk.stored.conversation(desk.session().conversation_id).session_room
    assert served is not None
    session_room = desk.homeserver.rooms[served.room_id or ""]
    assert session_room.name == "#1 Carla"
    await desk.people.join(ANNA, session_room.room_id)
    await desk.people.say(ANNA, session_room.room_id, "Good day")
    await desk.settle()
    assert desk.lines(desk.homeserver.rooms[room_id])[-1] == "livechat_support: Good day"
    assert f"your chat, https://matrix.to/#/{room_id}" in await carla.ask("!chats")


async def test_looking_again_makes_nothing_twice(carla: Grouping) -> None:
    await carla.ask("!chats")
    rooms, children = set(carla.desk.homeserver.rooms), set(space_of(carla.desk, CARLA).children)
    await carla.ask("!chats")
    assert set(carla.desk.homeserver.rooms) == rooms
    assert space_of(carla.desk, CARLA).children == children


async def test_what_is_no_longer_open_leaves_the_space_at_the_next_look(carla: Grouping) -> None:
    await carla.ask("!chats")
    carla.desk.change_live_chat(customers=(DAN,))
    await carla.ask("!chats")
    assert shown(carla.desk).keys() == {"IT Help"}
    carla.desk.stored.live_chats[2] = replace(
        carla.desk.stored.live_chats[2], deleted_at=carla.desk.clock.now()
    )
    assert "No live chat is open to you" in await carla.ask("!chats")
    assert not space_of(carla.desk, CARLA).children


async def test_a_live_chat_that_is_open_again_comes_back_with_its_room(carla: Grouping) -> None:
    await carla.ask("!chats")
    room_id = shown(carla.desk)["Customer Support"]
    carla.desk.change_live_chat(customers=())
    await carla.ask("!chats")
    carla.desk.change_live_chat(customers=(CARLA,))
    await carla.ask("!chats")
    assert shown(carla.desk)["Customer Support"] == room_id


async def test_a_direct_chat_takes_the_place_of_the_room_made_ahead(carla: Grouping) -> None:
    desk = carla.desk
    await carla.ask("!chats")
    ahead = shown(desk)["Customer Support"]
    direct = await desk.people.open_room(CARLA, SUPPORT)
    await desk.people.say(CARLA, direct, "Hello")
    await desk.settle()
    assert not desk.homeserver.rooms[ahead].has(SUPPORT)
    assert direct in space_of(desk, CARLA).children
    assert ahead not in space_of(desk, CARLA).children
    assert len(desk.stored.sessions) == 1


async def test_who_leaves_a_room_finds_a_fresh_one_in_the_space(carla: Grouping) -> None:
    desk = carla.desk
    await carla.ask("!chats")
    ahead = shown(desk)["Customer Support"]
    await desk.people.join(CARLA, space_of(desk, CARLA).room_id)
    await desk.people.join(CARLA, ahead)
    await desk.people.leave(CARLA, ahead)
    await desk.settle()
    fresh = shown(desk)["Customer Support"]
    assert fresh != ahead
    assert desk.homeserver.rooms[fresh].has(SUPPORT)
    await desk.people.join(CARLA, fresh)
    await desk.people.say(CARLA, fresh, "Hello again")
    await desk.settle()
    assert len(desk.stored.sessions) == 1


async def test_who_wants_no_invitations_gets_the_list_all_the_same(carla: Grouping) -> None:
    carla.desk.homeserver.faults.break_down(CARLA, refusal())
    assert SUPPORT in await carla.ask("!chats")
    assert carla.desk.stored.failed == {}


async def test_a_look_for_somebody_without_a_space_does_nothing(desk: Desk) -> None:
    rooms = set(desk.homeserver.rooms)
    async with desk.store.begin() as work:
        await work.outbox.add("finding:x", ShowLiveChats(CARLA))
        await work.commit()
    await desk.settle()
    assert set(desk.homeserver.rooms) == rooms


# --- access through groups ---


async def test_a_group_lets_its_members_in_and_nobody_else(desk: Desk) -> None:
    desk.change_live_chat(customers=("vips",))
    async with desk.store.begin() as work:
        await work.groups.set_members("vips", {CARLA})
        await work.commit()
    await desk.write(CARLA)
    await desk.write(DAN)
    assert len(desk.stored.sessions) == 1
    assert (
        "Customer Support is not open to you. Please ask @ada:example.org." in desk.lines(desk.chat(DAN))[-1]
    )


async def test_a_group_that_is_empty_lets_nobody_in(desk: Desk) -> None:
    desk.change_live_chat(customers=("nobody",))
    async with desk.store.begin() as work:
        await work.groups.set_members("nobody", ())
        await work.commit()
    await desk.write(CARLA)
    assert desk.stored.sessions == {}


async def test_who_is_out_of_the_group_finishes_the_open_session_and_opens_none_after_it(desk: Desk) -> None:
    desk.change_live_chat(customers=("vips",))
    await desk.write(CARLA, "Too early")
    assert len(desk.lines(desk.chat())) == 2
    async with desk.store.begin() as work:
        await work.groups.set_members("vips", {CARLA})
        await work.commit()
    await desk.write(CARLA)
    await desk.take(BORIS)
    async with desk.store.begin() as work:
        await work.groups.set_members("vips", ())
        await work.commit()
    await desk.write(CARLA, "Are you there?")
    assert "Are you there?" in desk.lines(desk.session_room())[-1]
    await desk.answer(BORIS, "!close")
    await desk.write(CARLA, "One more thing")
    assert len(desk.stored.sessions) == 1
    assert "is not open to you" in desk.lines(desk.chat())[-1]


async def test_no_group_lets_people_of_other_homeservers_in(desk: Desk) -> None:
    desk.change_live_chat(customers=("vips",))
    async with desk.store.begin() as work:
        await work.groups.set_members("vips", {MALLORY})
        await work.commit()
    await desk.people.open_room(MALLORY, SUPPORT)
    await desk.settle()
    desk.clock.advance(SETTLED_ELSEWHERE.total_seconds())
    await desk.settle()
    assert desk.chat(MALLORY).memberships[SUPPORT] == "leave"
    desk.change_live_chat(customers=("@*:elsewhere.org",))
    await desk.people.open_room(MALLORY, SUPPORT)
    await desk.write(MALLORY)
    assert len(desk.stored.sessions) == 1


async def test_a_deleted_live_chat_is_open_to_nobody(desk: Desk) -> None:
    desk.change_live_chat(deleted_at=desk.clock.now())
    await desk.write(CARLA)
    assert desk.stored.sessions == {}
