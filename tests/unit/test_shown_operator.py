"""Where the operator's name is shown: their ghost comes into the customer's room, speaks, and goes (S5)."""

import asyncio

import pytest

from livechat_plugin.services.deliveries import AdmitOperatorGhost, Delivery, DismissOperatorGhost
from livechat_plugin.services.room_events import ReadUpTo, TypingChanged
from tests.fakes.faults import refusal
from tests.unit.desk import ANNA, BORIS, CARLA, DAN, MALLORY, SAM, SUPPORT, Desk, event_ids

ANNAS, BORISES = "@livechat_op_1:example.org", "@livechat_op_2:example.org"


@pytest.fixture
async def shown(desk: Desk) -> Desk:
    """A session that Anna serves, in a live chat that shows operators' names."""
    desk.change_live_chat(show_operator_name=True)
    await desk.write(CARLA, "Hello")
    await desk.take(ANNA)
    return desk


def spoken(desk: Desk) -> list[str]:
    return [line for line in desk.lines(desk.chat()) if not line.startswith("carla:")]


async def test_the_operators_ghost_comes_in_with_name_and_picture_and_speaks(desk: Desk) -> None:
    await desk.people.present(ANNA, "Anna Smith", "mxc://example.org/anna")
    desk.change_live_chat(show_operator_name=True)
    await desk.write(CARLA, "Hello")
    await desk.take(ANNA)
    assert desk.chat().joined() == {CARLA, SUPPORT, ANNAS}
    profile = desk.homeserver.profiles[ANNAS]
    assert (profile.display_name, profile.avatar_url) == ("Anna Smith", "mxc://example.org/anna")
    await desk.answer(ANNA, "Hi")
    assert spoken(desk)[-1] == "livechat_op_1: Hi"
    assert desk.session().is_served_by(ANNA)


async def test_by_default_nobody_comes_in(desk: Desk) -> None:
    await desk.write(CARLA, "Hello")
    await desk.take(ANNA)
    await desk.answer(ANNA, "Hi")
    assert desk.chat().joined() == {CARLA, SUPPORT}
    assert spoken(desk) == ["livechat_support: Hi"]
    assert desk.stored.operator_ghosts == {}


async def test_an_operator_without_a_name_is_called_by_the_first_part_of_their_id(desk: Desk) -> None:
    desk.homeserver.profiles.pop(ANNA)
    desk.change_live_chat(show_operator_name=True)
    await desk.write(CARLA, "Hello")
    await desk.take(ANNA)
    assert desk.homeserver.profiles[ANNAS].display_name == "anna"


async def test_customers_of_other_homeservers_are_external(desk: Desk) -> None:
    desk.change_live_chat(show_operator_name=True, customers=("@*:example.org", "@*:elsewhere.org"))
    await desk.write(MALLORY, "Hello")
    await desk.command(ANNA, "!take 1")
    await desk.enter(ANNA, MALLORY)
    assert desk.chat(MALLORY).joined() == {MALLORY, SUPPORT}
    desk.change_live_chat(show_operator_name=False, show_operator_name_to_external=True)
    await desk.write(DAN, "Hello")
    await desk.command(ANNA, "!take 2")
    assert desk.chat(DAN).joined() == {DAN, SUPPORT}
    await desk.people.say(ANNA, desk.session_room(MALLORY).room_id, "!close")
    await desk.settle()
    await desk.write(MALLORY, "Hello again")
    await desk.command(ANNA, "!take 3")
    assert desk.chat(MALLORY).joined() == {MALLORY, SUPPORT, ANNAS}


