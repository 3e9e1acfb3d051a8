"""Conversations and accounts."""

from collections.abc import Collection, Sequence

from sqlalchemy import bindparam, delete, insert, select, update

from livechat_plugin.core.conversations import Account, Conversation, CustomerRoomState
from livechat_plugin.services.repositories.conversations import ConversationView
from livechat_plugin.store.connections import SqlConnection, for_each_dialect, new_id
from livechat_plugin.store.repositories import rows
from livechat_plugin.store.repositories.views import Views
from livechat_plugin.store.tables import accounts, conversations, notes, session_rooms

_FIND = (
    select(*rows.CONVERSATION, *rows.SESSION_ROOM)
    .select_from(conversations)
    .outerjoin(session_rooms, session_rooms.c.id == conversations.c.session_room_id)
    .where(
        conversations.c.live_chat_id == bindparam("live_chat_id"),
        conversations.c.account_id == bindparam("account_id"),
    )
)
_OF_CUSTOMER = (
    select(*rows.CONVERSATION, *rows.SESSION_ROOM)
    .select_from(conversations)
    .join(accounts, accounts.c.id == conversations.c.account_id)
    .outerjoin(session_rooms, session_rooms.c.id == conversations.c.session_room_id)
    .where(accounts.c.network == bindparam("network"), accounts.c.external_id == bindparam("external_id"))
    .order_by(conversations.c.id)
)
_ADD = insert(conversations)
_SAVE = (
    update(conversations)
    .where(conversations.c.id == bindparam("this"))
    .values(
        customer_room=bindparam("customer_room"),
        customer_state=bindparam("customer_state"),
        session_room_id=bindparam("session_room_id"),
        shown_operator=bindparam("shown_operator"),
        shown_ghost=bindparam("shown_ghost"),
    )
)
_ACCOUNT = select(*rows.ACCOUNT).where(
    accounts.c.network == bindparam("network"), accounts.c.external_id == bindparam("external_id")
)
_ADD_ACCOUNT = for_each_dialect(lambda insert: insert(accounts).on_conflict_do_nothing())
_NOTE_SLOWED = for_each_dialect(lambda insert: insert(notes).on_conflict_do_nothing())
_NOT_SLOWED = delete(notes).where(notes.c.name == bindparam("this"))
_SAVE_ACCOUNT = (
    update(accounts)
    .where(accounts.c.id == bindparam("this"))
    .values(display_name=bindparam("display_name"), avatar_url=bindparam("avatar_url"))
)


class SqlConversations:
    """Conversations and accounts in SQL."""

    def __init__(self, db: SqlConnection, views: Views) -> None:
        self._db = db
        self._views = views

    async def view(self, conversation_id: int) -> ConversationView:
        """Read together, and locked in a writing unit of work."""
        return await self._views.get(conversation_id)

    async def hold(self, conversations: Collection[int], sessions: Collection[int] = ()) -> None:
        """In the order of their ids."""
        await self._views.hold(conversations, sessions)

    async def load(self, conversations: Collection[int]) -> None:
        """In one query."""
        await self._views.load(conversations)

    async def find(self, live_chat_id: int, account_id: int) -> Conversation | None:
        """By live chat and account."""
        found = await self._db.execute(_FIND, {"live_chat_id": live_chat_id, "account_id": account_id})
        row = found.one_or_none()
        return rows.conversation_from(row) if row is not None else None

    async def of_customer(self, network: str, external_id: str) -> Sequence[Conversation]:
        """By the customer's account."""
        found = await self._db.execute(_OF_CUSTOMER, {"network": network, "external_id": external_id})
        return [rows.conversation_from(row) for row in found]

    async def add(self, live_chat_id: int, account_id: int, customer_room: str) -> Conversation:
        """One per live chat and account."""
        values = {
            "live_chat_id": live_chat_id,
            "account_id": account_id,
            "customer_room": customer_room,
            "customer_state": CustomerRoomState.JOINING,
        }
        added = await self._db.execute(_ADD, values)
        return Conversation(new_id(added), live_chat_id, account_id, customer_room, CustomerRoomState.JOINING)

    async def save(self, conversation: Conversation) -> None:
        """Customer room, its state, session room, and who is shown there."""
        room = conversation.session_room
        values = {
            "this": conversation.id,
            "customer_room": conversation.customer_room,
            "customer_state": conversation.customer_state,
            "session_room_id": room.id if room is not None else None,
            "shown_operator": conversation.shown_operator,
            "shown_ghost": conversation.shown_ghost,
        }
        await self._db.execute(_SAVE, values)
        self._views.forget()

    async def slow(self, conversation_id: int, *, is_slowed: bool) -> None:
        """A note stands, or stands no more."""
        name = f"slowed:{conversation_id}"
        if is_slowed:
            await self._db.execute(_NOTE_SLOWED[self._db.dialect], {"name": name, "value": ""})
        else:
            await self._db.execute(_NOT_SLOWED, {"this": name})
        self._views.forget()

    async def account(self, network: str, external_id: str, display_name: str) -> Account:
        """Found, or made if it is new."""
        identity = {"network": network, "external_id": external_id}
        row = (await self._db.execute(_ACCOUNT, identity)).one_or_none()
        if row is None:
            # Another writer may have been faster, so what stands there in the end is what counts.
            await self._db.execute(_ADD_ACCOUNT[self._db.dialect], {**identity, "display_name": display_name})
            row = (await self._db.execute(_ACCOUNT, identity)).one()
        return rows.account_from(row)

    async def save_account(self, account: Account) -> None:
        """Name and picture."""
        values = {
            "this": account.id,
            "display_name": account.display_name,
            "avatar_url": account.avatar_url,
        }
        await self._db.execute(_SAVE_ACCOUNT, values)
        self._views.forget()
