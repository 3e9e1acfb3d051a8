"""Lists of sessions, as the use cases see them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from livechat_plugin.core.content import Content
from livechat_plugin.core.conversations import Account
from livechat_plugin.core.sessions import Priority, Session, SessionState
from livechat_plugin.services.repositories.messages import Direction

OPEN = frozenset({SessionState.OPENING, SessionState.WAITING, SessionState.ACTIVE})
"""Where sessions stand that are not over; lists of these alone never look at closed ones."""

WAITING = frozenset({SessionState.OPENING, SessionState.WAITING})
"""Where sessions stand that nobody serves yet."""

LOOKED_THROUGH = 10_000
"""Sessions, the newest ones, among which a search that no index helps looks."""


@dataclass(frozen=True, slots=True)
class SessionFilter:
    """Which sessions of one live chat are wanted.

    Attributes:
        states: where they stand.
        operator: who serves or served them.
        customer: the customer's id on their network, or a part of their name.
        priority: how urgent they are.
        since: not those that opened before this moment.
        text: a part of their subject or of the name that somebody gave them.
        anywhere: a part of their subject, of their name or of their customer's; or the customer's id.
        network: the customer's.
    """

    live_chat_id: int
    states: frozenset[SessionState] = frozenset(SessionState)
    operator: str | None = None
    customer: str | None = None
    priority: Priority | None = None
    since: datetime | None = None
    text: str | None = None
    anywhere: str | None = None
    network: str | None = None

    @property
    def is_search(self) -> bool:
        """Whether many sessions may have to be passed over that do not match, which no index helps with."""
        if self.states <= OPEN or (self.customer is not None and self.customer.startswith("@")):
            return False
        return any(
            wanted is not None
            for wanted in (
                *(self.operator, self.customer, self.priority, self.since, self.text),
                *(self.anywhere, self.network),
            )
        )


@dataclass(frozen=True, slots=True)
class ListedSession:
    """A session with what a list shows beside it; `room_id` is its session room, if that is made."""

    session: Session
    account: Account
    room_id: str | None


@dataclass(frozen=True, slots=True)
class Found:
    """Sessions in the order asked for; `is_cut` if there may be more among older ones that were not looked at."""

    sessions: Sequence[ListedSession]
    is_cut: bool = False


@dataclass(frozen=True, slots=True)
class PastSession:
    """An earlier session of a conversation, and how many messages went back and forth in it."""

    session: Session
    messages: int


@dataclass(frozen=True, slots=True)
class LastSaid:
    """What was said last in a session, to the customer or by them."""

    direction: Direction
    author: str | None
    at: datetime
    content: Content


class SessionListRepository(Protocol):
    """Lists of sessions; each at a cost that does not grow with how many closed ones there are."""

    async def listed(
        self, wanted: SessionFilter, limit: int, *, beyond: int | None = None, oldest_first: bool = False
    ) -> Found:
        """The sessions that match, by number, at most `limit`.

        Args:
            wanted: which.
            limit: how many.
            beyond: only those that come after this number in the order asked for; the last one of the page before.
            oldest_first: the order; otherwise the newest come first.
        """
        ...

    async def of_conversations(
        self, conversations: Sequence[int], limit: int, *, before: int | None = None
    ) -> Sequence[ListedSession]:
        """The sessions of some conversations, open and closed, the newest first, below `before` if given."""
        ...

    async def history(
        self, conversation_id: int, limit: int, *, before: int | None = None
    ) -> Sequence[PastSession]:
        """The closed sessions of a conversation, the newest first, with a number below `before` if given."""
        ...

    async def last_said(self, sessions: Collection[int]) -> Mapping[int, LastSaid]:
        """What was said last in each of these sessions; nothing for those in which nothing stands any more."""
        ...

    async def count(self, live_chats: Collection[int], states: frozenset[SessionState], most: int) -> int:
        """How many sessions of these live chats stand so, counted up to `most`.

        Args:
            live_chats: their ids.
            states: `WAITING`, or others that are not over.
            most: more are not counted.
        """
        ...

    async def served_by(self, operator: str, limit: int) -> Sequence[int]:
        """The numbers of the sessions that somebody serves now, the oldest first."""
        ...
