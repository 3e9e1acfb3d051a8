"""Invitations: who may bring a live chat where, and what was written before it came."""

import pytest

from livechat_plugin import Text, preview
from livechat_plugin.core.errors import HomeserverUnavailable
from livechat_plugin.services.delivering.giving_up import SETTLING_ELSEWHERE, TRIES_ELSEWHERE
from livechat_plugin.services.invitations import SETTLED_ELSEWHERE
from livechat_plugin.services.live_chats import LiveChatForm
from livechat_plugin.services.repositories.rooms import RoomBinding, RoomKind
from livechat_plugin.services.room_events import MessageSent
from tests.fakes.faults import absence, refusal
from tests.unit.desk import ANNA, BOT, CARLA, DAN, MALLORY, SUPPORT, Desk


async def test_the_live_chat_comes_into_a_direct_chat_and_is_silent_there(desk: Desk) -> None:
    await desk.open_chat(CARLA)
    assert desk.chat().has(SUPPORT)
    assert desk.lines(desk.chat()) == []
    assert desk.stored.sessions == {}


async def test_what_was_written_before_it_came_is_there_in_order(desk: Desk) -> None:
    room_id = await desk.people.open_room(CARLA, SUPPORT)
    for word in ("one", "two", "three"):
        await desk.people.say(CARLA, room_id, word)
    await desk.settle()
    assert desk.session().subject == "one"
    assert desk.lines(desk.session_room()) == [
        f"livechat_support_c1: {word}" for word in ("one", "two", "three")
    ]


async def test_what_arrives_while_it_comes_follows_what_was_written_before(desk: Desk) -> None:
    """The homeserver pushes what is written once the ghost is in, while we still fetch what was before."""
    desk.homeserver.faults.stall(CARLA)  # asking for Carla's profile takes its time
    room_id = await desk.people.open_room(CARLA, SUPPORT)
    await desk.people.say(CARLA, room_id, "before")
    await desk.push_pending()
    await desk.until(lambda: desk.homeserver.rooms[room_id].has(SUPPORT))
    await desk.people.say(CARLA, room_id, "meanwhile")
    await desk.push_pending()
    assert desk.stored.sessions == {}
    desk.homeserver.faults.mend(CARLA)
    await desk.settle()
    await desk.write(CARLA, "after")
    assert desk.lines(desk.session_room()) == [
        f"livechat_support_c1: {word}" for word in ("before", "meanwhile", "after")
    ]


async def test_the_rooms_order_counts_and_not_that_of_arrival(desk: Desk) -> None:
    desk.homeserver.faults.stall(CARLA)
    room_id = await desk.people.open_room(CARLA, SUPPORT)
    await desk.push_pending()
    await desk.until(lambda: desk.homeserver.rooms[room_id].has(SUPPORT))
    await desk.people.say(CARLA, room_id, "first")
    await desk.push_pending()
    await desk.people.say(CARLA, room_id, "second, in the history before it is pushed")
    desk.homeserver.faults.mend(CARLA)
    await desk.until(lambda: desk.stored.sessions)
    await desk.settle()
    assert [line.partition(": ")[2][:6] for line in desk.lines(desk.session_room())] == ["first", "second"]


async def test_what_arrived_before_but_is_not_in_the_history_is_not_lost(desk: Desk) -> None:
    desk.homeserver.faults.stall(CARLA)
    room_id = await desk.people.open_room(CARLA, SUPPORT)
    await desk.push_pending()
    await desk.until(lambda: desk.homeserver.rooms[room_id].has(SUPPORT))
    held = await desk.people.say(CARLA, room_id, "held")
    await desk.push_pending()
    room = desk.homeserver.rooms[room_id]
    room.events = [
        event for event in room.events if event.event_id != held
    ]  # more than we ask for came since
    desk.homeserver.faults.mend(CARLA)
    await desk.settle()
    assert desk.lines(desk.session_room()) == ["livechat_support_c1: held"]


async def test_coming_in_is_repeated_without_doubling_anything(desk: Desk) -> None:
    desk.homeserver.faults.break_down(CARLA, absence())
    room_id = await desk.people.open_room(CARLA, SUPPORT)
    await desk.people.say(CARLA, room_id, "Hello")
    await desk.push_pending()
    await desk.until(lambda: desk.meter.of("delivery_retries", "join_customer_room") > 1)
    desk.homeserver.faults.mend(CARLA)
    await desk.settle()
    assert desk.lines(desk.session_room()) == ["livechat_support_c1: Hello"]


