"""Giving a session to somebody else: assigned, taken over, transferred to a person or a group."""

import asyncio

import pytest

from livechat_plugin import Priority, SessionState, Text, preview
from livechat_plugin.core.domain_events import SessionAssigned
from livechat_plugin.core.employees import OperatorStatus
from tests.unit.desk import ANNA, BORIS, CARLA, DAN, SAM, Desk
from tests.unit.wiring import SERVER

EVE, FRANK = f"@eve:{SERVER}", f"@frank:{SERVER}"
"""The second level, who are no operators."""


@pytest.fixture
def second_level(desk: Desk) -> str:
    for user in (EVE, FRANK):
        desk.homeserver.introduce(user)
    desk.stored.groups["second level"] = frozenset({EVE, FRANK})
    return "second level"


def last_line(desk: Desk) -> str:
    return desk.lines(desk.queue)[-1].removeprefix("livechat_support: ")


def last_room_line(desk: Desk) -> str:
    return desk.lines(desk.session_room())[-1].removeprefix("livechat_support: ")


def told(desk: Desk, user: str) -> list[str]:
    """What somebody was told by name in the queue room."""
    return [
        preview(shown.content, 1000)
        for shown in desk.queue.shown()
        if user in desk.queue.mentioned.get(shown.event_id, ())
    ]


def audited(desk: Desk) -> list[tuple[str, str, dict[str, object]]]:
    return [
        (entry.actor, entry.action, dict(entry.details))
        for entry in desk.stored.audit.values()
        if entry.action.startswith("session.")
    ]


async def in_supervisors_room(desk: Desk, user: str, text: str) -> str:
    """Say it there; the answer."""
    room = desk.homeserver.rooms[desk.live_chat.supervisors_room or ""]
    await desk.people.say(user, room.room_id, text)
    await desk.settle()
    return desk.lines(room)[-1].removeprefix("livechat_support: ")


# --- assigning ---


async def test_a_supervisor_gives_a_waiting_session_to_an_operator(desk: Desk) -> None:
    await desk.write()
    assert await in_supervisors_room(desk, SAM, "!assign 1 @boris") == f"Session #1 is given to {BORIS}."
    assert desk.session().is_served_by(BORIS)
    assert desk.session_room().memberships[BORIS] == "invite"
    assert told(desk, BORIS) == [f"{SAM} gave you session #1. Accept the invitation to its room."]
    assert "Taken by Boris" in preview(desk.card().content, 1000)
    assert audited(desk) == [(SAM, "session.assigned", {"to": BORIS})]


async def test_one_that_is_served_changes_hands_and_both_are_told(desk: Desk) -> None:
    await desk.write()
    await desk.take(ANNA)
    await desk.command(SAM, "!assign 1 @boris")
    assert desk.session().is_served_by(BORIS)
    assert told(desk, BORIS) == [f"{SAM} gave you session #1. Accept the invitation to its room."]
    assert told(desk, ANNA)[-1] == f"{SAM} gave session #1 to {BORIS}."
    room = desk.session_room()
    assert room.memberships[ANNA] == "leave"
    assert room.reasons[ANNA] == f"{SAM} gave session #1 to {BORIS}."
    assert desk.session().state is SessionState.ACTIVE
    assert audited(desk)[-1] == (SAM, "session.assigned", {"former": ANNA, "to": BORIS})


async def test_what_the_former_operator_writes_meanwhile_does_not_reach_the_customer(desk: Desk) -> None:
    await desk.write()
    await desk.take(ANNA)
    await desk.people.say(SAM, desk.queue.room_id, "!assign 1 @boris")
    await desk.people.say(ANNA, desk.session_room().room_id, "one last word")
    await desk.settle()
    assert f"is served by {BORIS}" in "\n".join(desk.lines(desk.session_room()))
    assert "one last word" not in "\n".join(desk.lines(desk.chat()))


async def test_the_customer_notices_nothing_of_it(desk: Desk) -> None:
    await desk.write()
    await desk.take(ANNA)
    before = list(desk.chat().events)
    await desk.command(SAM, "!assign 1 @boris")
    await desk.enter(BORIS)
    assert desk.chat().events == before
    await desk.answer(BORIS, "I go on from here")
    assert desk.lines(desk.chat())[-1] == "livechat_support: I go on from here"


