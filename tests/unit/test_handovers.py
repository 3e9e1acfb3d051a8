"""Giving a session to somebody else: assigned by supervisors, and taken over."""

import pytest

from livechat_plugin import SessionState, Text, preview
from livechat_plugin.core.domain_events import SessionAssigned
from livechat_plugin.core.employees import OperatorStatus
from tests.unit.desk import ANNA, BORIS, DAN, SAM, Desk
from tests.unit.handover_sights import audited, last_line, last_room_line, set_status, told
from tests.unit.wiring import SERVER


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