async def test_an_invitation_that_cannot_be_accepted_leaves_the_customer_unreached(desk: Desk) -> None:
    room_id = await desk.people.open_room(CARLA, SUPPORT)
    desk.homeserver.faults.break_down(room_id, refusal())
    await desk.settle()
    assert desk.meter.of("deliveries_failed", "join_customer_room") == 1
    desk.homeserver.faults.mend(room_id)
    await desk.write(CARLA, "never heard, since the live chat is not there")
    assert desk.stored.sessions == {}
    second = await desk.open_chat(CARLA)
    await desk.people.say(CARLA, second, "Hello")
    await desk.settle()
    assert desk.session().subject == "Hello"


async def test_an_invitation_into_a_group_is_declined_with_the_reason(desk: Desk) -> None:
    room_id = await desk.people.open_room(CARLA, SUPPORT, is_direct=False)
    await desk.settle()
    assert desk.homeserver.rooms[room_id].memberships[SUPPORT] == "leave"
    assert desk.homeserver.rooms[room_id].reasons[SUPPORT] == (
        "Customer Support answers in direct chats only. Start a direct chat with me."
    )


async def test_a_direct_chat_with_others_in_it_is_left_with_a_word(desk: Desk) -> None:
    room_id = await desk.people.open_room(CARLA, DAN, SUPPORT)
    await desk.people.join(DAN, room_id)
    await desk.people.say(CARLA, room_id, "Hello")
    await desk.settle()
    room = desk.homeserver.rooms[room_id]
    assert desk.lines(room)[-1].startswith("livechat_support: Customer Support answers in direct chats only.")
    assert room.memberships[SUPPORT] == "leave"
    assert desk.stored.sessions == {}


async def test_strangers_of_other_homeservers_are_declined(desk: Desk) -> None:
    room_id = await desk.people.open_room(MALLORY, SUPPORT)
    await desk.settle()
    room = desk.homeserver.rooms[room_id]
    assert room.memberships[SUPPORT] == "invite"  # their homeserver may not have it in the room yet
    desk.clock.advance(SETTLED_ELSEWHERE.total_seconds())
    await desk.settle()
    assert room.memberships[SUPPORT] == "leave"
    assert room.reasons[SUPPORT] == "Customer Support is not open to you."
    assert desk.stored.accounts == {}


async def test_people_of_other_homeservers_who_are_customers_come_in(desk: Desk) -> None:
    desk.change_live_chat(customers=("@*:elsewhere.org",))
    await desk.write(MALLORY, "Hello")
    assert "#1 mallory" in preview(desk.card().content, 1000)


async def test_who_comes_too_soon_for_another_homeserver_comes_again(desk: Desk) -> None:
    desk.change_live_chat(customers=("@*:elsewhere.org",))
    room_id = await desk.people.open_room(MALLORY, SUPPORT)
    await desk.people.say(MALLORY, room_id, "Hello")
    desk.homeserver.faults.break_down(room_id, refusal())
    await desk.settle()
    desk.homeserver.faults.mend(room_id)
    desk.clock.advance(SETTLING_ELSEWHERE.total_seconds())
    await desk.settle()
    assert desk.session().subject == "Hello"


async def test_another_homeserver_that_goes_on_refusing_is_not_asked_for_ever(desk: Desk) -> None:
    desk.change_live_chat(customers=("@*:elsewhere.org",))
    room_id = await desk.people.open_room(MALLORY, SUPPORT)
    desk.homeserver.faults.break_down(room_id, refusal())
    for _ in range(TRIES_ELSEWHERE + 2):
        await desk.settle()
        desk.clock.advance(60)
    assert desk.meter.of("deliveries_failed", "join_customer_room") == TRIES_ELSEWHERE
    assert room_id not in desk.stored.rooms


@pytest.mark.parametrize("customers", [(), ("@dan:example.org",), ("vips",)])
async def test_who_is_no_customer_is_told_whom_to_ask(desk: Desk, customers: tuple[str, ...]) -> None:
    desk.change_live_chat(customers=customers)
    await desk.write(CARLA, "Hello")
    expected = "livechat_support: Customer Support is not open to you. Please ask @ada:example.org."
    assert desk.lines(desk.chat()) == ["carla: Hello", expected]
    assert desk.stored.sessions == {}


