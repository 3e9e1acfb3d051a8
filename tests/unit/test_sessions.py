"""The life cycle of a session: every transition, and every one that is impossible."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from livechat_plugin import Priority, Session, SessionState
from livechat_plugin.core.errors import SessionAlreadyTaken, SessionClosed, SessionError, SessionNotActive
from livechat_plugin.core.sessions import TRANSITIONS, close, offer, requeue, take

BEGIN, LATER = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 2, tzinfo=UTC)
ANNA, BORIS = "@anna:example.org", "@boris:example.org"
OPENING, WAITING, ACTIVE, CLOSED = SessionState


def session(state: SessionState = OPENING) -> Session:
    operator = ANNA if state is ACTIVE else None
    return Session(12, 1, state, "Hello", BEGIN, operator, Priority.LOW, version=5, card="$card")


Change = Callable[[Session], Session]
CHANGES: dict[str, tuple[Change, SessionState]] = {
    "offer": (offer, WAITING),
    "take": (lambda one: take(one, BORIS, LATER), ACTIVE),
    "requeue": (lambda one: requeue(one, "Anna left."), WAITING),
    "close": (lambda one: close(one, LATER, "Done."), CLOSED),
}
POSSIBLE = {
    ("offer", OPENING),
    ("take", WAITING),
    ("requeue", ACTIVE),
    ("close", OPENING),
    ("close", WAITING),
    ("close", ACTIVE),
}


@pytest.mark.parametrize("state", SessionState)
@pytest.mark.parametrize("name", CHANGES)
def test_exactly_the_changes_of_the_life_cycle_are_possible(name: str, state: SessionState) -> None:
    change, target = CHANGES[name]
    before = session(state)
    # An active session could go back to waiting by the table; only `requeue` does it.
    if (name, state) in POSSIBLE or (name, state) == ("offer", ACTIVE):
        after = change(before)
        assert after.state is target
        assert after.version == before.version + 1
        assert (after.number, after.conversation_id, after.subject, after.card) == (12, 1, "Hello", "$card")
    else:
        with pytest.raises(SessionError) as error:
            change(before)
        assert error.value.number == 12


def test_the_table_says_the_same() -> None:
    for (name, state), (_, target) in [(entry, CHANGES[entry[0]]) for entry in POSSIBLE]:
        assert target in TRANSITIONS[state], name
    assert TRANSITIONS[CLOSED] == frozenset()
    assert TRANSITIONS.keys() == set(SessionState)


def test_who_takes_it_serves_it() -> None:
    taken = take(replace(session(WAITING), outcome="Anna left."), BORIS, LATER)
    assert (taken.operator, taken.assigned_at, taken.outcome) == (BORIS, LATER, None)
    assert taken.is_served_by(BORIS)
    assert not taken.is_served_by(ANNA)


def test_the_second_one_is_told_who_has_it() -> None:
    with pytest.raises(SessionAlreadyTaken, match=f"#12 is already taken by {ANNA}") as error:
        take(session(ACTIVE), BORIS, LATER)
    assert error.value.operator == ANNA


def test_a_closed_session_says_so() -> None:
    for change in (offer, lambda one: take(one, BORIS, LATER), lambda one: close(one, LATER)):
        with pytest.raises(SessionClosed, match="Session #12 is closed"):
            change(session(CLOSED))


@pytest.mark.parametrize("state", [OPENING, WAITING, CLOSED])
def test_only_a_served_session_goes_back_to_the_queue(state: SessionState) -> None:
    with pytest.raises(SessionNotActive, match="#12 is not being served"):
        requeue(session(state), "why")


def test_back_in_the_queue_nobody_serves_it_and_the_reason_is_kept() -> None:
    waiting = requeue(replace(session(ACTIVE), assigned_at=BEGIN), "Anna left.")
    assert (waiting.operator, waiting.assigned_at, waiting.outcome) == (None, None, "Anna left.")


def test_once_closed_it_remembers_who_served_it() -> None:
    closed = close(session(ACTIVE), LATER)
    assert (closed.operator, closed.closed_at, closed.outcome) == (ANNA, LATER, None)
    assert not closed.is_served_by(ANNA)
    assert not closed.is_open
    assert close(session(WAITING), LATER, "Refused.").outcome == "Refused."


@pytest.mark.parametrize("state", [OPENING, WAITING, ACTIVE])
def test_until_then_it_is_open(state: SessionState) -> None:
    assert session(state).is_open


def test_an_offer_sets_the_priority_if_there_is_one() -> None:
    assert offer(session(), Priority.HIGH).priority is Priority.HIGH
    assert offer(session()).priority is Priority.LOW
