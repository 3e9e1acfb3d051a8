"""What is owed when live chats are deleted."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class CloseLiveChat:
    """End the open sessions of a live chat that was deleted, with a word to each customer."""

    live_chat_id: int
    kind: Literal["close_live_chat"] = "close_live_chat"
