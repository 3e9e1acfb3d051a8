"""The life cycle of a session: every transition, and every one that is impossible."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from livechat_plugin import Priority, Session, SessionState
from livechat_plugin.core.errors import (
    SessionAlreadyTaken,
    SessionClosed,
    SessionError,
    SessionNotActive,
    SessionNotReady,
)
from livechat_plugin.core.sessions import (
    TRANSITIONS,
    assign,
    close,
    hand_to_group,
    note_alert,
    offer,
    prioritize,
    rename,
    requeue,
    take,
)

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
    "requeue": (lambda one: requeue(one, "Anna left.", LATER), WAITING),
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
        requeue(session(state), "why", LATER)


def test_back_in_the_queue_nobody_serves_it_and_the_reason_is_kept() -> None:
    waiting = requeue(replace(session(ACTIVE), assigned_at=BEGIN, alerts=2), "Anna left.", LATER)
    assert (waiting.waiting_since, waiting.alerts) == (LATER, 0)
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


def test_it_waits_from_its_opening_until_somebody_takes_it() -> None:
    waiting = offer(session())
    assert waiting.waiting_since == BEGIN
    assert take(note_alert(waiting), BORIS, LATER).waiting_since is None
    assert take(note_alert(waiting), BORIS, LATER).alerts == 0
    assert close(waiting, LATER).waiting_since is None


@pytest.mark.parametrize("state", [WAITING, ACTIVE])
def test_it_is_given_to_somebody_whoever_serves_it(state: SessionState) -> None:
    before = replace(session(state), offered_to="second-level", outcome="why")
    given = assign(before, BORIS, LATER)
    assert (given.state, given.operator, given.assigned_at) == (ACTIVE, BORIS, LATER)
    assert (given.outcome, given.offered_to, given.version) == (None, None, 6)
    with pytest.raises(SessionAlreadyTaken, match=f"taken by {BORIS}"):
        assign(given, BORIS, LATER)


@pytest.mark.parametrize("state", [WAITING, ACTIVE])
def test_it_is_handed_to_a_group_and_waits_for_one_of_its_members(state: SessionState) -> None:
    before = replace(session(state), waiting_since=BEGIN if state is WAITING else None)
    handed = hand_to_group(before, "second-level", "too hard", LATER)
    assert (handed.state, handed.operator, handed.offered_to) == (WAITING, None, "second-level")
    assert (handed.outcome, handed.version) == ("too hard", 6)
    assert handed.waiting_since == (BEGIN if state is WAITING else LATER)


CARE: list[Change] = [
    lambda one: assign(one, BORIS, LATER),
    lambda one: hand_to_group(one, "second-level", "too hard", LATER),
    lambda one: rename(one, "Printer"),
    lambda one: prioritize(one, Priority.HIGH),
    note_alert,
]


@pytest.mark.parametrize("change", CARE)
def test_nothing_happens_to_it_once_it_is_closed(change: Change) -> None:
    with pytest.raises(SessionClosed):
        change(session(CLOSED))


@pytest.mark.parametrize("change", CARE[:2])
def test_nobody_gets_it_before_the_hooks_have_decided(change: Change) -> None:
    with pytest.raises(SessionNotReady):
        change(session(OPENING))


def test_it_is_named_and_judged_without_changing_who_serves_it() -> None:
    before = session(ACTIVE)
    assert rename(before, "Printer") == replace(before, name="Printer", version=6)
    assert rename(replace(before, name="Printer"), None).name is None
    assert prioritize(before, Priority.HIGH) == replace(before, priority=Priority.HIGH, version=6)
