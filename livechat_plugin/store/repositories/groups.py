"""The groups of people."""

from collections.abc import Collection

from sqlalchemy import bindparam, delete, insert, select

from livechat_plugin.store.connections import SqlConnection, for_each_dialect
from livechat_plugin.store.tables import group_members, groups

_ADD = for_each_dialect(lambda insert: insert(groups).on_conflict_do_nothing())
_EMPTY = delete(group_members).where(group_members.c.group_name == bindparam("group"))
_ADD_MEMBER = insert(group_members)
_NAMES = select(groups.c.name)
_MEMBERS = select(group_members.c.user_id).where(group_members.c.group_name == bindparam("group"))
_OF = select(group_members.c.group_name).where(group_members.c.user_id == bindparam("user_id"))


class SqlGroups:
    """Groups in SQL."""

    def __init__(self, db: SqlConnection) -> None:
        self._db = db

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
        """The groups that somebody is in."""
        return frozenset((await self._db.execute(_OF, {"user_id": user_id})).scalars())