async def test_who_is_in_a_group_of_customers_may_write(desk: Desk) -> None:
    desk.change_live_chat(customers=("vips",))
    desk.stored.groups["vips"] = frozenset({CARLA})
    await desk.write(CARLA, "Hello")
    assert desk.session().subject == "Hello"


async def test_a_second_direct_chat_takes_over_the_conversation(desk: Desk) -> None:
    await desk.write(CARLA, "in the first")
    await desk.take(ANNA)
    first = desk.chat()
    second = desk.homeserver.rooms[await desk.open_chat(CARLA)]
    assert desk.lines(first)[-1] == (
        "livechat_support: Your conversation with Customer Support goes on in the chat that you opened last."
    )
    assert first.memberships[SUPPORT] == "leave"
    await desk.write(CARLA, "in the second")
    assert len(desk.stored.sessions) == 1
    assert desk.lines(desk.session_room())[-1] == "livechat_support_c1: in the second"
    await desk.answer(ANNA, "Hello")
    assert desk.lines(second)[-1] == "livechat_support: Hello"
    await desk.people.say(CARLA, first.room_id, "Nobody here?")
    await desk.settle()
    assert desk.lines(desk.session_room())[-1] == "anna: Hello"


async def test_of_two_direct_chats_opened_at_once_the_second_counts_and_the_first_is_left(desk: Desk) -> None:
    first = await desk.people.open_room(CARLA, SUPPORT)
    second = await desk.people.open_room(CARLA, SUPPORT)
    await desk.settle()
    assert desk.homeserver.rooms[first].memberships[SUPPORT] == "leave"
    assert desk.homeserver.rooms[second].has(SUPPORT)


async def test_the_same_room_again_after_everybody_left_it(desk: Desk) -> None:
    await desk.write(CARLA, "Hello")
    room_id = desk.chat().room_id
    await desk.people.kick(CARLA, room_id, SUPPORT)
    await desk.settle()
    await desk.people.invite(CARLA, room_id, SUPPORT, is_direct=True)
    await desk.settle()
    await desk.write(CARLA, "Back again")
    assert desk.chat().room_id == room_id
    assert desk.lines(desk.session_room())[-1] == "livechat_support_c1: Back again"


async def test_other_ghosts_of_ours_go_nowhere(desk: Desk) -> None:
    await desk.write()
    for ghost in (desk.ghost(), "@livechat_nosuch:example.org"):
        desk.homeserver.ghosts.add(ghost)
        room_id = await desk.people.open_room(DAN, ghost)
        await desk.settle()
        room = desk.homeserver.rooms[room_id]
        assert room.memberships[ghost] == "leave"
        assert room.reasons[ghost] == "This user only speaks for others."


@pytest.mark.parametrize("other", [BOT, "@livechat_it:example.org"])
async def test_who_is_invited_beside_a_live_chat_takes_nothing_from_it(desk: Desk, other: str) -> None:
    await desk.add_live_chat(LiveChatForm("it", "IT", (ANNA,), (), ("@*:example.org",)))
    await desk.write(CARLA, "Hello")
    await desk.people.invite(CARLA, desk.chat().room_id, other, is_direct=True)
    await desk.settle()
    assert desk.chat().memberships[other] == "leave"
    await desk.write(CARLA, "Are you there?")
    assert desk.lines(desk.session_room())[-1] == "livechat_support_c1: Are you there?"
    assert desk.chat().has(SUPPORT)


async def test_two_live_chats_invited_at_once_do_not_lose_what_is_written(desk: Desk) -> None:
    await desk.add_live_chat(LiveChatForm("it", "IT", (ANNA,), (), ("@*:example.org",)))
    await desk.people.open_room(CARLA, SUPPORT, "@livechat_it:example.org")
    await desk.settle()
    await desk.write(CARLA, "Hello")
    assert [line.partition(": ")[2] for line in desk.lines(desk.session_room())] == ["Hello"]


