"""Who has read what, as the use cases see it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

UNREAD_COUNTED = 100
"""Unread messages of one session that are counted; more are shown as "99+"."""


@dataclass(frozen=True, slots=True)
class ReadMark:
    """Up to which message somebody has read a conversation.

    Attributes:
        reader: Matrix id of an employee, or the customer's id on their network.
        at: when they read that far.
    """

    reader: str
    message_id: int
    at: datetime


class ReadingRepository(Protocol):
    """How far everybody has read."""

    async def advance(self, conversation_id: int, reader: str, message_id: int, at: datetime) -> bool:
        """Keep that somebody has read up to a message; whether they had not read so far before."""
        ...

    async def follow(self, conversation_id: int, reader: str, message_id: int, at: datetime) -> None:
        """Keep the same where nobody asks what it changed: somebody has answered, so they have read."""
        ...

    async def marks(self, conversation_id: int) -> Sequence[ReadMark]:
        """How far everybody has read a conversation, who read last first."""
        ...

    async def marks_of(self, reader: str, conversations: Collection[int]) -> Mapping[int, ReadMark]:
        """How far somebody has read each of these conversations."""
        ...

    async def unread(self, reader: str, sessions: Collection[int]) -> Mapping[int, int]:
        """How many messages of its customer somebody has not read in each of these sessions.

        Only those with any are in it, and no more than `UNREAD_COUNTED` are counted of one.
        """
        ...
