"""The fake repositories of conversations, their rooms, sessions and messages."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from livechat_plugin.core.content import Content
from livechat_plugin.core.conversations import Account, Conversation, CustomerRoomState, SessionRoom
from livechat_plugin.core.errors import ConcurrentChange
from livechat_plugin.core.sessions import Session, SessionState
from livechat_plugin.services.repositories.conversations import ConversationView
from livechat_plugin.services.repositories.messages import Direction, Message, Side
from tests.fakes.stored import Repository, Stored, in_utc, must_exist, visible


def _open_session(stored: Stored, conversation_id: int) -> Session | None:
    for session in stored.sessions.values():
        if session.conversation_id == conversation_id and session.is_open:
            return session
    return None


def _event_on(side: Side, message: Message) -> str | None:
    return message.customer_event if side == "customer" else message.operators_event


class FakeConversations(Repository):
    async def view(self, conversation_id: int) -> ConversationView:
        if conversation_id not in self._all.conversations:
            raise LookupError(f"there is no conversation {conversation_id}")
        conversation = self._all.conversation(conversation_id)
        return ConversationView(
            conversation,
            self._all.accounts[conversation.account_id],
            self._all.live_chats[conversation.live_chat_id],
            _open_session(self._all, conversation_id),
        )

    async def find(self, live_chat_id: int, account_id: int) -> Conversation | None:
        for conversation in self._all.conversations.values():
            if (conversation.live_chat_id, conversation.account_id) == (live_chat_id, account_id):
                return self._all.conversation(conversation.id)
        return None

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
            )

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


class FakeSessionRooms(Repository):
    async def take_spare(self, live_chat_id: int, conversation_id: int) -> SessionRoom:
        ready = [room for room in self._spare(live_chat_id) if room.room_id is not None]
        room = ready[0] if ready else await self.add(live_chat_id)
        taken = replace(room, conversation_id=conversation_id)
        self._all.session_rooms[room.id] = taken
        return taken

    async def add(self, live_chat_id: int) -> SessionRoom:
        must_exist(self._all.live_chats, live_chat_id)
        room = SessionRoom(self._all.next_id("session_rooms"), live_chat_id)
        self._all.session_rooms[room.id] = room
        return room

    async def get(self, session_room_id: int) -> SessionRoom | None:
        return self._all.session_rooms.get(session_room_id)

    async def made(self, session_room_id: int, room_id: str) -> None:
        room = self._all.session_rooms.get(session_room_id)
        if room is not None:
            self._all.session_rooms[room.id] = replace(room, room_id=room_id)

    async def count_spare(self, live_chat_id: int) -> int:
        return len(self._spare(live_chat_id))

    def _spare(self, live_chat_id: int) -> list[SessionRoom]:
        return [
            room
            for room in self._all.session_rooms.values()
            if room.live_chat_id == live_chat_id and room.conversation_id is None
        ]


class FakeSessions(Repository):
    async def open(self, conversation_id: int, subject: str, at: datetime) -> Session:
        must_exist(self._all.conversations, conversation_id)
        if _open_session(self._all, conversation_id) is not None:
            raise ConcurrentChange("there is an open session already")
        number = self._all.next_id("sessions")
        session = Session(number, conversation_id, SessionState.OPENING, visible(subject), in_utc(at))
        self._all.sessions[number] = session
        return session

    async def get(self, number: int) -> Session | None:
        return self._all.sessions.get(number)

    async def by_card(self, event_id: str) -> Session | None:
        return next((session for session in self._all.sessions.values() if session.card == event_id), None)

    async def save(self, session: Session) -> None:
        known = self._all.sessions.get(session.number)
        if known is None or known.version != session.version - 1:
            raise ConcurrentChange(f"Session #{session.number} was changed by somebody else.")
        self._all.sessions[session.number] = replace(
            session,
            subject=visible(session.subject),
            outcome=visible(session.outcome) if session.outcome is not None else None,
            conversation_id=known.conversation_id,
            opened_at=known.opened_at,
            card=known.card,
        )

    async def set_card(self, number: int, event_id: str) -> None:
        session = self._all.sessions.get(number)
        if session is not None:
            self._all.sessions[number] = replace(session, card=event_id)

    async def last_closed(self, conversation_id: int) -> Session | None:
        closed = [
            session
            for session in self._all.sessions.values()
            if session.conversation_id == conversation_id and not session.is_open
        ]
        return max(closed, key=lambda session: session.number, default=None)


class FakeMessages(Repository):
    async def add(
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
    ) -> int:
        must_exist(self._all.conversations, conversation_id)
        must_exist(self._all.sessions, session_number)
        must_exist(self._all.messages, part_of)
        self._must_be_new(operators_event)
        message = Message(
            self._all.next_id("messages"),
            conversation_id,
            session_number,
            direction,
            author,
            in_utc(at),
            content,
            customer_event,
            operators_event,
            part_of,
        )
        self._all.messages[message.id] = message
        return message.id

    async def get(self, message_id: int) -> Message | None:
        return self._all.messages.get(message_id)

    async def by_event(self, side: Side, event_id: str) -> Message | None:
        found = [message for message in self._all.messages.values() if _event_on(side, message) == event_id]
        return found[-1] if found else None

    async def parts(self, message_id: int) -> Sequence[Message]:
        return [
            message
            for message in self._all.messages.values()
            if message.part_of == message_id and message.content is not None
        ]

    async def change(self, message_id: int, content: Content | None) -> None:
        message = self._all.messages.get(message_id)
        if message is not None:
            self._all.messages[message_id] = replace(message, content=content)

    async def shown(self, message_id: int, side: Side, event_id: str) -> None:
        message = self._all.messages.get(message_id)
        if message is None:
            return
        if side == "customer":
            self._all.messages[message_id] = replace(message, customer_event=event_id)
        elif message.operators_event != event_id:
            self._must_be_new(event_id)
            self._all.messages[message_id] = replace(message, operators_event=event_id)

    def _must_be_new(self, operators_event: str | None) -> None:
        if operators_event is not None and any(
            message.operators_event == operators_event for message in self._all.messages.values()
        ):
            raise ConcurrentChange(f"there is a message with {operators_event} already")
