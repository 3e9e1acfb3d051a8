"""What somebody does in a room that the other side must see: say, edit, react, delete."""

from dataclasses import dataclass
from typing import Literal

from livechat_plugin.core.content import Content


@dataclass(frozen=True, slots=True)
class Target:
    """The earlier message that an act points at, on the side where the act will be shown.

    `event_id` is None while the message itself is still owed to that side; it is then looked up by
    `message_id` when the act's turn comes (deliveries of one conversation and direction keep their order).
    `message_id` is None for what is no message of the conversation, such as a refused command.
    `speaker` is the operator's ghost that said it to the customer; None if the live chat's did.
    """

    message_id: int | None
    event_id: str | None = None
    speaker: str | None = None


@dataclass(frozen=True, slots=True)
class Say:
    """A new utterance, maybe in answer to an earlier one."""

    content: Content
    reply_to: Target | None = None
    act: Literal["say"] = "say"


@dataclass(frozen=True, slots=True)
class Edit:
    """New content for an earlier utterance."""

    target: Target
    content: Content
    act: Literal["edit"] = "edit"


@dataclass(frozen=True, slots=True)
class React:
    """An emoji (or short text) attached to an earlier utterance."""

    target: Target
    key: str
    act: Literal["react"] = "react"


@dataclass(frozen=True, slots=True)
class Redact:
    """Delete an earlier utterance or take back a reaction."""

    target: Target
    act: Literal["redact"] = "redact"


Act = Say | Edit | React | Redact


def target_of(act: Act) -> Target | None:
    """The earlier message an act points at, if it does."""
    return act.reply_to if isinstance(act, Say) else act.target
