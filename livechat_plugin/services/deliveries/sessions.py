"""What belongs to one session: who gets it, its card, its room, its last words."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal


def session_lane(number: int) -> str:
    """Routing of one session and its card in the queue room."""
    return f"session:{number}"


def waiting_lane(number: int) -> str:
    """The alerts that a session waits."""
    return f"waiting:{number}"


def slowed_lane(conversation_id: int) -> str:
    """What a customer wrote too fast; nothing else waits behind it."""
    return f"slowed:{conversation_id}"


@dataclass(frozen=True, slots=True)
class PassOnSlowed:
    """Pass on the next part of what a customer wrote too fast."""

    conversation_id: int
    kind: Literal["pass_on_slowed"] = "pass_on_slowed"


@dataclass(frozen=True, slots=True)
class RouteSession:
    """Ask the hooks whether a new session opens, what greets the customer, and who gets it."""

    session_number: int
    message_id: int
    kind: Literal["route_session"] = "route_session"


@dataclass(frozen=True, slots=True)
class ShowCard:
    """Post a session's card in the queue room, or bring it up to date.

    Attributes:
        gives_way_to: a lane in which the operator is let in, for which this can wait a moment.
    """

    session_number: int
    gives_way_to: str | None = None
    kind: Literal["show_card"] = "show_card"


@dataclass(frozen=True, slots=True)
class AlertWaiting:
    """Tell the supervisors that a session still waits.

    Attributes:
        since: when it came into the queue; if it was served in between, this alert is about nothing any more.
        minutes: how long it may wait, as the live chat was configured then.
        times: how often this was told before.
    """

    session_number: int
    since: datetime
    minutes: int
    times: int = 0
    kind: Literal["alert_waiting"] = "alert_waiting"


@dataclass(frozen=True, slots=True)
class SayFarewell:
    """Ask the hooks for the last words to the customer, and say them."""

    session_number: int
    conversation_id: int
    kind: Literal["say_farewell"] = "say_farewell"


@dataclass(frozen=True, slots=True)
class PrepareSessionRoom:
    """Make the session room ready: created if no spare was left, named, in the space, the ghost looking right."""

    session_number: int
    conversation_id: int
    kind: Literal["prepare_session_room"] = "prepare_session_room"


@dataclass(frozen=True, slots=True)
class PrepareSpareRoom:
    """Make one session room ahead of need."""

    session_room_id: int
    kind: Literal["prepare_spare_room"] = "prepare_spare_room"


@dataclass(frozen=True, slots=True)
class AdmitOperator:
    """Invite the operator who got the session into its room.

    One to whom somebody else gave it (`is_given`) may have an account that cannot be used: that is looked at first.
    """

    session_number: int
    conversation_id: int
    operator: str
    is_given: bool = False
    kind: Literal["admit_operator"] = "admit_operator"


@dataclass(frozen=True, slots=True)
class InviteGroup:
    """Invite the members of the group that a waiting session was handed to into its room."""

    session_number: int
    conversation_id: int
    group: str
    kind: Literal["invite_group"] = "invite_group"


@dataclass(frozen=True, slots=True)
class ClearSessionRoom:
    """Take those out of the session room who neither serve its session, nor may take it, nor supervise."""

    session_number: int
    conversation_id: int
    reason: str
    kind: Literal["clear_session_room"] = "clear_session_room"


@dataclass(frozen=True, slots=True)
class TidySession:
    """After the close: the operator leaves the session room, and the room leaves the space."""

    session_number: int
    conversation_id: int
    operator: str | None
    kind: Literal["tidy_session"] = "tidy_session"
