"""What we owe the outside world: each kind is one row of the outbox, written with the state it follows from.

A delivery belongs to a lane. The deliveries of a lane go out one after another in the order of their ids, those
of different lanes side by side; so one conversation and direction keeps its order (invariant 3) and a customer
whose room is broken holds up nobody else.
"""

from dataclasses import dataclass, field
from datetime import datetime

from livechat_plugin.services.deliveries.acts import (
    ActForCustomer,
    ActInSessionRoom,
    SayInRoom,
    room_lane,
    to_customer_lane,
    to_operators_lane,
)
from livechat_plugin.services.deliveries.dialogs import ContinueDialog, dialog_lane
from livechat_plugin.services.deliveries.doors import (
    AdmitOperatorGhost,
    DismissOperatorGhost,
    DressOperatorGhost,
    JoinCustomerRoom,
    JoinRoom,
    LeaveRoom,
    operator_ghost_lane,
)
from livechat_plugin.services.deliveries.early import RelayEarly, TakeByCard
from livechat_plugin.services.deliveries.erasure import (
    RETENTION_LANE,
    DeleteFiles,
    EraseCustomer,
    erasure_lane,
)
from livechat_plugin.services.deliveries.finding import ShowLiveChats, finding_lane
from livechat_plugin.services.deliveries.groups import (
    DIRECTORY_LANE,
    GROUPS_LANE,
    CatchUpGroups,
    EndGroupRoom,
    FollowGroup,
    FollowSuccessor,
    GroupPayload,
    JoinGroupRoom,
    LeaveGroupRoom,
    LoseGroupRoom,
    MakeGroup,
    ReadGroupMember,
    ReadGroupRoom,
    RefreshDirectory,
    group_room_lane,
)
from livechat_plugin.services.deliveries.items import (
    APPS_LANE,
    FindItems,
    ItemPayload,
    LinkAccount,
    RefreshApps,
    RegisterItem,
    ShowCustomer,
    items_lane,
)
from livechat_plugin.services.deliveries.live_chats import (
    ADMINISTRATORS_LANE,
    AlignMembers,
    AlignPerson,
    CloseLiveChat,
    ProvisionLiveChat,
    TellAdministrators,
    live_chat_lane,
    members_lane,
)
from livechat_plugin.services.deliveries.sessions import (
    AdmitOperator,
    AlertWaiting,
    ClearSessionRoom,
    InviteGroup,
    PassOnSlowed,
    PrepareSessionRoom,
    PrepareSpareRoom,
    RouteSession,
    SayFarewell,
    ShowCard,
    TidySession,
    session_lane,
    slowed_lane,
    waiting_lane,
)
from livechat_plugin.services.deliveries.signing_in import SendSignInLink
from livechat_plugin.services.deliveries.slots import SLOTS, slot_of

__all__ = [
    "ADMINISTRATORS_LANE",
    "APPS_LANE",
    "DIRECTORY_LANE",
    "GROUPS_LANE",
    "RETENTION_LANE",
    "SLOTS",
    "ActForCustomer",
    "ActInSessionRoom",
    "AdmitOperator",
    "AdmitOperatorGhost",
    "AlertWaiting",
    "AlignMembers",
    "AlignPerson",
    "CatchUpGroups",
    "ClearSessionRoom",
    "CloseLiveChat",
    "ContinueDialog",
    "DeleteFiles",
    "Delivery",
    "DismissOperatorGhost",
    "DressOperatorGhost",
    "EndGroupRoom",
    "EraseCustomer",
    "FindItems",
    "FollowGroup",
    "FollowSuccessor",
    "GroupPayload",
    "InviteGroup",
    "ItemPayload",
    "JoinCustomerRoom",
    "JoinGroupRoom",
    "JoinRoom",
    "LeaveGroupRoom",
    "LeaveRoom",
    "LinkAccount",
    "LoseGroupRoom",
    "MakeGroup",
    "PassOnSlowed",
    "Payload",
    "PrepareSessionRoom",
    "PrepareSpareRoom",
    "ProvisionLiveChat",
    "ReadGroupMember",
    "ReadGroupRoom",
    "RefreshApps",
    "RefreshDirectory",
    "RegisterItem",
    "RelayEarly",
    "RouteSession",
    "SayFarewell",
    "SayInRoom",
    "SendSignInLink",
    "ShowCard",
    "ShowCustomer",
    "ShowLiveChats",
    "TakeByCard",
    "TellAdministrators",
    "TidySession",
    "dialog_lane",
    "erasure_lane",
    "finding_lane",
    "group_room_lane",
    "items_lane",
    "live_chat_lane",
    "members_lane",
    "operator_ghost_lane",
    "room_lane",
    "session_lane",
    "slot_of",
    "slowed_lane",
    "to_customer_lane",
    "to_operators_lane",
    "waiting_lane",
]

Payload = (
    ActInSessionRoom
    | ActForCustomer
    | SayInRoom
    | RouteSession
    | ShowCard
    | TakeByCard
    | RelayEarly
    | PrepareSessionRoom
    | AdmitOperator
    | InviteGroup
    | ClearSessionRoom
    | AlertWaiting
    | TidySession
    | SayFarewell
    | PassOnSlowed
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
    | SendSignInLink
    | EraseCustomer
    | DeleteFiles
)


@dataclass(frozen=True, slots=True)
class Delivery:
    """One row of the outbox.

    Attributes:
        id: place in the order; grows with every delivery.
        lane: what it keeps order with.
        token: unique for ever, and the same again for what follows from the same cause; the transaction ids of its
            sends are derived from it, so that a repeated send is recognized by the homeserver, even after a database
            was restored.
        due_at: not before this time, if set.
        predecessor: the one before it that was still owed in this lane when it was written, whoever wrote that;
            None also where nobody asked.
    """

    id: int
    lane: str
    token: str
    payload: Payload
    due_at: datetime | None = None
    predecessor: int | None = field(default=None, compare=False)

    @property
    def slot(self) -> int:
        """Which share of the lanes it belongs to."""
        return slot_of(self.lane)