async def test_what_is_said_before_the_ghost_could_come_in_waits(desk: Desk) -> None:
    desk.change_live_chat(show_operator_name=True)
    await desk.write(CARLA, "Hello")
    desk.homeserver.faults.stall(ANNAS)
    await desk.people.say(ANNA, desk.queue.room_id, "!take 1")
    await desk.push_pending()
    await desk.until(lambda: desk.session_room().memberships.get(ANNA) == "invite")
    await desk.people.join(ANNA, desk.session_room().room_id)
    await desk.people.say(ANNA, desk.session_room().room_id, "Hi")
    await desk.push_pending()
    await desk.until(lambda: len(desk.stored.deliveries) >= 2)
    assert spoken(desk) == []
    desk.homeserver.faults.mend(ANNAS)
    await desk.settle()
    assert spoken(desk) == ["livechat_op_1: Hi"]


async def test_edits_reactions_and_deletions_are_the_ghosts(shown: Desk) -> None:
    said = await shown.answer(ANNA, "Hi")
    room = shown.session_room().room_id
    await shown.people.edit(ANNA, room, said, "Good morning")
    hello = event_ids(shown.session_room().shown(), "Hello")[0]
    reaction = await shown.people.react(ANNA, room, hello, "👍")
    await shown.settle()
    assert spoken(shown) == ["livechat_op_1: Good morning"]
    assert shown.chat().shown()[0].reactions == ("👍",)
    await shown.people.redact(ANNA, room, reaction)
    await shown.people.redact(ANNA, room, said)
    await shown.settle()
    assert shown.chat().shown()[0].reactions == ()
    assert spoken(shown) == []
    senders = {event.sender for event in shown.chat().events}
    assert senders == {CARLA, SUPPORT, ANNAS}
    assert shown.meter.of("deliveries_failed", "act_for_customer") == 0


async def test_typing_and_reading_are_the_ghosts(shown: Desk) -> None:
    room = shown.session_room().room_id
    await shown.signals.relay([TypingChanged(room, frozenset({ANNA}))])
    hello = event_ids(shown.session_room().shown(), "Hello")[0]
    await shown.signals.relay([ReadUpTo(room, ANNA, hello)])
    assert shown.chat().typing == {ANNAS}
    assert shown.chat().read == {ANNAS: event_ids(shown.chat().shown(), "Hello")[0]}


async def test_words_of_ours_stay_the_live_chats(shown: Desk) -> None:
    async with shown.store.begin() as work:
        view = await work.conversations.view(1)
        await shown.relay.say(work, view, shown.session(), "A word of ours", shown.clock.now())
        await work.commit()
    await shown.settle()
    assert spoken(shown) == ["livechat_support: A word of ours"]


async def test_a_new_name_or_picture_is_the_ghosts_too(shown: Desk) -> None:
    await shown.people.present(ANNA, "Anna Miller", "mxc://example.org/new")
    await shown.settle()
    assert shown.homeserver.profiles[ANNAS].display_name == "Anna Miller"
    assert shown.homeserver.profiles[ANNAS].avatar_url == "mxc://example.org/new"
    await shown.people.present(ANNA, "Anna Miller", None)
    await shown.settle()
    assert shown.homeserver.profiles[ANNAS].avatar_url is None


async def test_the_profile_of_somebody_who_was_never_shown_is_nobodys_business(shown: Desk) -> None:
    calls = shown.homeserver.faults.calls
    await shown.people.present(SAM, "Sam the Supervisor")
    await shown.settle()
    assert shown.homeserver.faults.calls == calls


async def test_the_ghost_goes_after_the_last_word(shown: Desk) -> None:
    await shown.answer(ANNA, "Bye")
    await shown.answer(ANNA, "!close")
    assert shown.chat().joined() == {CARLA, SUPPORT}
    assert spoken(shown)[0] == "livechat_op_1: Bye"
    assert shown.chat().memberships[ANNAS] == "leave"
    conversation = shown.stored.conversations[1]
    assert (conversation.shown_operator, conversation.shown_ghost) == (None, None)


async def test_the_next_operator_takes_the_place_of_the_one_before(shown: Desk) -> None:
    await shown.answer(ANNA, "Hi, Anna here")
    await shown.people.leave(ANNA, shown.session_room().room_id)
    await shown.settle()
    assert shown.chat().joined() == {CARLA, SUPPORT}
    await shown.take(BORIS)
    await shown.answer(BORIS, "Hi, Boris here")
    assert shown.chat().joined() == {CARLA, SUPPORT, BORISES}
    assert spoken(shown) == ["livechat_op_1: Hi, Anna here", "livechat_op_2: Hi, Boris here"]


