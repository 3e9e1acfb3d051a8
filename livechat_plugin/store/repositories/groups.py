"""The groups of people."""

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import BindParameter, bindparam, delete, insert, select, union, update

from livechat_plugin.core.errors import GroupExists
from livechat_plugin.core.groups import Group
from livechat_plugin.store.connections import SqlConnection, for_each_dialect
from livechat_plugin.store.tables import group_members, group_rooms, groups, room_members

_GROUP = (groups.c.name, groups.c.source, groups.c.room_id)
_NAMED: BindParameter[str] = bindparam("group")

_ADD = for_each_dialect(lambda insert: insert(groups).on_conflict_do_nothing())
_SAVE = (
    update(groups).where(groups.c.name == _NAMED).values(source=bindparam("from"), room_id=bindparam("room"))
)
_GET = select(*_GROUP).where(groups.c.name == _NAMED)
_ALL = select(*_GROUP)
_DELETE = (
    delete(group_members).where(group_members.c.group_name == _NAMED),
    delete(group_rooms).where(group_rooms.c.group_name == _NAMED),
    delete(groups).where(groups.c.name == _NAMED),
)
_EMPTY = delete(group_members).where(group_members.c.group_name == _NAMED)
_ADD_MEMBER = insert(group_members)
_NAMES = select(groups.c.name)
_IS_FOLLOWED = group_rooms.c.room_id == room_members.c.room_id
_MEMBERS = union(
    select(group_members.c.user_id).where(group_members.c.group_name == _NAMED),
    select(room_members.c.user_id).join(group_rooms, _IS_FOLLOWED).where(group_rooms.c.group_name == _NAMED),
)
_OF = union(
    select(group_members.c.group_name).where(group_members.c.user_id == bindparam("user_id")),
    select(group_rooms.c.group_name)
    .join(room_members, _IS_FOLLOWED)
    .where(room_members.c.user_id == bindparam("user_id")),
)
_ROOMS = select(group_rooms.c.room_id, group_rooms.c.parent).where(group_rooms.c.group_name == _NAMED)
_NO_ROOMS = delete(group_rooms).where(group_rooms.c.group_name == _NAMED)
_ADD_ROOM = insert(group_rooms)
_FOLLOWING = select(group_rooms.c.group_name).where(group_rooms.c.room_id == bindparam("room_id"))
_FOLLOWED = select(group_rooms.c.room_id).distinct()


class SqlGroups:
    """Groups in SQL."""

    def __init__(self, db: SqlConnection) -> None:
        self._db = db

    async def add(self, group: Group) -> None:
        """Its name must be new."""
        values = {"name": group.name, "source": group.source, "room_id": group.room}
        if (await self._db.execute(_ADD[self._db.dialect], values)).rowcount != 1:
            raise GroupExists(group.name)

    async def save(self, group: Group) -> None:
        """All but the name."""
        await self._db.execute(_SAVE, {"group": group.name, "from": group.source, "room": group.room})

    async def get(self, name: str) -> Group | None:
        """By its name."""
        row = (await self._db.execute(_GET, {"group": name})).one_or_none()
        return Group(*row) if row is not None else None

    async def all(self) -> Sequence[Group]:
        """Sorted here, because databases differ in how they sort names."""
        found = [Group(*row) for row in await self._db.execute(_ALL)]
        return sorted(found, key=lambda group: (group.name.casefold(), group.name))

    async def delete(self, name: str) -> None:
        """What refers to it goes first."""
        for statement in _DELETE:
            await self._db.execute(statement, {"group": name})

    async def set_members(self, name: str, members: Collection[str]) -> None:
        """These and no others."""
        await self._db.execute(_ADD[self._db.dialect], {"name": name})
        await self._db.execute(_EMPTY, {"group": name})
        added = [{"group_name": name, "user_id": user_id} for user_id in sorted(set(members))]
        if added:
            await self._db.execute(_ADD_MEMBER, added)

    async def names(self) -> frozenset[str]:
        """Every group."""
        return frozenset((await self._db.execute(_NAMES)).scalars())

    async def members(self, group: str) -> frozenset[str]:
        """Nobody for a group that does not exist."""
        return frozenset((await self._db.execute(_MEMBERS, {"group": group})).scalars())

    async def of(self, user_id: str) -> frozenset[str]:
        """Both halves begin at the index of people."""
        return frozenset((await self._db.execute(_OF, {"user_id": user_id})).scalars())

    async def rooms(self, name: str) -> Mapping[str, str | None]:
        """None for a group that follows none."""
        found = await self._db.execute(_ROOMS, {"group": name})
        return {row.room_id: row.parent for row in found}

    async def set_rooms(self, name: str, rooms: Mapping[str, str | None]) -> None:
        """These and no others."""
        await self._db.execute(_NO_ROOMS, {"group": name})
        added = [
            {"group_name": name, "room_id": room_id, "parent": parent}
            for room_id, parent in sorted(rooms.items())
        ]
        if added:
            await self._db.execute(_ADD_ROOM, added)

    async def following(self, room_id: str) -> frozenset[str]:
        """By the index of rooms."""
        return frozenset((await self._db.execute(_FOLLOWING, {"room_id": room_id})).scalars())

    async def followed(self) -> frozenset[str]:
        """Each once."""
        return frozenset((await self._db.execute(_FOLLOWED)).scalars())
