"""What we owe those who want into the console."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class SendSignInLink:
    """Send somebody a link into the console, in answer to their message in the bot's direct chat.

    The link is made when this is delivered: it stands in no row of ours.
    """

    room_id: str
    user_id: str
    event_id: str
    kind: Literal["send_sign_in_link"] = "send_sign_in_link"
