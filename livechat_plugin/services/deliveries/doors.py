"""Our users coming into rooms and leaving them."""

from dataclasses import dataclass
from typing import Literal


def operator_ghost_lane(number: int) -> str:
    """How one operator's ghost looks."""
    return f"operator_ghost:{number}"


@dataclass(frozen=True, slots=True)
class JoinCustomerRoom:
    """Accept a customer's invitation and fetch what they wrote before we were in; `refused` so many times before."""

    conversation_id: int
    room_id: str
    refused: int = 0
    kind: Literal["join_customer_room"] = "join_customer_room"


@dataclass(frozen=True, slots=True)
class AdmitOperatorGhost:
    """Bring an operator's ghost into the customer's room, with the operator's name and picture."""

    conversation_id: int
    operator: str
    kind: Literal["admit_operator_ghost"] = "admit_operator_ghost"


@dataclass(frozen=True, slots=True)
class DismissOperatorGhost:
    """Let an operator's ghost leave the customer's room, unless its operator serves there again by then."""

    conversation_id: int
    operator: str
    kind: Literal["dismiss_operator_ghost"] = "dismiss_operator_ghost"


@dataclass(frozen=True, slots=True)
class DressOperatorGhost:
    """Give an operator's ghost the name and picture that the operator has now."""

    operator: str
    kind: Literal["dress_operator_ghost"] = "dress_operator_ghost"


@dataclass(frozen=True, slots=True)
class JoinRoom:
    """Accept an invitation to the bot."""

    room_id: str
    user_id: str
    kind: Literal["join_room"] = "join_room"


@dataclass(frozen=True, slots=True)
class LeaveRoom:
    """Leave a room, or decline the invitation to it, with the reason for its members; words first if joined."""

    room_id: str
    user_id: str
    reason: str
    words: str | None = None
    kind: Literal["leave_room"] = "leave_room"
