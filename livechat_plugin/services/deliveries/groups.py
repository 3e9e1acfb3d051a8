"""What we owe for the groups that follow rooms."""

from dataclasses import dataclass
from typing import Literal

from livechat_plugin.core.groups import GroupSource

DIRECTORY_LANE = "directory"
"""What hooks are asked about groups."""

GROUPS_LANE = "groups"
"""Which rooms the groups follow."""


def group_room_lane(room_id: str) -> str:
    """Who is in a room that groups follow; one look after another, so that the last word is the newest."""
    return f"group_room:{room_id}"


@dataclass(frozen=True, slots=True)
class MakeGroup:
    """Make a group that follows a room, or let it follow another room, and tell the administrator how it went.

    `address` is the room's id or alias as they wrote it; the answer goes to `answer_in`, as a reply to `answer_to`.
    """

    name: str
    source: GroupSource
    address: str
    is_new: bool
    actor: str
    answer_in: str
    answer_to: str
    kind: Literal["make_group"] = "make_group"


@dataclass(frozen=True, slots=True)
class FollowGroup:
    """Find out anew which rooms a group follows; a unit's tree of spaces may have changed.

    If `is_thorough`, who is in its rooms is read anew, too.
    """

    group: str
    is_thorough: bool = False
    kind: Literal["follow_group"] = "follow_group"


@dataclass(frozen=True, slots=True)
class ReadGroupRoom:
    """Read who is in a room that groups follow."""

    room_id: str
    kind: Literal["read_group_room"] = "read_group_room"


@dataclass(frozen=True, slots=True)
class ReadGroupMember:
    """Read whether somebody is in a room that groups follow."""

    room_id: str
    user_id: str
    kind: Literal["read_group_member"] = "read_group_member"


@dataclass(frozen=True, slots=True)
class JoinGroupRoom:
    """Come into a room that groups follow, or are to follow, because somebody invited us."""

    room_id: str
    kind: Literal["join_group_room"] = "join_group_room"


@dataclass(frozen=True, slots=True)
class LeaveGroupRoom:
    """Leave a room that no group follows any more."""

    room_id: str
    kind: Literal["leave_group_room"] = "leave_group_room"


@dataclass(frozen=True, slots=True)
class LoseGroupRoom:
    """We are not in a room any more that groups follow: its members stay for a while, and administrators are told."""

    room_id: str
    kind: Literal["lose_group_room"] = "lose_group_room"


@dataclass(frozen=True, slots=True)
class EndGroupRoom:
    """The while is over: unless we are in the room again, its members are in its groups no more."""

    room_id: str
    kind: Literal["end_group_room"] = "end_group_room"


@dataclass(frozen=True, slots=True)
class FollowSuccessor:
    """A room that groups follow was upgraded: they follow the one that goes on in its place."""

    room_id: str
    kind: Literal["follow_successor"] = "follow_successor"


@dataclass(frozen=True, slots=True)
class CatchUpGroups:
    """Read what happened in the rooms that groups follow since a mark, while nobody told us."""

    mark: str
    kind: Literal["catch_up_groups"] = "catch_up_groups"


@dataclass(frozen=True, slots=True)
class RefreshDirectory:
    """Ask the hooks who is in the groups that they know; an administrator wants it now."""

    kind: Literal["refresh_directory"] = "refresh_directory"


GroupPayload = (
    MakeGroup
    | FollowGroup
    | ReadGroupRoom
    | ReadGroupMember
    | JoinGroupRoom
    | LeaveGroupRoom
    | LoseGroupRoom
    | EndGroupRoom
    | FollowSuccessor
    | CatchUpGroups
    | RefreshDirectory
)
"""Every kind that stands here."""
