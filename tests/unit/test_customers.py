"""What else happens in a customer's room: going, coming back, company, new names, encryption."""

import pytest

from livechat_plugin import Text
from livechat_plugin.core.conversations import CustomerRoomState
from livechat_plugin.core.errors import HomeserverRefused
from livechat_plugin.services.customers import QUIET
from livechat_plugin.services.room_events import Membership
from tests.fakes.faults import refusal
from tests.unit.desk import ANNA, CARLA, DAN, MALLORY, SUPPORT, Desk


def state(desk: Desk) -> CustomerRoomState:
    return desk.stored.conversations[1].customer_state


async def test_the_operator_is_told_that_the_customer_left(desk: Desk) -> None:
    await desk.write()
    await desk.take()
    await desk.people.leave(CARLA, desk.chat().room_id)
    await desk.settle()
    gone = "Carla has left the chat. Nothing can be sent until they open it again."
    assert desk.lines(desk.session_room())[-1] == f"livechat_support: {gone}"
    said = await desk.answer(ANNA, "Are you there?")
    assert desk.lines(desk.session_room())[-1] == f"livechat_support: This did not reach the customer: {gone}"
    assert desk.session_room().shown()[-1].reply_to == said
    assert desk.session().is_served_by(ANNA)


async def test_a_customer_who_leaves_without_a_session_disturbs_nobody(desk: Desk) -> None:
    await desk.open_chat()
    await desk.people.leave(CARLA, desk.chat().room_id)
    await desk.settle()
    assert state(desk) is CustomerRoomState.LEFT
    assert desk.stored.sessions == {}


@pytest.mark.parametrize("membership", ["leave", "ban"])
async def test_the_live_chat_leaves_the_room_that_the_customer_left(
    desk: Desk, membership: Membership
) -> None:
    await desk.write()
    chat, said = desk.chat(), len(desk.chat().shown())
    desk.homeserver.change_membership(chat, CARLA, CARLA, membership)
    await desk.settle()
    assert chat.memberships[SUPPORT] == "leave"
    assert chat.reasons[SUPPORT] == "The customer has left."
    assert len(chat.shown()) == said


async def test_a_customer_who_leaves_company_behind_is_told_of_once(desk: Desk) -> None:
    await desk.write()
    await desk.people.invite(CARLA, desk.chat().room_id, DAN)
    await desk.people.join(DAN, desk.chat().room_id)
    await desk.people.leave(CARLA, desk.chat().room_id)
    await desk.settle()
    assert len([line for line in desk.lines(desk.session_room()) if "has left the chat" in line]) == 1


async def test_a_customer_who_invites_the_live_chat_back_into_the_room_is_reached_again(desk: Desk) -> None:
    await desk.write()
    await desk.take()
    await desk.people.leave(CARLA, desk.chat().room_id)
    await desk.settle()
    desk.homeserver.change_membership(desk.chat(), CARLA, CARLA, "join")
    await desk.people.invite(CARLA, desk.chat().room_id, SUPPORT, is_direct=True)
    await desk.settle()
    await desk.answer(ANNA, "Welcome back")
    assert desk.lines(desk.chat())[-1] == "livechat_support: Welcome back"


async def test_a_live_chat_that_is_put_out_of_the_room_cannot_answer(desk: Desk) -> None:
    await desk.write()
    await desk.take()
    await desk.people.kick(CARLA, desk.chat().room_id, SUPPORT)
    await desk.settle()
    assert "has left the chat" in desk.lines(desk.session_room())[-1]
    assert state(desk) is CustomerRoomState.LEFT


async def test_being_put_out_of_a_room_that_was_left_behind_changes_nothing(desk: Desk) -> None:
    await desk.write()
    first = desk.chat()
    desk.homeserver.change_membership(first, CARLA, SUPPORT, "leave")
    late = desk.homeserver.unpushed.pop()
    await desk.open_chat()
    desk.stored.rooms[first.room_id] = desk.stored.rooms[desk.chat().room_id]
    await desk.push(late)
    assert state(desk) is CustomerRoomState.JOINED


async def test_company_makes_the_live_chat_leave_with_a_word(desk: Desk) -> None:
    await desk.write()
    await desk.take()
    chat = desk.chat()
    await desk.people.invite(CARLA, chat.room_id, DAN)
    await desk.settle()
    assert chat.has(SUPPORT)  # nobody else is there yet
    await desk.people.join(DAN, chat.room_id)
    await desk.people.say(DAN, chat.room_id, "Who are you?")
    await desk.settle()
    assert desk.lines(chat)[-1].startswith("livechat_support: Customer Support answers in direct chats only.")
    assert chat.memberships[SUPPORT] == "leave"
    assert "has left the chat" in desk.lines(desk.session_room())[-1]
    assert not [line for line in desk.lines(desk.session_room()) if "Who are you?" in line]


async def test_company_makes_it_leave_also_where_it_may_not_speak(desk: Desk) -> None:
    await desk.write()
    chat = desk.chat()
    chat.speak_level = 50
    await desk.people.invite(CARLA, chat.room_id, DAN)
    await desk.people.join(DAN, chat.room_id)
    await desk.settle()
    assert chat.memberships[SUPPORT] == "leave"


