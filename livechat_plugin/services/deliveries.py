"""What we owe the outside world: each kind is one row of the outbox, written with the state it follows from.

A delivery belongs to a lane. The deliveries of a lane go out one after another in the order of their ids, those
of different lanes side by side; so one conversation and direction keeps its order (invariant 3) and a customer
whose room is broken holds up nobody else.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from livechat_plugin.core.acts import Act
from livechat_plugin.services.finding_deliveries import ShowLiveChats
from livechat_plugin.services.group_deliveries import GroupPayload
from livechat_plugin.services.item_deliveries import ItemPayload, RefreshApps
from livechat_plugin.services.live_chat_deliveries import CloseLiveChat


def to_operators_lane(conversation_id: int) -> str:
    """Everything that happens in a conversation's session room, in order."""
    return f"conversation:{conversation_id}:operators"


def to_customer_lane(conversation_id: int) -> str:
    """Everything that reaches the customer of a conversation, in order."""
    return f"conversation:{conversation_id}:customer"


def session_lane(number: int) -> str:
    """Routing of one session and its card in the queue room."""
    return f"session:{number}"


def waiting_lane(number: int) -> str:
    """The alerts that a session waits."""
    return f"waiting:{number}"


def live_chat_lane(live_chat_id: int) -> str:
    """Setting up a live chat on the homeserver."""
    return f"live_chat:{live_chat_id}"


ADMINISTRATORS_LANE = "administrators"
"""What the administrators are told."""


def members_lane(live_chat_id: int) -> str:
    """Who is in the rooms of a live chat."""
    return f"members:{live_chat_id}"


def operator_ghost_lane(number: int) -> str:
    """How one operator's ghost looks."""
    return f"operator_ghost:{number}"


def room_lane(room_id: str) -> str:
    """Answers in rooms that belong to no conversation."""
    return f"room:{room_id}"


def dialog_lane(room_id: str, user_id: str) -> str:
    """The questions to one person in one room."""
    return f"dialog:{room_id}:{user_id}"


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


@dataclass(frozen=True, slots=True)
class RouteSession:
    """Ask the hooks whether a new session opens, what greets the customer, and who gets it."""

    session_number: int
    message_id: int
    kind: Literal["route_session"] = "route_session"


@dataclass(frozen=True, slots=True)
class ShowCard:
    """Post a session's card in the queue room, or bring it up to date."""

    session_number: int
    kind: Literal["show_card"] = "show_card"


@dataclass(frozen=True, slots=True)
class PrepareSessionRoom:
    """Make the session room ready: created if no spare was left, named, in the space, the ghost looking right."""

    session_number: int
    conversation_id: int
    kind: Literal["prepare_session_room"] = "prepare_session_room"


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
class TidySession:
    """After the close: the operator leaves the session room, and the room leaves the space."""

    session_number: int
    conversation_id: int
    operator: str | None
    kind: Literal["tidy_session"] = "tidy_session"


@dataclass(frozen=True, slots=True)
class SayFarewell:
    """Ask the hooks for the last words to the customer, and say them."""

    session_number: int
    conversation_id: int
    kind: Literal["say_farewell"] = "say_farewell"


@dataclass(frozen=True, slots=True)
class JoinCustomerRoom:
    """Accept a customer's invitation and fetch what they wrote before we were in."""

    conversation_id: int
    room_id: str
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


@dataclass(frozen=True, slots=True)
class ProvisionLiveChat:
    """Make what a live chat needs on the homeserver: ghost, queue room, supervisors' room, space, memberships."""

    live_chat_id: int
    kind: Literal["provision_live_chat"] = "provision_live_chat"


@dataclass(frozen=True, slots=True)
class PrepareSpareRoom:
    """Make one session room ahead of need."""

    session_room_id: int
    kind: Literal["prepare_spare_room"] = "prepare_spare_room"


@dataclass(frozen=True, slots=True)
class AlignMembers:
    """Let exactly those be in a live chat's rooms who are in its groups (requirement S12).

    Whoever changes a live chat's operators or supervisors, or the members of a group as a whole, owes this.
    """

    live_chat_id: int
    kind: Literal["align_members"] = "align_members"


@dataclass(frozen=True, slots=True)
class AlignPerson:
    """The same for one person, who came into a group or left it."""

    live_chat_id: int
    user_id: str
    kind: Literal["align_person"] = "align_person"


@dataclass(frozen=True, slots=True)
class TellAdministrators:
    """Something that the administrators must know: said in their room, which is made when it is first needed.

    It goes into the lane `ADMINISTRATORS_LANE`.
    """

    body: str
    html: str | None = None
    kind: Literal["tell_administrators"] = "tell_administrators"


@dataclass(frozen=True, slots=True)
class ContinueDialog:
    """Ask the next question of a form, or do what it is for; `answer` is what `event_id` says to the last one."""

    room_id: str
    user_id: str
    event_id: str
    answer: str | None
    kind: Literal["continue_dialog"] = "continue_dialog"


Payload = (
    ActInSessionRoom
    | ActForCustomer
    | SayInRoom
    | RouteSession
    | ShowCard
    | PrepareSessionRoom
    | AdmitOperator
    | InviteGroup
    | ClearSessionRoom
    | AlertWaiting
    | TidySession
    | SayFarewell
    | JoinCustomerRoom
    | AdmitOperatorGhost
    | DismissOperatorGhost
    | DressOperatorGhost
    | JoinRoom
    | LeaveRoom
    | ProvisionLiveChat
    | PrepareSpareRoom
    | AlignMembers
    | AlignPerson
    | TellAdministrators
    | GroupPayload
    | ShowLiveChats
    | RefreshApps
    | ItemPayload
    | ContinueDialog
    | CloseLiveChat
)


@dataclass(frozen=True, slots=True)
class Delivery:
    """One row of the outbox.

    Attributes:
        id: place in the order; grows with every delivery.
        lane: what it keeps order with.
        token: random and unique for ever; the transaction ids of its sends are derived from it, so that a
            repeated send is recognized by the homeserver, even after a database was restored.
        due_at: not before this time, if set.
    """

    id: int
    lane: str
    token: str
    payload: Payload
    due_at: datetime | None = None
