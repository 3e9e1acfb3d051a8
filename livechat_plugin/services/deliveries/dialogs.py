"""The questions of guided forms."""

from dataclasses import dataclass
from typing import Literal


def dialog_lane(room_id: str, user_id: str) -> str:
    """The questions to one person in one room."""
    return f"dialog:{room_id}:{user_id}"


@dataclass(frozen=True, slots=True)
class ContinueDialog:
    """Ask the next question of a form, or do what it is for; `answer` is what `event_id` says to the last one."""

    room_id: str
    user_id: str
    event_id: str
    answer: str | None
    kind: Literal["continue_dialog"] = "continue_dialog"
