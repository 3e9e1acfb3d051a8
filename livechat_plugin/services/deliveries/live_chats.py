"""What belongs to a whole live chat, and to administrators."""

from dataclasses import dataclass
from typing import Literal

ADMINISTRATORS_LANE = "administrators"
"""What the administrators are told."""


def live_chat_lane(live_chat_id: int) -> str:
    """Setting up a live chat on the homeserver."""
    return f"live_chat:{live_chat_id}"


def members_lane(live_chat_id: int) -> str:
    """Who is in the rooms of a live chat."""
    return f"members:{live_chat_id}"


@dataclass(frozen=True, slots=True)
class ProvisionLiveChat:
    """Make what a live chat needs on the homeserver: ghost, queue room, supervisors' room, space, memberships."""

    live_chat_id: int
    kind: Literal["provision_live_chat"] = "provision_live_chat"


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
class CloseLiveChat:
    """End the open sessions of a live chat that was deleted, with a word to each customer."""

    live_chat_id: int
    kind: Literal["close_live_chat"] = "close_live_chat"