async def test_who_takes_the_session_up_again_edits_their_earlier_words(shown: Desk) -> None:
    said = await shown.answer(ANNA, "Hi")
    await shown.people.leave(ANNA, shown.session_room().room_id)
    await shown.settle()
    await shown.take(ANNA)
    await shown.people.edit(ANNA, shown.session_room().room_id, said, "Hello")
    await shown.settle()
    assert spoken(shown) == ["livechat_op_1: Hello"]


async def test_words_of_a_ghost_that_is_gone_are_taken_back(shown: Desk) -> None:
    said = await shown.answer(ANNA, "Hi")
    await shown.answer(ANNA, "!close")
    await shown.people.invite(SUPPORT, shown.session_room().room_id, ANNA)
    await shown.people.join(ANNA, shown.session_room().room_id)
    await shown.people.redact(ANNA, shown.session_room().room_id, said)
    await shown.settle()
    assert "livechat_op_1: Hi" not in spoken(shown)
    assert shown.chat().joined() == {CARLA, SUPPORT}
    assert shown.meter.of("deliveries_failed", "act_for_customer") == 0


async def test_when_the_name_is_hidden_in_the_middle_the_live_chat_speaks_at_once(shown: Desk) -> None:
    said = await shown.answer(ANNA, "Hi")
    shown.change_live_chat(show_operator_name=False)
    await shown.answer(ANNA, "From now on nobody knows me")
    await shown.people.edit(ANNA, shown.session_room().room_id, said, "Hi!")
    await shown.signals.relay([TypingChanged(shown.session_room().room_id, frozenset({ANNA}))])
    await shown.settle()
    assert spoken(shown) == [
        "livechat_op_1: Hi",
        "livechat_support: From now on nobody knows me",
        "livechat_support: Hi!",
    ]
    assert shown.chat().shown()[-1].reply_to == event_ids(shown.chat().shown(), "Hi")[0]
    assert shown.chat().typing == {SUPPORT}
    await shown.answer(ANNA, "!close")
    assert shown.chat().joined() == {CARLA, SUPPORT}


async def test_where_the_ghost_cannot_come_in_the_live_chat_speaks_and_operators_are_told_once(
    desk: Desk,
) -> None:
    desk.change_live_chat(show_operator_name=True)
    await desk.write(CARLA, "Hello")
    desk.homeserver.faults.break_down(ANNAS, refusal())
    await desk.take(ANNA)
    await desk.answer(ANNA, "Hi")
    await desk.answer(ANNA, "Are you there?")
    assert spoken(desk) == ["livechat_support: Hi", "livechat_support: Are you there?"]
    told = [line for line in desk.lines(desk.session_room()) if "does not see the name" in line]
    seen = "The customer does not see the name of @anna:example.org, but only Customer Support"
    assert told == [f"livechat_support: {seen} (M_FORBIDDEN: No.)."]


async def test_a_customer_may_put_the_ghost_out(shown: Desk) -> None:
    await shown.answer(ANNA, "Hi")
    await shown.people.kick(CARLA, shown.chat().room_id, ANNAS, is_banned=True)
    await shown.settle()
    await shown.answer(ANNA, "Still here")
    assert spoken(shown) == ["livechat_op_1: Hi", "livechat_support: Still here"]
    told = [line for line in shown.lines(shown.session_room()) if "removed @anna" in line]
    assert len(told) == 1
    assert shown.session().is_served_by(ANNA)


async def test_a_ghost_that_was_put_out_a_moment_ago_is_spoken_for(shown: Desk) -> None:
    await shown.people.kick(CARLA, shown.chat().room_id, ANNAS)
    shown.homeserver.unpushed.clear()
    await shown.answer(ANNA, "Hi")
    assert spoken(shown) == ["livechat_support: Hi"]


