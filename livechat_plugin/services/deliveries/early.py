"""What points at an event of ours whose id is not kept yet: it waits in that event's lane until it is."""

from dataclasses import dataclass
from typing import Literal

from livechat_plugin.services.room_events import EventRedacted, ReactionSent


@dataclass(frozen=True, slots=True)
class TakeByCard:
    """Take a session by a reaction that may be to its card."""

    session_number: int
    reaction: ReactionSent
    kind: Literal["take_by_card"] = "take_by_card"


@dataclass(frozen=True, slots=True)
class RelayEarly:
    """Relay what somebody did to what may be a copy of ours in their room."""

    conversation_id: int
    side: Literal["customer", "operators"]
    event: ReactionSent | EventRedacted
    kind: Literal["relay_early"] = "relay_early"
