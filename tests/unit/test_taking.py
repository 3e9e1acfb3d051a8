"""Who gets a session: by reaction, command or answer; and who is told what."""

import asyncio

import pytest

from livechat_plugin import SessionState, preview
from livechat_plugin.services.live_chats import LiveChatForm
from tests.unit.desk import ANNA, BORIS, CARLA, DAN, SAM, SUPPORT, Desk


async def react_to_card(desk: Desk, user: str, number: int = 1) -> None:
    await desk.people.react(user, desk.queue.room_id, desk.card(number).event_id, "✋")
    await desk.settle()


def last_line(desk: Desk) -> str:
    return desk.lines(desk.queue)[-1]


async def test_a_reaction_to_the_card_takes_the_session(desk: Desk) -> None:
    await desk.write()
    await react_to_card(desk, ANNA)
    assert desk.session().is_served_by(ANNA)
    assert desk.session().assigned_at == desk.clock.now()
    assert desk.session_room().memberships[ANNA] == "invite"
    assert "Taken by Anna" in preview(desk.card().content, 1000)
    assert desk.lines(desk.queue) == []


async def test_any_emoji_will_do_but_only_on_a_card(desk: Desk) -> None:
    await desk.write()
    talk = await desk.command(BORIS, "I'm off to lunch")
    await desk.people.react(ANNA, desk.queue.room_id, talk, "👍")
    await desk.settle()
    assert desk.session().state is SessionState.WAITING
    await desk.people.react(ANNA, desk.queue.room_id, desk.card().event_id, "🚲")
    await desk.settle()
    assert desk.session().is_served_by(ANNA)


@pytest.mark.parametrize("text", ["!take 1", "!take #1", "!TAKE  1 ", "!take\n1"])
async def test_a_command_takes_the_session(desk: Desk, text: str) -> None:
    await desk.write()
    await desk.command(ANNA, text)
    assert desk.session().is_served_by(ANNA)


async def test_a_command_in_answer_to_the_card_takes_its_session(desk: Desk) -> None:
    await desk.write(CARLA)
    await desk.write(DAN)
    await desk.command(ANNA, "!take", reply_to=desk.card(2).event_id)
    assert desk.session(2).is_served_by(ANNA)
    assert desk.session(1).state is SessionState.WAITING


async def test_a_supervisor_takes_no_session_without_being_an_operator(desk: Desk) -> None:
    await desk.write()
    await react_to_card(desk, SAM)
    assert desk.session().state is SessionState.WAITING
    assert "Only operators of Customer Support" in last_line(desk)
    [told] = desk.queue.shown()[-1:]
    assert desk.queue.mentioned[told.event_id] == {SAM}
    assert told.reply_to == desk.card().event_id


async def test_second_operator_is_told_who_won(desk: Desk) -> None:
    await desk.write()
    await react_to_card(desk, ANNA)
    await react_to_card(desk, BORIS)
    assert desk.session().is_served_by(ANNA)
    assert last_line(desk) == f"livechat_support: {ANNA} already has session #1."
    await desk.command(BORIS, "!take 1")
    assert last_line(desk) == f"livechat_support: {ANNA} already has session #1."
    assert BORIS not in desk.session_room().memberships


async def test_of_many_at_the_same_moment_one_wins_and_all_others_are_told(desk: Desk) -> None:
    await desk.write()
    card = desk.card().event_id
    for user in (ANNA, BORIS, ANNA, BORIS):
        await desk.people.react(user, desk.queue.room_id, card, "✋")
        await desk.people.say(user, desk.queue.room_id, "!take 1")
    events = list(desk.homeserver.unpushed)
    desk.homeserver.unpushed.clear()
    await asyncio.gather(*(desk.push(event) for event in events))
    await desk.settle()
    assert desk.session().is_served_by(ANNA)
    told = [line for line in desk.lines(desk.queue) if "livechat_support" in line]
    assert told.count(f"livechat_support: {ANNA} already has session #1.") == 4  # Boris, each time
    assert told.count("livechat_support: You already have session #1.") == 2  # Anna's commands


