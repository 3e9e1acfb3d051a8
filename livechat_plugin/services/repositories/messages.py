"""What was said, as the use cases see it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from livechat_plugin.core.content import Content, Media

Direction = Literal["in", "out", "note", "system"]
Side = Literal["customer", "operators"]
WrittenIn = Literal["console"]
"""Where an operator wrote something, if not in the session room."""

LOOKED_AT_FOR_FILES = 100
"""Messages that are looked at, from the last one backwards, for a file."""


@dataclass(frozen=True, slots=True)
class Message:
    """One utterance (or reaction) in a conversation, with its id on each side once it is shown there.

    Attributes:
        direction: `in` from the customer, `out` to them, `note` inside only, `system` from us to both.
        author: Matrix id or network id of who wrote it; None when we did.
        customer_event: its id on the customer's side.
        operators_event: its event id in the session room.
        content: None for reactions, and for what was taken back.
        part_of: the first of the messages that one too long for a single event was cut into; the writer's own
            event id stands with that first one alone.
        speaker: the operator's ghost that spoke it to the customer; None when the live chat's ghost did.
        edited_at: when it was changed last, if it was.
        written_in: where its operator wrote it; None for the session room.
        failure: why it did not reach the customer, if it was given up.
    """

    id: int
    conversation_id: int
    session_number: int | None
    direction: Direction
    author: str | None
    at: datetime
    content: Content | None = None
    customer_event: str | None = None
    operators_event: str | None = None
    part_of: int | None = None
    speaker: str | None = None
    edited_at: datetime | None = None
    written_in: WrittenIn | None = None
    failure: str | None = None


class MessageRepository(Protocol):
    """Everything said."""

    async def expect(self, count: int) -> None:
        """So many messages are about to be added, in conversations that are held by now: they can be kept together."""
        ...

    async def add(  # noqa: PLR0913 - what is optional is named
        self,
        conversation_id: int,
        direction: Direction,
        at: datetime,
        *,
        session_number: int | None = None,
        author: str | None = None,
        content: Content | None = None,
        customer_event: str | None = None,
        operators_event: str | None = None,
        part_of: int | None = None,
        written_in: WrittenIn | None = None,
        touches: Collection[str] = (),
    ) -> int:
        """Keep a message; returns its id. Besides its conversation it `touches` these topics of open pages."""
        ...

    async def get(self, message_id: int) -> Message | None:
        """The message with this id."""
        ...

    async def by_event(self, side: Side, event_id: str) -> Message | None:
        """The message that has this id on this side."""
        ...

    async def parts(self, message_id: int) -> Sequence[Message]:
        """What follows the first of several parts, in order, without what was taken back."""
        ...

    async def last_file(self, session_number: int) -> Media | None:
        """The file that was sent last in a session, if it is among the last messages."""
        ...

    async def change(
        self, message_id: int, content: Content | None, edited_at: datetime | None = None
    ) -> None:
        """Keep the new content of a message edited at this moment; None for one that was taken back."""
        ...

    async def fail(self, message_id: int, reason: str) -> None:
        """Keep why a message did not reach the customer."""
        ...

    async def page(
        self, conversation_id: int, limit: int, *, before: int | None = None, since: int | None = None
    ) -> Sequence[Message]:
        """The last messages of a conversation, oldest first, without reactions.

        Args:
            conversation_id: the conversation.
            limit: how many at most.
            before: only those with a lower id.
            since: only those with this id or a higher one.
        """
        ...

    async def following(self, conversation_id: int, after: int, limit: int) -> Sequence[Message]:
        """The next messages of a conversation after an id, oldest first, without reactions."""
        ...

    async def first_of(self, session_number: int) -> int | None:
        """The id of a session's first message."""
        ...

    async def shown(
        self,
        message_id: int,
        side: Side,
        event_id: str,
        speaker: str | None = None,
        *,
        of: int | None = None,
    ) -> None:
        """Keep the id under which the message is now shown on this side, and the customer's `speaker` of it.

        Args:
            message_id: which message.
            side: where it is shown.
            event_id: its id there.
            speaker: the ghost that speaks it to the customer, if it is not the live chat's.
            of: its conversation; whoever knows it spares the database being asked for it.
        """
        ...