async def test_a_new_name_and_picture_are_shown_to_the_operators(desk: Desk) -> None:
    await desk.write()
    await desk.people.present(CARLA, "Carla II", "mxc://example.org/new")
    await desk.settle()
    assert desk.homeserver.profiles[desk.ghost()] == desk.homeserver.profiles[CARLA]
    assert desk.session_room().name == "#1 Carla II"


async def test_a_new_name_without_a_session_is_kept_for_the_next(desk: Desk) -> None:
    await desk.open_chat()
    await desk.people.present(CARLA, "Carla II")
    await desk.settle()
    await desk.people.present(CARLA, "Carla II")  # the same once more
    await desk.write()
    assert desk.session_room().name == "#1 Carla II"


async def test_who_writes_encrypted_is_told_what_to_do(desk: Desk) -> None:
    await desk.open_chat()
    await desk.people.say_encrypted(CARLA, desk.chat().room_id)
    await desk.settle()
    [told] = desk.lines(desk.chat())
    assert "cannot read encrypted messages yet" in told
    assert desk.stored.sessions == {}


async def test_who_goes_on_writing_encrypted_is_told_once_for_a_while(desk: Desk) -> None:
    chat = desk.homeserver.rooms[await desk.open_chat()]
    for _ in range(3):
        await desk.people.say_encrypted(CARLA, chat.room_id)
        await desk.settle()
    assert len(desk.lines(chat)) == 1
    desk.clock.advance(QUIET.total_seconds())
    await desk.people.say_encrypted(CARLA, chat.room_id)
    await desk.settle()
    assert len(desk.lines(chat)) == 2


async def test_who_writes_encrypted_in_another_room_is_told_there(desk: Desk) -> None:
    for _ in range(2):
        chat = desk.homeserver.rooms[await desk.open_chat()]
        await desk.people.say_encrypted(CARLA, chat.room_id)
        await desk.settle()
        assert "cannot read encrypted messages yet" in desk.lines(chat)[-1]


async def test_who_is_refused_is_told_once_for_a_while(desk: Desk) -> None:
    desk.change_live_chat(customers=())
    for word in ("Hello", "Hello?", "Anybody there?"):
        await desk.write(CARLA, word)
    refusals = [line for line in desk.lines(desk.chat()) if "is not open to you" in line]
    assert len(refusals) == 1
    await desk.people.say_encrypted(CARLA, desk.chat().room_id)  # something else is told all the same
    await desk.settle()
    assert "cannot read encrypted messages yet" in desk.lines(desk.chat())[-1]


async def test_administrators_are_named_to_people_of_their_own_homeserver_only(desk: Desk) -> None:
    desk.change_live_chat(customers=("@*:elsewhere.org",))
    room_id = await desk.open_chat(MALLORY)
    desk.change_live_chat(customers=())
    await desk.people.say(MALLORY, room_id, "Hello")
    await desk.settle()
    assert desk.lines(desk.chat(MALLORY))[-1] == "livechat_support: Customer Support is not open to you."


@pytest.mark.parametrize("customers", [("@*:example.org",), ()], ids=["customer", "refused"])
async def test_a_notice_opens_no_session_and_gets_no_answer(desk: Desk, customers: tuple[str, ...]) -> None:
    desk.change_live_chat(customers=customers)
    await desk.write(CARLA, Text("I am a bot", style="notice"))
    assert desk.stored.sessions == {}
    assert desk.lines(desk.chat()) == ["carla: I am a bot"]


async def test_a_notice_in_an_open_session_is_relayed_as_one(desk: Desk) -> None:
    await desk.write()
    await desk.write(CARLA, Text("I am a bot", style="notice"))
    assert desk.session_room().shown()[-1].content == Text("I am a bot", style="notice")


async def test_what_is_edited_or_taken_back_between_sessions_still_follows(desk: Desk) -> None:
    said = await desk.write(CARLA, "Hello")
    await desk.take()
    await desk.answer(ANNA, "!close")
    await desk.people.edit(CARLA, desk.chat().room_id, said, "Hello!")
    await desk.settle()
    assert desk.lines(desk.session_room())[0] == "livechat_support_c1: Hello!"
    await desk.people.redact(CARLA, desk.chat().room_id, said)
    await desk.settle()
    assert not [line for line in desk.lines(desk.session_room()) if "Hello" in line]
    assert list(desk.stored.sessions) == [1]


async def test_the_customer_is_told_when_a_message_could_not_be_passed_on(desk: Desk) -> None:
    await desk.write()
    desk.homeserver.faults.break_down(desk.ghost(), refusal())
    await desk.write(CARLA, "lost")
    assert desk.lines(desk.chat())[-1] == (
        "livechat_support: Sorry, this message could not be passed on to Customer Support. Please send it again."
    )
    assert desk.meter.of("deliveries_failed", "act_in_session_room") == 1


async def test_the_operator_is_told_when_an_answer_did_not_arrive(desk: Desk) -> None:
    await desk.write()
    await desk.take()
    desk.homeserver.faults.break_down(desk.chat().room_id, HomeserverRefused("M_TOO_LARGE", "", 413))
    said = await desk.answer(ANNA, "lost")
    assert desk.lines(desk.session_room())[-1] == (
        "livechat_support: This did not reach the customer: M_TOO_LARGE"
    )
    assert desk.session_room().shown()[-1].reply_to == said
    assert desk.meter.of("deliveries_failed", "act_for_customer") == 1
