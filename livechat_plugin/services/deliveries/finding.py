"""What we owe customers who look for live chats."""

from dataclasses import dataclass
from typing import Literal


def finding_lane(user_id: str) -> str:
    """What belongs to somebody's space "Live chats"."""
    return f"finding:{user_id}"


@dataclass(frozen=True, slots=True)
class ShowLiveChats:
    """Let somebody's space "Live chats" show exactly those that are open to them, making what is missing."""

    user_id: str
    kind: Literal["show_live_chats"] = "show_live_chats"
