"""A customer's account and their lasting conversation with a live chat."""

from dataclasses import dataclass
from enum import StrEnum

MATRIX = "matrix"
"""Name of the network of those who write from a Matrix client."""


class CustomerRoomState(StrEnum):
    """How things stand in the room that the customer writes in."""

    JOINING = "joining"
    """Our ghost is on its way in; what the customer wrote before is still to be fetched."""
    READY = "ready"
    """We made the room ahead of need; the customer has not come into it yet."""
    JOINED = "joined"
    LEFT = "left"
    """The customer left, or we did; nothing can be sent until they open a new chat."""


@dataclass(frozen=True, slots=True)
class Account:
    """A customer's identity on one network: a Matrix id, a visitor id, a phone number."""

    id: int
    network: str
    external_id: str
    display_name: str
    avatar_url: str | None = None


@dataclass(frozen=True, slots=True)
class SessionRoom:
    """The room where operators serve one conversation, with the ghost that is the customer in it.

    Rooms are made ahead of need: `conversation_id` is None while one is spare, `room_id` is None while the
    homeserver has not made it yet.

    Attributes:
        panel: address of the session panel that clients with widgets show in it.
    """

    id: int
    live_chat_id: int
    room_id: str | None = None
    conversation_id: int | None = None
    panel: str | None = None


@dataclass(frozen=True, slots=True)
class Conversation:
    """One account in one live chat, for ever; owns the customer's side and the session room.

    Attributes:
        shown_operator: the operator whose ghost is in the customer's room, where the name is shown (S5).
        shown_ghost: that ghost.
        is_slowed: whether the customer wrote too fast, and what they write waits for its turn.
    """

    id: int
    live_chat_id: int
    account_id: int
    customer_room: str | None
    customer_state: CustomerRoomState
    shown_operator: str | None = None
    shown_ghost: str | None = None
    is_slowed: bool = False
    session_room: SessionRoom | None = None
