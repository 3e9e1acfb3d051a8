"""Session rooms, taken and spare."""

from collections.abc import Sequence

from sqlalchemy import Executable, bindparam, delete, func, insert, select, text, update

from livechat_plugin.core.conversations import SessionRoom
from livechat_plugin.store.connections import DialectName, SqlConnection, new_id
from livechat_plugin.store.repositories import rows
from livechat_plugin.store.repositories.views import Views
from livechat_plugin.store.tables import session_rooms

_SPARE = (session_rooms.c.live_chat_id == bindparam("of_live_chat")) & session_rooms.c.conversation_id.is_(
    None
)
_READY = (
    select(session_rooms.c.id)
    .where(_SPARE, session_rooms.c.room_id.is_not(None))
    .order_by(session_rooms.c.id)
    .limit(1)
    .with_for_update(skip_locked=True)  # On PostgreSQL two writers take two rooms.
    .scalar_subquery()
)
_TAKE = (
    update(session_rooms)
    .where(session_rooms.c.id == _READY)
    .values(conversation_id=bindparam("for_conversation"))
    .returning(*rows.SESSION_ROOM)
)
_ADD = insert(session_rooms)
_GET = select(*rows.SESSION_ROOM).where(session_rooms.c.id == bindparam("this"))
_THIS = update(session_rooms).where(session_rooms.c.id == bindparam("this"))
_MADE = _THIS.values(room_id=bindparam("made"), panel=bindparam("shown"))
_PANEL_SHOWN = _THIS.values(panel=bindparam("shown"))
_COUNT_SPARE = select(func.count()).select_from(session_rooms).where(_SPARE)
_ALL_SPARE = (
    select(*rows.SESSION_ROOM).where(session_rooms.c.conversation_id.is_(None)).order_by(session_rooms.c.id)
)
_DROP = delete(session_rooms).where(
    session_rooms.c.id == bindparam("this"), session_rooms.c.conversation_id.is_(None)
)
_SEQUENCE = "pg_get_serial_sequence('session_rooms', 'id')"
_LAST: dict[DialectName, Executable] = {
    "sqlite": text("SELECT seq FROM sqlite_sequence WHERE name = 'session_rooms'"),
    "postgresql": text(f"SELECT pg_sequence_last_value({_SEQUENCE}::regclass)"),
}
_SKIP: dict[DialectName, Executable] = {
    "sqlite": text("UPDATE sqlite_sequence SET seq = :last WHERE name = 'session_rooms'"),
    "postgresql": text(f"SELECT setval({_SEQUENCE}, :last)"),
}


class SqlSessionRooms:
    """Session rooms in SQL."""

    def __init__(self, db: SqlConnection, views: Views) -> None:
        self._db = db
        self._views = views

    async def take_spare(self, live_chat_id: int, conversation_id: int) -> SessionRoom:
        """The oldest one that is ready, or a new one."""
        wanted = {"of_live_chat": live_chat_id, "for_conversation": conversation_id}
        row = (await self._db.execute(_TAKE, wanted)).one_or_none()
        return SessionRoom(*row) if row is not None else await self._add(live_chat_id, conversation_id)

    async def add(self, live_chat_id: int) -> SessionRoom:
        """A spare one."""
        return await self._add(live_chat_id, None)

    async def get(self, session_room_id: int) -> SessionRoom | None:
        """By its id."""
        row = (await self._db.execute(_GET, {"this": session_room_id})).one_or_none()
        return SessionRoom(*row) if row is not None else None

    async def made(self, session_room_id: int, room_id: str, panel: str | None = None) -> None:
        """It exists on the homeserver now."""
        await self._db.execute(_MADE, {"this": session_room_id, "made": room_id, "shown": panel})
        self._views.forget()

    async def panel_shown(self, session_room_id: int, panel: str | None) -> None:
        """It shows this panel now."""
        await self._db.execute(_PANEL_SHOWN, {"this": session_room_id, "shown": panel})
        self._views.forget()

    async def count_spare(self, live_chat_id: int) -> int:
        """Made or to be made."""
        count: int = (await self._db.execute(_COUNT_SPARE, {"of_live_chat": live_chat_id})).scalar_one()
        return count

    async def spare(self) -> Sequence[SessionRoom]:
        """A few for each live chat."""
        return [SessionRoom(*row) for row in await self._db.execute(_ALL_SPARE)]

    async def drop(self, session_room_id: int) -> None:
        """What a conversation has stays."""
        await self._db.execute(_DROP, {"this": session_room_id})

    async def last(self) -> int:
        """What counts the ids knows it."""
        found: int | None = (await self._db.execute(_LAST[self._db.dialect])).scalar_one_or_none()
        return found or 0

    async def skip_to(self, session_room_id: int) -> None:
        """What counts the ids goes on there."""
        if session_room_id > await self.last():
            await self._db.execute(_SKIP[self._db.dialect], {"last": session_room_id})

    async def _add(self, live_chat_id: int, conversation_id: int | None) -> SessionRoom:
        values = {"live_chat_id": live_chat_id, "conversation_id": conversation_id}
        added = await self._db.execute(_ADD, values)
        return SessionRoom(new_id(added), live_chat_id, conversation_id=conversation_id)