async def test_who_has_it_already_is_told_once_more_only_by_command(desk: Desk) -> None:
    await desk.write()
    await react_to_card(desk, ANNA)
    await react_to_card(desk, ANNA)
    assert desk.lines(desk.queue) == []
    await desk.command(ANNA, "!take 1")
    assert last_line(desk) == "livechat_support: You already have session #1."


async def test_a_closed_session_cannot_be_taken(desk: Desk) -> None:
    await desk.write()
    await desk.take(ANNA)
    await desk.answer(ANNA, "!close")
    await react_to_card(desk, BORIS)
    assert last_line(desk) == "livechat_support: Session #1 is closed."
    await desk.command(BORIS, "!take 1")
    assert last_line(desk) == "livechat_support: Session #1 is closed."


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("!take 99", "There is no session #99 here."),
        ("!take twelve", "'twelve' is not a session number. Write, for example, !take 12."),
        ("!take", "Which session? Write its number, as in !take 12, or write !take as a reply to its card."),
    ],
)
async def test_a_command_that_names_no_session_is_answered_helpfully(
    desk: Desk, text: str, answer: str
) -> None:
    await desk.write()
    asked = await desk.command(ANNA, text)
    assert last_line(desk) == f"livechat_support: {answer}"
    assert desk.queue.shown()[-1].reply_to == asked
    assert desk.session().state is SessionState.WAITING


async def test_a_reply_to_something_else_names_no_session(desk: Desk) -> None:
    await desk.write()
    talk = await desk.command(BORIS, "Who takes it?")
    await desk.command(ANNA, "!take", reply_to=talk)
    assert "Which session?" in last_line(desk)


async def test_sessions_of_another_live_chat_are_not_taken_here(desk: Desk) -> None:
    await desk.write()
    await desk.add_live_chat(LiveChatForm("it", "IT Help Desk", (ANNA,)))
    queue = desk.homeserver.rooms[desk.stored.live_chats[2].queue_room or ""]
    await desk.people.join(ANNA, queue.room_id)
    await desk.people.say(ANNA, queue.room_id, "!take 1")
    await desk.settle()
    assert desk.lines(queue)[-1] == "livechat_it: There is no session #1 here."
    assert desk.session().state is SessionState.WAITING


async def test_a_session_is_taken_in_its_own_room(desk: Desk) -> None:
    await desk.write()
    desk.homeserver.change_membership(desk.session_room(), SUPPORT, BORIS, "invite")
    await desk.enter(BORIS)
    await desk.answer(BORIS, "!take")
    assert desk.session().is_served_by(BORIS)


async def test_the_operator_who_leaves_sends_the_session_back_to_the_queue(desk: Desk) -> None:
    await desk.write()
    await desk.take(ANNA)
    await desk.people.leave(ANNA, desk.session_room().room_id)
    await desk.settle()
    assert desk.session().state is SessionState.WAITING
    assert desk.session().operator is None
    card = preview(desk.card().content, 1000)
    assert f"{ANNA} left the session." in card
    assert "Waiting" in card
    await desk.take(BORIS)
    assert desk.session().is_served_by(BORIS)


async def test_an_operator_who_declines_the_invitation_sends_it_back_too(desk: Desk) -> None:
    await desk.write()
    await react_to_card(desk, ANNA)
    await desk.people.leave(ANNA, desk.session_room().room_id)
    await desk.settle()
    assert desk.session().state is SessionState.WAITING


async def test_somebody_else_who_leaves_changes_nothing(desk: Desk) -> None:
    await desk.write()
    await desk.take(ANNA)
    await desk.enter(SAM)
    await desk.people.leave(SAM, desk.session_room().room_id)
    await desk.settle()
    assert desk.session().is_served_by(ANNA)


async def test_an_operator_who_cannot_be_invited_sends_it_back_with_the_reason(desk: Desk) -> None:
    await desk.write()
    desk.session_room().memberships[ANNA] = "ban"
    await react_to_card(desk, ANNA)
    assert desk.session().state is SessionState.WAITING
    assert f"{ANNA} could not be invited (M_FORBIDDEN: No.)." in preview(desk.card().content, 1000)
