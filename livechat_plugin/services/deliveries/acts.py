"""What is shown and said in rooms."""

from dataclasses import dataclass
from typing import Literal

from livechat_plugin.core.acts import Act


def room_lane(room_id: str) -> str:
    """Answers in rooms that belong to no conversation."""
    return f"room:{room_id}"


def to_operators_lane(conversation_id: int) -> str:
    """Everything that happens in a conversation's session room, in order."""
    return f"conversation:{conversation_id}:operators"


def to_customer_lane(conversation_id: int) -> str:
    """Everything that reaches the customer of a conversation, in order."""
    return f"conversation:{conversation_id}:customer"


@dataclass(frozen=True, slots=True)
class ActInSessionRoom:
    """Show an act in the session room, under the customer's ghost or the live chat's.

    `room_id` and `speaker` are filled in when the room exists already, which spares a look-up. `message_id` is
    the message whose copy this is, if it is one.
    """

    conversation_id: int
    act: Act
    as_customer: bool
    message_id: int | None = None
    room_id: str | None = None
    speaker: str | None = None
    kind: Literal["act_in_session_room"] = "act_in_session_room"


@dataclass(frozen=True, slots=True)
class ActForCustomer:
    """Show an act to the customer through their channel, in the live chat's name.

    `network`, `address` and `speaker` are where and as whom, as they were when it was decided. `warn_event` is
    the operator's event to answer to when this cannot be delivered. `operator` is whose act it is: the customer
    sees that only where the name is shown; None for words of ours.
    """

    conversation_id: int
    act: Act
    network: str
    address: str
    speaker: str
    message_id: int | None = None
    warn_event: str | None = None
    operator: str | None = None
    kind: Literal["act_for_customer"] = "act_for_customer"


@dataclass(frozen=True, slots=True)
class SayInRoom:
    """A word of ours in a room of another kind: the queue room, the bot's direct chat. `reply_to` is an event id.

    Clients notify the people in the room only of what `is_loud`, and who is mentioned. `mentions` are more than one.
    """

    room_id: str
    speaker: str
    body: str
    html: str | None = None
    reply_to: str | None = None
    mention: str | None = None
    is_loud: bool = False
    mentions: tuple[str, ...] = ()
    kind: Literal["say_in_room"] = "say_in_room"