async def test_a_mention_names_the_operator_too(desk: Desk) -> None:
    await desk.write()
    html = f'!assign 1 <a href="https://matrix.to/#/{BORIS}">Boris B.</a>'
    await desk.people.say(SAM, desk.queue.room_id, Text("!assign 1 Boris B.", html))
    await desk.settle()
    assert desk.session().is_served_by(BORIS)


async def test_in_a_session_room_no_number_is_needed(desk: Desk) -> None:
    await desk.write()
    await desk.enter(SAM)
    await desk.answer(SAM, "!assign boris")
    assert desk.session().is_served_by(BORIS)


async def test_hooks_learn_of_each_change(desk: Desk) -> None:
    seen: list[str | None] = []
    desk.store._on_events = lambda events: seen.extend(
        event.session.operator for event in events if isinstance(event, SessionAssigned)
    )
    await desk.write()
    await desk.take(ANNA)
    await desk.command(SAM, "!assign 1 @boris")
    await desk.command(SAM, "!takeover 1")
    assert seen == [ANNA, BORIS, SAM]


@pytest.mark.parametrize(
    ("user", "text", "answer"),
    [
        (ANNA, "!assign 1 @boris", "Only supervisors of Customer Support can do this."),
        (
            SAM,
            "!assign 1 @nobody",
            f"@nobody:{SERVER} is neither operator nor supervisor of Customer Support.",
        ),
        (SAM, "!assign 1 @dan", f"{DAN} is neither operator nor supervisor"),
        (SAM, "!assign 1 @*", "'@*' is not a Matrix id such as"),
        (SAM, "!assign 99 @boris", "There is no session #99 here."),
        (SAM, "!assign @boris", "Which session? Write its number, as in !assign 12"),
        (SAM, "!assign 1", "Write which session goes to whom, as in !assign 12 @boris."),
        (SAM, "!assign 1 @boris please", "Write which session goes to whom"),
        (SAM, "!assign", "Write which session goes to whom"),
    ],
)
async def test_what_cannot_be_assigned_says_why_and_changes_nothing(
    desk: Desk, user: str, text: str, answer: str
) -> None:
    await desk.write()
    before = desk.session()
    await desk.command(user, text)
    assert answer in last_line(desk)
    assert desk.session() == before
    assert audited(desk) == []


async def test_a_closed_session_is_given_to_nobody(desk: Desk) -> None:
    await desk.write()
    await desk.enter(SAM)
    await desk.answer(SAM, "!close")
    for text in ("!assign 1 @boris", "!takeover 1"):
        await desk.command(SAM, text)
        assert last_line(desk) == "Session #1 is closed."


async def test_who_has_it_already_is_given_it_only_once(desk: Desk) -> None:
    await desk.write()
    await desk.take(ANNA)
    await desk.command(SAM, "!assign 1 @anna")
    assert last_line(desk) == f"{ANNA} already has session #1."
    assert desk.session_room().memberships[ANNA] == "join"


async def test_nobody_serves_themselves(desk: Desk) -> None:
    await desk.write(BORIS, "I need help, too")
    for user, text in ((BORIS, "!take 1"), (SAM, "!assign 1 @boris")):
        await desk.command(user, text)
        assert last_line(desk) == f"{BORIS} is the customer of session #1; somebody else must serve it."
    assert desk.session().state is SessionState.WAITING


async def set_status(desk: Desk, user: str, status: OperatorStatus) -> None:
    async with desk.store.begin() as work:
        await work.employees.set_status(user, status)
        await work.commit()


async def test_who_is_away_gets_it_only_if_the_supervisor_insists(desk: Desk) -> None:
    await desk.write()
    await set_status(desk, BORIS, OperatorStatus.AWAY)
    await desk.command(SAM, "!assign 1 @boris")
    assert last_line(desk).startswith(f"{BORIS} is away. Write the same with the word anyway behind it")
    assert desk.session().state is SessionState.WAITING
    await desk.command(SAM, "!assign 1 @boris anyway")
    assert desk.session().is_served_by(BORIS)


