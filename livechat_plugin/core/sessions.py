"""The life cycle of a session: one piece of service, from the first message to the close.

    opening ──▶ waiting ◀──▶ active ──▶ closed
       └────────────┴───────────────────────▲

Every change of state or operator goes through `_move`, which checks the transition table and counts the
version up; writers compare and set on that version, so of two operators exactly one wins (invariant 4).
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
        version: counts the changes of state and operator; writers compare and set on it.
        card: event id of its card in the queue room, once that is posted.
        outcome: why it was closed or sent back to the queue, in words for the card.
        name: how people call it, if somebody named it; otherwise it has the name of the live chat's template.
        offered_to: name of the group that it was handed to, whose members may take it besides the operators.
        routing: why it went to whom it went when it opened, in words.
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

    @property
    def is_open(self) -> bool:
        """Whether the service still goes on."""
        return self.state is not SessionState.CLOSED

    def is_served_by(self, user_id: str) -> bool:
        """Whether what this user writes in the session room reaches the customer."""
        return self.state is SessionState.ACTIVE and self.operator == user_id


def offer(session: Session, priority: Priority | None = None) -> Session:
    """Put a new session into the queue, for whoever takes it first."""
    return replace(_move(session, SessionState.WAITING), priority=priority or session.priority)


def take(session: Session, operator: str, at: datetime) -> Session:
    """Give the session to an operator.

    Raises:
        SessionAlreadyTaken: somebody serves it already; the error says who.
        SessionNotReady: the hooks have not decided on it yet.
        SessionClosed: it is over.
    """
    if session.state is SessionState.OPENING:
        raise SessionNotReady(session.number)
    if session.state is SessionState.ACTIVE and session.operator is not None:
        raise SessionAlreadyTaken(session.number, session.operator)
    return replace(_move(session, SessionState.ACTIVE), operator=operator, assigned_at=at, outcome=None)


def requeue(session: Session, reason: str) -> Session:
    """Send an active session back to the queue, because its operator cannot go on.

    Raises:
        SessionNotActive: nobody serves it.
    """
    if session.state is not SessionState.ACTIVE:
        raise SessionNotActive(session.number)
    return replace(_move(session, SessionState.WAITING), operator=None, assigned_at=None, outcome=reason)


def close(session: Session, at: datetime, reason: str | None = None) -> Session:
    """End the session; the conversation goes on with a new one when the customer writes again.

    Raises:
        SessionClosed: it is over already.
    """
    return replace(_move(session, SessionState.CLOSED), closed_at=at, outcome=reason)


def _move(session: Session, state: SessionState) -> Session:
    if state not in TRANSITIONS[session.state]:
        if session.state is SessionState.CLOSED:
            raise SessionClosed(session.number)
        raise SessionNotActive(session.number)
    return replace(session, state=state, version=session.version + 1)