async def test_our_own_ghost_is_no_stranger_in_the_customers_room(shown: Desk) -> None:
    await shown.write(CARLA, "Who are you?")
    assert shown.lines(shown.session_room())[-1].endswith("Who are you?")
    assert shown.chat().memberships[SUPPORT] == "join"


async def test_the_ghosts_invitations_by_others_are_declined(shown: Desk) -> None:
    room = await shown.people.open_room(CARLA, ANNAS)
    await shown.settle()
    assert shown.homeserver.rooms[room].memberships[ANNAS] == "leave"


async def test_a_customer_who_leaves_takes_no_ghost_along_and_finds_it_when_they_return(shown: Desk) -> None:
    former = shown.chat()
    await shown.people.leave(CARLA, former.room_id)
    await shown.settle()
    assert former.joined() == frozenset()
    await shown.open_chat(CARLA)
    assert shown.chat().joined() == {CARLA, SUPPORT, ANNAS}
    await shown.answer(ANNA, "Welcome back")
    assert spoken(shown) == ["livechat_op_1: Welcome back"]


async def test_a_second_chat_of_the_same_customer_takes_over_with_the_ghost(shown: Desk) -> None:
    former = shown.chat()
    await shown.open_chat(CARLA)
    assert former.joined() == {CARLA}
    assert shown.chat().joined() == {CARLA, SUPPORT, ANNAS}


async def test_when_the_live_chat_is_put_out_its_operator_goes_along(shown: Desk) -> None:
    await shown.people.kick(CARLA, shown.chat().room_id, SUPPORT)
    await shown.settle()
    assert shown.chat().joined() == {CARLA}


async def test_a_session_closed_and_taken_again_keeps_its_ghost_whatever_the_order(shown: Desk) -> None:
    """The last words come from a hook that takes its time, and the customer writes again meanwhile."""
    await shown.answer(ANNA, "!close")
    await shown.write(CARLA, "One more thing")
    await shown.take(ANNA, 2)
    await shown.answer(ANNA, "Yes?")
    assert shown.chat().joined() == {CARLA, SUPPORT, ANNAS}
    assert spoken(shown)[-1] == "livechat_op_1: Yes?"


async def test_coming_and_going_can_be_repeated_after_a_kill_at_any_moment(shown: Desk) -> None:
    ghosts = shown.use_cases.operator_ghosts
    admit = AdmitOperatorGhost(1, ANNA)
    happened = len(shown.chat().events)
    for _ in range(2):
        await ghosts.admit(Delivery(99, "lane", "token", admit), admit)
    assert len(shown.chat().events) == happened
    await shown.answer(ANNA, "!close")
    happened = len(shown.chat().events)
    dismiss = DismissOperatorGhost(1, ANNA)
    for _ in range(2):
        await ghosts.dismiss(Delivery(99, "lane", "token", dismiss), dismiss)
    assert len(shown.chat().events) == happened


@pytest.mark.parametrize("kept", range(6))
async def test_a_kill_after_any_step_of_coming_in_is_made_up_for(desk: Desk, kept: int) -> None:
    """The first attempt gets as far as so many calls; the second one, by the next process, does the rest."""
    desk.change_live_chat(show_operator_name=True)
    await desk.write(CARLA, "Hello")
    ghosts, admit = desk.use_cases.operator_ghosts, AdmitOperatorGhost(1, ANNA)
    delivery = Delivery(99, "lane", "token", admit)
    killed = asyncio.create_task(ghosts.admit(delivery, admit))
    calls = desk.homeserver.faults.calls
    await desk.until(lambda: killed.done() or desk.homeserver.faults.calls >= calls + kept)
    killed.cancel()
    await asyncio.gather(killed, return_exceptions=True)
    await ghosts.admit(delivery, admit)
    assert desk.chat().joined() == {CARLA, SUPPORT, ANNAS}
    assert desk.stored.conversations[1].shown_ghost == ANNAS
