"""Reactions and deletions that come before the id of what they point at is kept, as after a crash in between."""

from livechat_plugin import SessionState, preview
from livechat_plugin.services.deliveries import ShowCard
from tests.fakes.rooms import FakeRoom, Shown
from tests.unit.desk import ANNA, BORIS, CARLA, Desk


async def crashed_after_showing_the_card(desk: Desk) -> Desk:
    """The plugin as it starts again; the card of session 1 is in the queue room, and nothing tells which event it is."""
    await desk.open_chat()
    desk.homeserver.faults.stall(desk.queue.room_id)
    await desk.people.say(CARLA, desk.chat().room_id, "Hello")
    await desk.push_pending()
    await desk.until(lambda: any(isinstance(d.payload, ShowCard) for d in desk.stored.deliveries.values()))
    stored = desk.stored.copy()
    desk.homeserver.faults.mend(desk.queue.room_id)
    await desk.settle()
    return Desk(stored=stored, homeserver=desk.homeserver)


async def crashed_in_a_conversation(desk: Desk) -> Desk:
    """The plugin as it starts again; "Question" and "Answer" are on both sides, and their copies' ids are not kept."""
    await desk.write()
    await desk.take(ANNA)
    await desk.people.say(CARLA, desk.chat().room_id, "Question")
    await desk.people.say(ANNA, desk.session_room().room_id, "Answer")
    await desk.push_pending()
    stored = desk.stored.copy()
    await desk.settle()
    return Desk(stored=stored, homeserver=desk.homeserver)


def seen(room: FakeRoom, word: str) -> Shown:
    """A message as a room shows it."""
    [shown] = [shown for shown in room.shown() if preview(shown.content) == word]
    return shown


def reactions(desk: Desk, word: str) -> list[tuple[str, ...]]:
    """What is attached to a message in the customer's room and in the session room."""
    return [seen(room, word).reactions for room in (desk.chat(), desk.session_room())]


async def test_a_reaction_to_a_card_whose_id_is_not_kept_takes_the_session(desk: Desk) -> None:
    again = await crashed_after_showing_the_card(desk)
    card = desk.card().event_id
    await again.people.react(ANNA, again.queue.room_id, card, "✋")
    await again.push_pending()
    async with again.working():
        await again.settle()
        assert again.card().event_id == card
        assert again.session().is_served_by(ANNA)


async def test_of_two_who_react_to_such_a_card_the_first_has_it_and_the_other_is_told(desk: Desk) -> None:
    again = await crashed_after_showing_the_card(desk)
    for operator in (BORIS, ANNA):
        await again.people.react(operator, again.queue.room_id, desk.card().event_id, "✋")
    await again.push_pending()
    async with again.working():
        await again.settle()
        assert again.session().is_served_by(BORIS)
        assert "already has session #1" in again.lines(again.queue)[-1]


async def test_a_reaction_to_talk_takes_nothing_while_a_card_is_under_way(desk: Desk) -> None:
    talk = await desk.command(BORIS, "I'm off to lunch")
    again = await crashed_after_showing_the_card(desk)
    await again.people.react(ANNA, again.queue.room_id, talk, "👍")
    await again.push_pending()
    async with again.working():
        await again.settle()
        assert again.session().state is SessionState.WAITING
        assert not again.stored.failed


async def test_reactions_to_copies_whose_ids_are_not_kept_reach_the_other_side(desk: Desk) -> None:
    again = await crashed_in_a_conversation(desk)
    answer, question = seen(desk.chat(), "Answer"), seen(desk.session_room(), "Question")
    await again.people.react(CARLA, again.chat().room_id, answer.event_id, "👍")
    await again.people.react(ANNA, again.session_room().room_id, question.event_id, "👀")
    await again.push_pending()
    async with again.working():
        await again.settle()
        assert reactions(again, "Question") == [("👀",), ("👀",)]
        assert reactions(again, "Answer") == [("👍",), ("👍",)]


async def test_such_a_reaction_can_be_taken_back_at_once(desk: Desk) -> None:
    again = await crashed_in_a_conversation(desk)
    answer, question = seen(desk.chat(), "Answer"), seen(desk.session_room(), "Question")
    mine = await again.people.react(CARLA, again.chat().room_id, answer.event_id, "👍")
    theirs = await again.people.react(ANNA, again.session_room().room_id, question.event_id, "👀")
    await again.people.redact(CARLA, again.chat().room_id, mine)
    await again.people.redact(ANNA, again.session_room().room_id, theirs)
    await again.push_pending()
    async with again.working():
        await again.settle()
        assert reactions(again, "Question") == reactions(again, "Answer") == [(), ()]


async def test_a_reaction_to_what_is_on_one_side_only_stays_there(desk: Desk) -> None:
    again = await crashed_in_a_conversation(desk)
    note = await again.people.say(ANNA, again.session_room().room_id, "!note He is new here")
    await again.people.react(ANNA, again.session_room().room_id, note, "👀")
    await again.push_pending()
    async with again.working():
        await again.settle()
        assert all(not shown.reactions for shown in again.chat().shown())