async def test_who_is_offline_does_not_get_it_since_they_could_not_answer(desk: Desk) -> None:
    await desk.write()
    await set_status(desk, BORIS, OperatorStatus.OFFLINE)
    for text in ("!assign 1 @boris", "!assign 1 @boris anyway"):
        await desk.command(SAM, text)
        assert last_line(desk) == f"{BORIS} is offline. Choose somebody else."
    assert desk.session().state is SessionState.WAITING


async def test_operators_hand_nothing_to_who_is_away(desk: Desk) -> None:
    await desk.write()
    await desk.take(ANNA)
    await set_status(desk, BORIS, OperatorStatus.AWAY)
    await desk.answer(ANNA, "!transfer @boris")
    assert last_room_line(desk) == f"{BORIS} is away. A supervisor can !assign it to them all the same."
    assert desk.session().is_served_by(ANNA)


async def test_whose_account_is_locked_sends_it_back_with_the_reason(desk: Desk) -> None:
    await desk.write()
    desk.homeserver.has_admin_token = True
    await desk.people.lock(BORIS)
    await desk.command(SAM, "!assign 1 @boris")
    assert desk.session().state is SessionState.WAITING
    assert f"{BORIS} has a locked account. Waiting." in preview(desk.card().content, 1000)
    assert BORIS not in desk.session_room().memberships


# --- taking over ---


async def test_a_supervisor_takes_a_session_over(desk: Desk) -> None:
    await desk.write()
    await desk.take(ANNA)
    await desk.command(SAM, "!takeover 1")
    assert desk.session().is_served_by(SAM)
    assert told(desk, SAM) == ["Session #1 is yours. Accept the invitation to its room."]
    assert told(desk, ANNA)[-1] == f"{SAM} took session #1 over."
    await desk.enter(SAM)
    await desk.answer(SAM, "I am the supervisor")
    assert desk.lines(desk.chat())[-1] == "livechat_support: I am the supervisor"
    assert audited(desk)[-1] == (SAM, "session.taken_over", {"former": ANNA})


async def test_in_the_session_room_too(desk: Desk) -> None:
    await desk.write()
    await desk.take(ANNA)
    await desk.enter(SAM)
    await desk.answer(SAM, "!takeover")
    assert desk.session().is_served_by(SAM)
    assert desk.session_room().memberships[ANNA] == "leave"
    assert desk.session_room().memberships[SAM] == "join"


async def test_operators_take_nothing_over(desk: Desk) -> None:
    await desk.write()
    await desk.take(ANNA)
    await desk.command(BORIS, "!takeover 1")
    assert "Only supervisors of Customer Support" in last_line(desk)
    assert desk.session().is_served_by(ANNA)


async def test_a_supervisor_who_hands_on_stays_in_the_room(desk: Desk) -> None:
    await desk.write()
    await desk.command(SAM, "!takeover 1")
    await desk.enter(SAM)
    await desk.answer(SAM, "!transfer @anna")
    assert desk.session().is_served_by(ANNA)
    assert desk.session_room().memberships[SAM] == "join"


# --- transferring to a person ---


async def test_its_operator_hands_it_on_with_a_note(desk: Desk) -> None:
    await desk.write()
    await desk.take(ANNA)
    before = list(desk.chat().events)
    await desk.answer(ANNA, "!transfer @boris the customer's printer is on fire")
    assert desk.session().is_served_by(BORIS)
    assert desk.session_room().memberships[ANNA] == "leave"
    assert desk.session_room().memberships[BORIS] == "invite"
    assert last_room_line(desk) == (
        f"{ANNA} handed session #1 to {BORIS}. Note: the customer's printer is on fire"
    )
    [note] = [message for message in desk.stored.messages.values() if message.direction == "note"]
    assert (note.author, note.session_number) == (ANNA, 1)
    assert note.content == Text("the customer's printer is on fire")
    assert desk.chat().events == before
    assert told(desk, BORIS)[-1] == f"{ANNA} gave you session #1. Accept the invitation to its room."
    assert audited(desk)[-1] == (ANNA, "session.transferred", {"former": ANNA, "to": BORIS})


