"""Who is in the rooms that access depends on."""

from collections.abc import Collection, Sequence

from sqlalchemy import bindparam, delete, insert, select

from livechat_plugin.services.repositories.room_members import Guest
from livechat_plugin.services.repositories.rooms import RoomKind
from livechat_plugin.store.connections import SqlConnection, for_each_dialect
from livechat_plugin.store.tables import room_members, rooms

_OF = select(room_members.c.user_id).where(room_members.c.room_id == bindparam("room_id"))
_EMPTY = delete(room_members).where(room_members.c.room_id == bindparam("this"))
_ADD_ALL = insert(room_members)
_ADD = for_each_dialect(lambda insert: insert(room_members).on_conflict_do_nothing())
_REMOVE = delete(room_members).where(
    room_members.c.room_id == bindparam("this"), room_members.c.user_id == bindparam("whom")
)
_GUESTS = (
    select(rooms.c.room_id, rooms.c.conversation_id, room_members.c.user_id)
    .join(rooms, rooms.c.room_id == room_members.c.room_id)
    .where(
        rooms.c.live_chat_id == bindparam("live_chat_id"),
        rooms.c.kind == RoomKind.SESSION,
        rooms.c.conversation_id.is_not(None),
    )
    .order_by(rooms.c.room_id, room_members.c.user_id)
)
_GUEST = _GUESTS.where(room_members.c.user_id == bindparam("user_id"))


class SqlRoomMembers:
    """Members of rooms in SQL."""

    def __init__(self, db: SqlConnection) -> None:
        self._db = db

    async def replace(self, room_id: str, members: Collection[str]) -> None:
        """All at once."""
        await self._db.execute(_EMPTY, {"this": room_id})
        added = [{"room_id": room_id, "user_id": user_id} for user_id in sorted(set(members))]
        if added:
            await self._db.execute(_ADD_ALL, added)

    async def add(self, room_id: str, user_id: str) -> None:
        """One more."""
        await self._db.execute(_ADD[self._db.dialect], {"room_id": room_id, "user_id": user_id})

    async def remove(self, room_id: str, user_id: str) -> None:
        """One less."""
        await self._db.execute(_REMOVE, {"this": room_id, "whom": user_id})

    async def of(self, room_id: str) -> frozenset[str]:
        """Nobody for a room that is not followed."""
        return frozenset((await self._db.execute(_OF, {"room_id": room_id})).scalars())

    async def guests(self, live_chat_id: int, user_id: str | None = None) -> Sequence[Guest]:
        """In one query."""
        if user_id is None:
            found = await self._db.execute(_GUESTS, {"live_chat_id": live_chat_id})
        else:
            found = await self._db.execute(_GUEST, {"live_chat_id": live_chat_id, "user_id": user_id})
        return [Guest(*row) for row in found]
