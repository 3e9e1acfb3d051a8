"""Sessions, as the use cases see them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from livechat_plugin.core.sessions import Session


class SessionRepository(Protocol):
    """Sessions, open and closed."""

    async def open(self, conversation_id: int, subject: str, at: datetime) -> Session:
        """A new session in the state `opening`, with the next number.

        Raises:
            ConcurrentChange: the conversation has an open session already.
        """
        ...

    async def get(self, number: int) -> Session | None:
        """The session with this number."""
        ...

    async def by_card(self, event_id: str) -> Session | None:
        """The session whose card in the queue room is this event."""
        ...

    async def without_card(self, live_chat_id: int, among: int, limit: int) -> Sequence[int]:
        """Numbers of waiting sessions that have no card yet, the oldest first, at most `limit`.

        Looked for among so many of the live chat's last that wait.
        """
        ...

    async def save(self, session: Session) -> None:
        """Keep a changed session whose version the core counted up by one: compare and set (invariant 4).

        Raises:
            ConcurrentChange: another writer was faster.
        """
        ...

    async def set_card(self, number: int, event_id: str) -> None:
        """Keep the event id of the card."""
        ...

    async def answered(self, session: Session, at: datetime) -> None:
        """Keep that an operator answered, if it is the first answer; this is no change of its version."""
        ...

    async def served_by(self, operator: str) -> Sequence[Session]:
        """The sessions that somebody serves now, in the order of their conversations."""
        ...

    async def latest(self, conversation_id: int, limit: int) -> Sequence[Session]:
        """The last sessions of a conversation, open and closed, the latest first."""
        ...

    async def following(self, session: Session) -> int | None:
        """The number of the next session of the same conversation."""
        ...

    async def open_in(self, live_chat_id: int, limit: int) -> Sequence[Session]:
        """The open sessions of a live chat, the oldest first, at most so many."""
        ...
