"""The ghosts that are operators as customers see them."""

from sqlalchemy import bindparam, select, update

from livechat_plugin.core.operator_names import OperatorGhost
from livechat_plugin.store.connections import SqlConnection, for_each_dialect
from livechat_plugin.store.tables import operator_ghosts

_FIND = select(
    operator_ghosts.c.id,
    operator_ghosts.c.user_id,
    operator_ghosts.c.display_name,
    operator_ghosts.c.avatar_url,
).where(operator_ghosts.c.user_id == bindparam("operator"))
_ADD = for_each_dialect(lambda insert: insert(operator_ghosts).on_conflict_do_nothing())
_SAVE = (
    update(operator_ghosts)
    .where(operator_ghosts.c.id == bindparam("this"))
    .values(display_name=bindparam("display_name"), avatar_url=bindparam("avatar_url"))
)


class SqlOperatorGhosts:
    """Operators' ghosts in SQL."""

    def __init__(self, db: SqlConnection) -> None:
        self._db = db

    async def of(self, user_id: str) -> OperatorGhost:
        """Found, or made if it is new."""
        ghost = await self.find(user_id)
        if ghost is None:
            await self._db.execute(_ADD[self._db.dialect], {"user_id": user_id})
            ghost = await self.find(user_id)
        if ghost is None:
            raise LookupError(f"{user_id} has no ghost")
        return ghost

    async def find(self, user_id: str) -> OperatorGhost | None:
        """By the operator."""
        row = (await self._db.execute(_FIND, {"operator": user_id})).one_or_none()
        return OperatorGhost(*row) if row is not None else None

    async def save(self, ghost: OperatorGhost) -> None:
        """Name and picture."""
        values = {"this": ghost.id, "display_name": ghost.display_name, "avatar_url": ghost.avatar_url}
        await self._db.execute(_SAVE, values)