async def test_who_left_by_the_transfer_does_not_send_it_back_to_the_queue(desk: Desk) -> None:
    await desk.write()
    await desk.take(ANNA)
    await desk.answer(ANNA, "!transfer @boris")
    await desk.enter(BORIS)
    await desk.settle()
    assert desk.session().is_served_by(BORIS)


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("!transfer", "Write to whom, and a note if you like"),
        ("!transfer @nobody", f"@nobody:{SERVER} is neither operator nor supervisor"),
        ("!transfer nowhere", "There is no group 'nowhere'."),
        ("!transfer empty", "Nobody is in the group empty who could serve the session."),
        ("!transfer customers", "Nobody is in the group customers who could serve the session."),
        ("!transfer crowd", "The group crowd has 51 members; a session can be handed to at most 50 at once."),
        ("!transfer @anna", f"{ANNA} already has session #1."),
        ("!transfer @carla", f"{CARLA} is neither operator nor supervisor"),
    ],
)
async def test_what_cannot_be_transferred_says_why_and_changes_nothing(
    desk: Desk, text: str, answer: str
) -> None:
    desk.stored.groups |= {
        "empty": frozenset[str](),
        "customers": frozenset({CARLA}),
        "crowd": frozenset(f"@x{number}:{SERVER}" for number in range(51)),
    }
    await desk.write()
    await desk.take(ANNA)
    before = desk.session()
    await desk.answer(ANNA, text)
    assert answer in last_room_line(desk)
    assert desk.session() == before


async def test_another_operator_transfers_nothing(desk: Desk) -> None:
    await desk.write()
    await desk.take(ANNA)
    desk.homeserver.change_membership(desk.session_room(), desk.session_room().creator, BORIS, "invite")
    await desk.enter(BORIS)
    await desk.answer(BORIS, "!transfer @boris")
    assert f"is served by {ANNA}. Only they or a supervisor can transfer it." in last_room_line(desk)


async def test_what_nobody_serves_is_no_operators_to_transfer(desk: Desk) -> None:
    await desk.write()
    desk.homeserver.change_membership(desk.session_room(), desk.session_room().creator, BORIS, "invite")
    await desk.enter(BORIS)
    await desk.answer(BORIS, "!transfer @anna")
    assert last_room_line(desk) == "Session #1 is not being served by anybody."


async def test_a_supervisor_hands_on_what_nobody_took_and_no_note_is_lost(desk: Desk) -> None:
    await desk.write()
    await desk.enter(SAM)
    await desk.answer(SAM, "!transfer @anna she knows her")
    assert desk.session().is_served_by(ANNA)
    assert last_room_line(desk) == f"{SAM} handed session #1 to {ANNA}. Note: she knows her"


# --- transferring to a group ---


async def test_a_group_may_take_what_is_handed_to_it(desk: Desk, second_level: str) -> None:
    await desk.write()
    await desk.take(ANNA)
    before = list(desk.chat().events)
    await desk.answer(ANNA, f'!transfer "{second_level}" too hard for me')
    session, room = desk.session(), desk.session_room()
    assert (session.state, session.operator, session.offered_to) == (SessionState.WAITING, None, second_level)
    assert f"{ANNA} handed it to the group second level. Waiting." in preview(desk.card().content, 1000)
    assert last_room_line(desk) == (
        f"{ANNA} handed session #1 to the group second level. Who writes !take serves it. Note: too hard for me"
    )
    assert room.memberships[ANNA] == "leave"
    assert (room.memberships[EVE], room.memberships[FRANK]) == ("invite", "invite")
    assert desk.chat().events == before

    await desk.enter(EVE)
    await desk.answer(EVE, "!take")
    assert desk.session().is_served_by(EVE)
    assert desk.session().offered_to is None
    assert room.memberships[FRANK] == "leave"
    assert room.reasons[FRANK] == f"Session #1 is served by {EVE} now."
    assert room.memberships[EVE] == "join"
    await desk.answer(EVE, "Second level here")
    assert desk.lines(desk.chat())[-1] == "livechat_support: Second level here"


async def test_an_operator_may_take_it_back(desk: Desk, second_level: str) -> None:
    await desk.write()
    await desk.take(ANNA)
    await desk.answer(ANNA, f'!transfer "{second_level}"')
    await desk.enter(EVE)
    await desk.command(BORIS, "!take 1")
    assert desk.session().is_served_by(BORIS)
    assert {desk.session_room().memberships[user] for user in (EVE, FRANK)} == {"leave"}