async def test_a_room_that_one_live_chat_left_may_be_used_for_another(desk: Desk) -> None:
    await desk.add_live_chat(LiveChatForm("it", "IT", (ANNA,), (), ("@*:example.org",)))
    await desk.write(CARLA, "Hello")
    await desk.people.kick(CARLA, desk.chat().room_id, SUPPORT)
    await desk.settle()
    await desk.people.invite(CARLA, desk.chat().room_id, "@livechat_it:example.org", is_direct=True)
    await desk.settle()
    await desk.write(CARLA, "To IT")
    assert desk.session(2).subject == "To IT"


async def test_the_bot_comes_into_direct_chats_only(desk: Desk) -> None:
    group = await desk.people.open_room(CARLA, BOT, is_direct=False)
    remote = await desk.people.open_room(MALLORY, BOT)
    direct = await desk.people.open_room(CARLA, BOT)
    await desk.settle()
    rooms = desk.homeserver.rooms
    desk.clock.advance(SETTLED_ELSEWHERE.total_seconds())
    await desk.settle()
    assert rooms[group].memberships[BOT] == rooms[remote].memberships[BOT] == "leave"
    assert "direct chats only" in rooms[group].reasons[BOT]
    assert "its own homeserver" in rooms[remote].reasons[BOT]
    assert desk.lines(rooms[direct]) == [
        "livechat: Hello! I am the live chat's bot. Write !help to see what I can do."
    ]


async def test_the_customer_is_known_by_the_name_in_their_profile(desk: Desk) -> None:
    await desk.people.present(CARLA, "Carla Customer", "mxc://example.org/carla")
    await desk.write()
    assert desk.homeserver.profiles[desk.ghost()] == desk.homeserver.profiles[CARLA]
    assert desk.session_room().name == "#1 Carla Customer"


async def test_who_has_no_profile_is_known_by_the_local_part(desk: Desk) -> None:
    del desk.homeserver.profiles[CARLA]
    await desk.write()
    assert desk.session_room().name == "#1 carla"


async def test_a_message_in_a_room_that_is_none_of_ours_is_passed_over(desk: Desk) -> None:
    room_id = await desk.people.open_room(CARLA)
    await desk.push(MessageSent("$x", room_id, CARLA, desk.clock.now(), Text("Hello")))
    assert desk.stored.sessions == {}
    assert desk.meter.of("events", "handled") > 0


async def test_the_homeserver_is_asked_again_until_it_answers(desk: Desk) -> None:
    room_id = await desk.people.open_room(CARLA, SUPPORT)
    desk.homeserver.faults.break_down(room_id, HomeserverUnavailable("overloaded", is_reachable=True))
    await desk.push_pending()
    await desk.until(lambda: desk.meter.of("delivery_retries", "join_customer_room") > 0)
    desk.homeserver.faults.mend(room_id)
    await desk.settle()
    assert desk.chat().has(SUPPORT)


async def test_what_is_held_of_one_of_two_rooms_survives_coming_into_the_other(desk: Desk) -> None:
    desk.homeserver.faults.stall(CARLA)  # we are on our way into the first room for a while
    first = await desk.people.open_room(CARLA, SUPPORT)
    await desk.push_pending()
    await desk.until(lambda: desk.homeserver.rooms[first].has(SUPPORT))
    second = await desk.people.open_room(CARLA, SUPPORT)
    await desk.push_pending()
    await desk.homeserver.join(second, SUPPORT)
    await desk.people.say(CARLA, first, "in the first")
    await desk.people.say(CARLA, second, "in the second")
    await desk.push_pending()
    desk.homeserver.faults.mend(CARLA)
    await desk.settle()
    said = [line.partition(": ")[2] for line in desk.lines(desk.session_room())]
    assert said[:2] == ["in the first", "in the second"]
    assert desk.homeserver.rooms[first].memberships[SUPPORT] == "leave"


async def test_what_was_to_be_held_is_handled_if_we_came_in_meanwhile(desk: Desk) -> None:
    """On PostgreSQL another unit of work may let go of what is held after the room's binding was read."""
    room_id = await desk.open_chat(CARLA)
    late = MessageSent("$late", room_id, CARLA, desk.clock.now(), Text("just too late to be held"))
    async with desk.store.begin() as work:
        before = RoomBinding(room_id, RoomKind.JOINING, 1, 1)
        await desk.inbox._handle(work, late, {room_id: before})
        await work.commit()
    await desk.settle()
    assert desk.lines(desk.session_room())[0].endswith("just too late to be held")
    assert desk.stored.held == []
