"""What the rooms that we are in belong to."""

from collections.abc import Collection, Mapping

from sqlalchemy import bindparam, delete, exists, literal_column, select

from livechat_plugin.services.repositories.rooms import RoomBinding
from livechat_plugin.store.connections import SqlConnection, for_each_dialect
from livechat_plugin.store.repositories.postponed import OFF_PERIOD
from livechat_plugin.store.tables import notes, rooms

# Whether the plugin is off comes with it: it is asked for with each event, and must cost no statement.
_IS_OFF = exists().where(
    notes.c.name == literal_column(f"'{OFF_PERIOD}'"), notes.c.value != literal_column("''")
)
_BINDING = (rooms.c.room_id, rooms.c.kind, rooms.c.live_chat_id, rooms.c.conversation_id, _IS_OFF)

_ONE = select(*_BINDING).where(rooms.c.room_id == bindparam("room_id"))
_SOME = select(*_BINDING).where(rooms.c.room_id.in_(bindparam("room_ids", expanding=True)))
_BIND = for_each_dialect(
    lambda insert: (statement := insert(rooms)).on_conflict_do_update(
        index_elements=[rooms.c.room_id],
        set_={name: statement.excluded[name] for name in ("kind", "live_chat_id", "conversation_id")},
    )
)
_FORGET = delete(rooms).where(rooms.c.room_id == bindparam("this"))


class SqlRooms:
    """Rooms in SQL."""

    def __init__(self, db: SqlConnection) -> None:
        self._db = db

    async def bindings(self, room_ids: Collection[str]) -> Mapping[str, RoomBinding]:
        """In one query; most often it is about one room, and that is quicker."""
        if not room_ids:
            return {}
        if len(room_ids) == 1:
            found = await self._db.execute(_ONE, {"room_id": next(iter(room_ids))})
        else:
            found = await self._db.execute(_SOME, {"room_ids": list(room_ids)})
        return {
            room_id: RoomBinding(room_id, kind, live_chat_id, conversation_id, bool(is_off))
            for room_id, kind, live_chat_id, conversation_id, is_off in found
        }

    async def bind(self, binding: RoomBinding) -> None:
        """In place of what was known."""
        values = {
            "room_id": binding.room_id,
            "kind": binding.kind,
            "live_chat_id": binding.live_chat_id,
            "conversation_id": binding.conversation_id,
        }
        await self._db.execute(_BIND[self._db.dialect], values)

    async def forget(self, room_id: str) -> None:
        """None of ours any more."""
        await self._db.execute(_FORGET, {"this": room_id})
