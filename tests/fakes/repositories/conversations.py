from collections.abc import Collection, Sequence
from dataclasses import replace

from livechat_plugin.core.conversations import Account, Conversation, CustomerRoomState
from livechat_plugin.core.errors import ConcurrentChange
from livechat_plugin.services.repositories.conversations import ConversationView
from tests.fakes.stored import Repository, must_exist, visible


class FakeConversations(Repository):
    async def view(self, conversation_id: int) -> ConversationView:
        if conversation_id not in self._all.conversations:
            raise LookupError(f"there is no conversation {conversation_id}")
        conversation = self._all.conversation(conversation_id)
        return ConversationView(
            conversation,
            self._all.accounts[conversation.account_id],
            self._all.live_chats[conversation.live_chat_id],
            self._all.open_session(conversation_id),
        )

    async def hold(self, conversations: Collection[int], sessions: Collection[int] = ()) -> None:
        pass  # writers come one after another

    async def load(self, conversations: Collection[int]) -> None:
        pass  # they are all here

    async def find(self, live_chat_id: int, account_id: int) -> Conversation | None:
        for conversation in self._all.conversations.values():
            if (conversation.live_chat_id, conversation.account_id) == (live_chat_id, account_id):
                return self._all.conversation(conversation.id)
        return None

    async def of_customer(self, network: str, external_id: str) -> Sequence[Conversation]:
        mine = {
            account.id
            for account in self._all.accounts.values()
            if (account.network, account.external_id) == (network, external_id)
        }
        found = [known for known in self._all.conversations.values() if known.account_id in mine]
        return [self._all.conversation(known.id) for known in found]

    async def add(self, live_chat_id: int, account_id: int, customer_room: str) -> Conversation:
        must_exist(self._all.live_chats, live_chat_id)
        must_exist(self._all.accounts, account_id)
        if await self.find(live_chat_id, account_id) is not None:
            raise ConcurrentChange("there is this conversation already")
        number = self._all.next_id("conversations")
        conversation = Conversation(
            number, live_chat_id, account_id, customer_room, CustomerRoomState.JOINING
        )
        self._all.conversations[number] = conversation
        return conversation

    async def save(self, conversation: Conversation) -> None:
        if conversation.session_room is not None:
            must_exist(self._all.session_rooms, conversation.session_room.id)
        known = self._all.conversations.get(conversation.id)
        if known is not None:
            self._all.conversations[known.id] = replace(
                known,
                customer_room=conversation.customer_room,
                customer_state=conversation.customer_state,
                session_room=conversation.session_room,
                shown_operator=conversation.shown_operator,
                shown_ghost=conversation.shown_ghost,
            )

    async def slow(self, conversation_id: int, *, is_slowed: bool) -> None:
        known = self._all.conversations[conversation_id]
        self._all.conversations[conversation_id] = replace(known, is_slowed=is_slowed)

    async def account(self, network: str, external_id: str, display_name: str) -> Account:
        for known in self._all.accounts.values():
            if (known.network, known.external_id) == (network, external_id):
                return known
        account = Account(self._all.next_id("accounts"), network, external_id, visible(display_name))
        self._all.accounts[account.id] = account
        return account

    async def save_account(self, account: Account) -> None:
        known = self._all.accounts.get(account.id)
        if known is not None:
            self._all.accounts[account.id] = replace(
                known, display_name=visible(account.display_name), avatar_url=account.avatar_url
            )
