"""Conversations and the customers' accounts, as the use cases see them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Protocol

from livechat_plugin.core.conversations import Account, Conversation
from livechat_plugin.core.live_chats import LiveChat
from livechat_plugin.core.sessions import Session


@dataclass(frozen=True, slots=True)
class ConversationView:
    """A conversation with everything a decision about it needs, read together."""

    conversation: Conversation
    account: Account
    live_chat: LiveChat
    session: Session | None
    """The open session, if there is one."""


class ConversationRepository(Protocol):
    """Conversations and the customers' accounts."""

    async def view(self, conversation_id: int) -> ConversationView:
        """Read and, in a writing unit of work, lock against other writers until the commit."""
        ...

    async def hold(self, conversations: Collection[int], sessions: Collection[int] = ()) -> None:
        """Lock several at once, in the order that all writers keep to, before anything else is done with them.

        Who locks one after another, as `view` does, may meet another writer head on.

        Args:
            conversations: their ids.
            sessions: numbers of sessions whose conversations are meant, too.
        """
        ...

    async def load(self, conversations: Collection[int]) -> None:
        """Read the views of several at once that `view` will be asked for; they are held already."""
        ...

    async def find(self, live_chat_id: int, account_id: int) -> Conversation | None:
        """The conversation of an account in a live chat."""
        ...

    async def of_customer(self, network: str, external_id: str) -> Sequence[Conversation]:
        """The conversations of a customer with every live chat, by id."""
        ...

    async def add(self, live_chat_id: int, account_id: int, customer_room: str) -> Conversation:
        """A new conversation, whose customer room we are still to join."""
        ...

    async def save(self, conversation: Conversation) -> None:
        """Keep its customer room, that room's state, its session room, and which operator the customer sees."""
        ...

    async def slow(self, conversation_id: int, *, is_slowed: bool) -> None:
        """Keep whether what the customer writes waits for its turn."""
        ...

    async def account(self, network: str, external_id: str, display_name: str) -> Account:
        """The account with this identity; made if it is new."""
        ...

    async def save_account(self, account: Account) -> None:
        """Keep the name and picture."""
        ...
