"""The life cycle of a session: one piece of service, from the first message to the close.

    opening ──▶ waiting ◀──▶ active ──▶ closed
       └────────────┴───────────────────────▲

Every change goes through `_move`, which checks the transition table, or `_change`; both count the version up.
Writers compare and set on that version, so of two operators exactly one wins (invariant 4).
"""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from livechat_plugin.core.errors import SessionAlreadyTaken, SessionClosed, SessionNotActive, SessionNotReady


class SessionState(StrEnum):
    """Where a session stands."""

    OPENING = "opening"
    """The customer wrote; the hooks have not said yet who gets it."""
    WAITING = "waiting"
    """In the queue: the operators see its card."""
    ACTIVE = "active"
    """An operator serves it."""
    CLOSED = "closed"


class Priority(StrEnum):
    """How urgent a session is (requirement E6)."""

    NONE = "not set"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


TRANSITIONS: dict[SessionState, frozenset[SessionState]] = {
    SessionState.OPENING: frozenset({SessionState.WAITING, SessionState.CLOSED}),
    SessionState.WAITING: frozenset({SessionState.ACTIVE, SessionState.CLOSED}),
    SessionState.ACTIVE: frozenset({SessionState.WAITING, SessionState.CLOSED}),
    SessionState.CLOSED: frozenset(),
}


@dataclass(frozen=True, slots=True)
class Session:
    """One piece of service in a conversation.

    Attributes:
        number: what people call it by (`!take 12`); unique in the whole installation.
        subject: the first words, as the card shows them.
        operator: Matrix id of the employee who serves it; set exactly while it is active, and kept when closed.
        version: counts the changes; writers compare and set on it.
        card: event id of its card in the queue room, once that is posted.
        outcome: why it was closed or sent back to the queue, in words for the card.
        name: how people call it, if somebody named it; otherwise it has the name of the live chat's template.
        offered_to: name of the group that it was handed to, whose members may take it besides the operators.
        routing: why it went to whom it went when it opened, in words.
        waiting_since: when it came into the queue; set exactly while it waits.
        alerts: how often the supervisors were told that it waits, since it came into the queue.
        answered_after: seconds from its opening until an operator answered first.
    """

    number: int
    conversation_id: int
    state: SessionState
    subject: str
    opened_at: datetime
    operator: str | None = None
    priority: Priority = Priority.NONE
    version: int = 1
    card: str | None = None
    assigned_at: datetime | None = None
    closed_at: datetime | None = None
    outcome: str | None = None
    name: str | None = None
    offered_to: str | None = None
    routing: str | None = None
    waiting_since: datetime | None = None
    alerts: int = 0
    answered_after: int | None = None

    @property
    def is_open(self) -> bool:
        """Whether the service still goes on."""
        return self.state is not SessionState.CLOSED

    def is_served_by(self, user_id: str) -> bool:
        """Whether what this user writes in the session room reaches the customer."""
        return self.state is SessionState.ACTIVE and self.operator == user_id


def offer(session: Session, priority: Priority | None = None, routing: str | None = None) -> Session:
    """Put a new session into the queue, for whoever takes it first; its customer has waited since it opened.

    `routing` says why it goes to whom it goes, if that needs explaining.
    """
    waiting = replace(_move(session, SessionState.WAITING), waiting_since=session.opened_at)
    return replace(waiting, priority=priority or session.priority, routing=routing)


def take(session: Session, operator: str, at: datetime) -> Session:
    """Give the session to an operator, if nobody serves it.

    Raises:
        SessionAlreadyTaken: somebody serves it already; the error says who.
        SessionNotReady: the hooks have not decided on it yet.
        SessionClosed: it is over.
    """
    if session.state is SessionState.ACTIVE and session.operator is not None:
        raise SessionAlreadyTaken(session.number, session.operator)
    return assign(session, operator, at)


def assign(session: Session, operator: str, at: datetime) -> Session:
    """Give the session to an operator, whoever serves it so far.

    Raises:
        SessionAlreadyTaken: they serve it already.
        SessionNotReady: the hooks have not decided on it yet.
        SessionClosed: it is over.
    """
    if session.is_served_by(operator):
        raise SessionAlreadyTaken(session.number, operator)
    served = _with_operator(_require_ready(session), operator, at)
    return replace(served, outcome=None, offered_to=None)


def requeue(session: Session, reason: str, at: datetime) -> Session:
    """Send an active session back to the queue, because its operator cannot go on.

    Raises:
        SessionNotActive: nobody serves it.
    """
    if session.state is not SessionState.ACTIVE:
        raise SessionNotActive(session.number)
    return replace(_without_operator(session, at), outcome=reason, offered_to=None)


def hand_to_group(session: Session, group: str, reason: str, at: datetime) -> Session:
    """Let the members of a group take the session, besides the operators; nobody serves it until one does.

    Raises:
        SessionNotReady: the hooks have not decided on it yet.
        SessionClosed: it is over.
    """
    session = _require_ready(session)
    waiting = _change(session) if session.state is SessionState.WAITING else _without_operator(session, at)
    return replace(waiting, outcome=reason, offered_to=group)


def rename(session: Session, name: str | None) -> Session:
    """Give the session a name of its own, or with None the one that the live chat's template makes.

    Raises:
        SessionClosed: it is over.
    """
    return replace(_change(session), name=name)


def prioritize(session: Session, priority: Priority) -> Session:
    """Say how urgent the session is (requirement E6).

    Raises:
        SessionClosed: it is over.
    """
    return replace(_change(session), priority=priority)


def note_alert(session: Session) -> Session:
    """Count that the supervisors are told once more that it waits."""
    return replace(_change(session), alerts=session.alerts + 1)


def close(session: Session, at: datetime, reason: str | None = None) -> Session:
    """End the session; the conversation goes on with a new one when the customer writes again.

    Raises:
        SessionClosed: it is over already.
    """
    closed = _move(session, SessionState.CLOSED)
    return replace(closed, closed_at=at, outcome=reason, offered_to=None, waiting_since=None)


def _require_ready(session: Session) -> Session:
    if session.state is SessionState.OPENING:
        raise SessionNotReady(session.number)
    return session


def _with_operator(session: Session, operator: str, at: datetime) -> Session:
    active = _change(session) if session.state is SessionState.ACTIVE else _move(session, SessionState.ACTIVE)
    return replace(active, operator=operator, assigned_at=at, waiting_since=None, alerts=0)


def _without_operator(session: Session, at: datetime) -> Session:
    waiting = _move(session, SessionState.WAITING)
    return replace(waiting, operator=None, assigned_at=None, waiting_since=at, alerts=0)


def _change(session: Session) -> Session:
    """The same state, another version."""
    if session.state is SessionState.CLOSED:
        raise SessionClosed(session.number)
    return replace(session, version=session.version + 1)


def _move(session: Session, state: SessionState) -> Session:
    if state not in TRANSITIONS[session.state]:
        if session.state is SessionState.CLOSED:
            raise SessionClosed(session.number)
        raise SessionNotActive(session.number)
    return replace(session, state=state, version=session.version + 1)