async def test_the_group_takes_nothing_else(desk: Desk, second_level: str) -> None:
    await desk.write()
    await desk.take(ANNA)
    await desk.answer(ANNA, f'!transfer "{second_level}"')
    await desk.enter(EVE)
    await desk.write(DAN)
    await desk.answer(EVE, "!take 2")
    assert "Only operators of Customer Support can take its sessions." in last_room_line(desk)


async def test_who_declines_the_invitation_changes_nothing(desk: Desk, second_level: str) -> None:
    await desk.write()
    await desk.take(ANNA)
    await desk.answer(ANNA, f'!transfer "{second_level}"')
    await desk.people.leave(EVE, desk.session_room().room_id)
    await desk.settle()
    assert desk.session().offered_to == second_level


async def test_a_member_who_cannot_be_invited_holds_up_nobody(desk: Desk, second_level: str) -> None:
    await desk.write()
    await desk.take(ANNA)
    desk.session_room().memberships[EVE] = "ban"
    await desk.answer(ANNA, f'!transfer "{second_level}"')
    assert desk.session_room().memberships[FRANK] == "invite"
    assert f"{EVE} could not be invited (M_FORBIDDEN: No.)." in "\n".join(desk.lines(desk.session_room()))


async def test_closing_what_a_group_was_offered_sends_the_group_away(desk: Desk, second_level: str) -> None:
    await desk.write()
    await desk.take(ANNA)
    await desk.answer(ANNA, f'!transfer "{second_level}"')
    await desk.enter(EVE)
    await desk.enter(SAM)
    await desk.answer(SAM, "!close")
    assert {desk.session_room().memberships[user] for user in (EVE, FRANK)} == {"leave"}
    assert desk.session_room().memberships[SAM] == "join"


async def test_the_next_group_takes_the_place_of_the_first(desk: Desk, second_level: str) -> None:
    desk.stored.groups["third level"] = frozenset({DAN})
    await desk.write()
    await desk.take(ANNA)
    await desk.answer(ANNA, f'!transfer "{second_level}"')
    await desk.enter(SAM)
    await desk.answer(SAM, '!transfer "third level"')
    room = desk.session_room()
    assert desk.session().offered_to == "third level"
    assert (room.memberships[EVE], room.memberships[DAN], room.memberships[SAM]) == (
        "leave",
        "invite",
        "join",
    )


async def test_a_supervisor_hands_a_waiting_session_to_a_group(desk: Desk, second_level: str) -> None:
    await desk.write()
    await desk.enter(SAM)
    since = desk.session().waiting_since
    await desk.answer(SAM, f'!transfer "{second_level}"')
    assert (desk.session().offered_to, desk.session().waiting_since) == (second_level, since)


# --- at the same time ---


async def test_of_many_at_the_same_moment_each_finds_the_session_as_it_then_is(
    desk: Desk, second_level: str
) -> None:
    await desk.write()
    await desk.take(ANNA)
    room = desk.session_room().room_id
    await desk.people.say(ANNA, room, "!transfer @boris")
    await desk.people.say(SAM, desk.queue.room_id, "!takeover 1")
    await desk.people.say(ANNA, room, f'!transfer "{second_level}"')
    await desk.people.say(ANNA, room, "!close")
    events = list(desk.homeserver.unpushed)
    desk.homeserver.unpushed.clear()
    await asyncio.gather(*(desk.push(event) for event in events))
    await desk.settle()
    assert desk.session().is_served_by(SAM)
    assert desk.session().version == 5  # offered, taken, transferred, taken over
    assert [action for _, action, _ in audited(desk)] == [
        "session.taken",
        "session.transferred",
        "session.taken_over",
    ]


async def test_an_invitation_that_fails_sends_it_back_with_the_reason(desk: Desk) -> None:
    await desk.write()
    desk.session_room().memberships[BORIS] = "ban"
    await desk.command(SAM, "!assign 1 @boris")
    assert desk.session().state is SessionState.WAITING
    assert f"{BORIS} could not be invited" in preview(desk.card().content, 1000)


async def test_priority_and_name_survive_a_handover(desk: Desk) -> None:
    await desk.write()
    await desk.take(ANNA)
    await desk.answer(ANNA, "!priority high")
    await desk.answer(ANNA, "!rename Burning printer")
    await desk.answer(ANNA, "!transfer @boris")
    assert (desk.session().priority, desk.session().name) == (Priority.HIGH, "Burning printer")
