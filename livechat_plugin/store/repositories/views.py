"""Reading a conversation with all that belongs to it, at most once per unit of work."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import bindparam, literal_column, select

from livechat_plugin.core.live_chats import LiveChat
from livechat_plugin.core.sessions import Session
from livechat_plugin.services.repositories.conversations import ConversationView
from livechat_plugin.store.column_types import is_number
from livechat_plugin.store.connections import SqlConnection
from livechat_plugin.store.repositories import rows
from livechat_plugin.store.tables import accounts, conversations, live_chats, session_rooms, sessions

_THIS = conversations.c.id == bindparam("conversation_id")

# NO KEY: other writers may still insert rows that refer to the conversation.
_LOCK = select(conversations.c.id).where(_THIS).with_for_update(key_share=True)

_HOLD = (
    select(conversations.c.id)
    .where(conversations.c.id.in_(bindparam("these", expanding=True)))
    .order_by(conversations.c.id)
    .with_for_update(key_share=True)
)
_OF_SESSIONS = select(sessions.c.conversation_id).where(
    sessions.c.number.in_(bindparam("numbers", expanding=True))
)

_EVERY = (
    select(*rows.CONVERSATION, *rows.SESSION_ROOM, *rows.ACCOUNT, *rows.LIVE_CHAT, *rows.SESSION)
    .select_from(conversations)
    .join(accounts, accounts.c.id == conversations.c.account_id)
    .join(live_chats, live_chats.c.id == conversations.c.live_chat_id)
    .outerjoin(session_rooms, session_rooms.c.id == conversations.c.session_room_id)
    .outerjoin(
        sessions,
        # Written out, not bound: otherwise SQLite would not use the index of open sessions.
        (sessions.c.conversation_id == conversations.c.id) & (sessions.c.state != literal_column("'closed'")),
    )
)
_VIEW = _EVERY.where(_THIS)
_SOME = _EVERY.where(conversations.c.id.in_(bindparam("these", expanding=True)))


# Where in such a row each part begins.
_ACCOUNT = len(rows.CONVERSATION) + len(rows.SESSION_ROOM)
_LIVE_CHAT = _ACCOUNT + len(rows.ACCOUNT)
_SESSION = _LIVE_CHAT + len(rows.LIVE_CHAT)


class Views:
    """The views of one unit of work, kept until something that they show is changed in it."""

    def __init__(self, db: SqlConnection) -> None:
        self._db = db
        self._known: dict[int, ConversationView] = {}
        self._held: set[int] = set()
        self.serving: dict[int, str | None] = {}
        """Who serves the sessions that were read in this unit of work, by number."""

    @property
    def held(self) -> frozenset[int]:
        """The conversations that are locked by now."""
        return frozenset(self._held)

    async def hold(self, conversation_ids: Collection[int], sessions: Collection[int]) -> None:
        """Lock several, where other writers run side by side."""
        if not self._db.locks_rows:
            return  # the whole file is locked
        wanted = set(conversation_ids)
        if sessions:
            numbers = [number for number in sessions if is_number(number)]
            wanted.update((await self._db.execute(_OF_SESSIONS, {"numbers": numbers})).scalars())
        if wanted := wanted - self._held:
            await self._db.execute(_HOLD, {"these": sorted(wanted)})
            self._held |= wanted

    async def load(self, conversation_ids: Collection[int]) -> None:
        """Read several in one statement, those that are held already; for the others the lock would come too late."""
        wanted = {number for number in conversation_ids if not self._db.locks_rows or number in self._held}
        if len(wanted) > 1:
            for row in await self._db.execute(_SOME, {"these": sorted(wanted)}):
                self._known[row[0]] = _view_of(row)

    async def get(self, conversation_id: int) -> ConversationView:
        """The view of a conversation, locked first where other writers run side by side.

        The lock is a statement of its own because a statement that has waited for a lock still sees the joined
        rows as they were before.

        Raises:
            LookupError: there is no such conversation.
        """
        if (known := self._known.get(conversation_id)) is not None:
            return known
        if not is_number(conversation_id):
            raise LookupError(f"there is no conversation {conversation_id}")
        wanted = {"conversation_id": conversation_id}
        if self._db.locks_rows and conversation_id not in self._held:
            await self._db.execute(_LOCK, wanted)
            self._held.add(conversation_id)
        row = (await self._db.execute(_VIEW, wanted)).one_or_none()
        if row is None:
            raise LookupError(f"there is no conversation {conversation_id}")
        view = self._known[conversation_id] = _view_of(row)
        if view.session is not None:
            self.serving[view.session.number] = view.session.operator
        return view

    def forget(self) -> None:
        """Something that views show has changed."""
        self._known.clear()


def _view_of(row: Sequence[Any]) -> ConversationView:
    return ConversationView(
        conversation=rows.conversation_from(row[:_ACCOUNT]),
        account=rows.account_from(row[_ACCOUNT:_LIVE_CHAT]),
        live_chat=LiveChat(*row[_LIVE_CHAT:_SESSION]),
        session=Session(*row[_SESSION:]) if row[_SESSION] is not None else None,
    )
