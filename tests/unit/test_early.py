"""Reactions and deletions that come before the id of what they point at is kept, as after a crash in between."""

import pytest

from livechat_plugin import Session, SessionState, preview
from livechat_plugin.services.attempts import OTHERS_AT_ONCE
from livechat_plugin.services.deliveries import LeaveRoom, ShowCard
from livechat_plugin.services.slowing import EVERY
from tests.fakes.repositories.sessions import FakeSessions
from tests.fakes.rooms import FakeRoom, Shown
from tests.unit.desk import ANNA, BORIS, CARLA, SUPPORT, Desk


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


async def test_it_does_so_if_the_id_is_kept_while_the_reaction_is_looked_at(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    again = await crashed_after_showing_the_card(desk)
    card, by_card = desk.card().event_id, FakeSessions.by_card

    async def by_card_and_then_another_replica_commits(
        sessions: FakeSessions, event_id: str
    ) -> Session | None:
        found = await by_card(sessions, event_id)
        await sessions.set_card(1, card)
        return found

    await again.people.react(ANNA, again.queue.room_id, card, "✋")
    with monkeypatch.context() as patched:
        patched.setattr(FakeSessions, "by_card", by_card_and_then_another_replica_commits)
        await again.push_pending()
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


async def test_a_reaction_reaches_the_customer_though_the_session_is_closed_right_after_it(
    desk: Desk,
) -> None:
    again = await crashed_in_a_conversation(desk)
    room = again.session_room().room_id
    await again.people.react(ANNA, room, seen(desk.session_room(), "Question").event_id, "👀")
    await again.people.say(ANNA, room, "!close")
    await again.push_pending()
    async with again.working():
        await again.settle()
        assert again.session().state is SessionState.CLOSED
        assert reactions(again, "Question") == [("👀",), ("👀",)]


async def test_so_does_a_reaction_that_came_too_fast_besides(desk: Desk) -> None:
    again = await crashed_in_a_conversation(desk)
    again.use_cases.customers.pace.per_minute = 1
    await again.people.say(CARLA, again.chat().room_id, "One more")
    await again.people.react(CARLA, again.chat().room_id, seen(desk.chat(), "Answer").event_id, "👍")
    await again.push_pending()
    again.clock.advance(EVERY.total_seconds())  # what was held back is due at once
    async with again.working():
        await again.settle()
        assert reactions(again, "Answer") == [("👍",), ("👍",)]


async def test_what_waits_lets_messages_behind_it_wait_for_no_far_room(desk: Desk) -> None:
    again = await crashed_in_a_conversation(desk)
    for number in range(OTHERS_AT_ONCE):
        again.homeserver.faults.stall(f"!far{number}")
        async with again.store.begin() as work:
            await work.outbox.add(f"far {number}", LeaveRoom(f"!far{number}", SUPPORT, "Far away"))
            await work.commit()
    await again.people.react(CARLA, again.chat().room_id, seen(desk.chat(), "Answer").event_id, "👍")
    await again.push_pending()
    await again.people.say(ANNA, again.session_room().room_id, "Next words")
    await again.push_pending()
    async with again.working():
        await again.until(lambda: "livechat_support: Next words" in again.lines(again.chat()))


async def test_a_reaction_to_what_is_on_one_side_only_stays_there(desk: Desk) -> None:
    again = await crashed_in_a_conversation(desk)
    note = await again.people.say(ANNA, again.session_room().room_id, "!note He is new here")
    await again.people.react(ANNA, again.session_room().room_id, note, "👀")
    await again.push_pending()
    async with again.working():
        await again.settle()
        assert all(not shown.reactions for shown in again.chat().shown())
