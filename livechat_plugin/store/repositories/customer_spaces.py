"""The customers' own spaces."""

from secrets import token_hex

from sqlalchemy import bindparam, select, update

from livechat_plugin.services.repositories.customer_spaces import CustomerSpace
from livechat_plugin.store.connections import SqlConnection, for_each_dialect
from livechat_plugin.store.tables import customer_spaces

_GET = select(customer_spaces.c.user_id, customer_spaces.c.token, customer_spaces.c.room_id).where(
    customer_spaces.c.user_id == bindparam("user_id")
)
_ADD = for_each_dialect(lambda insert: insert(customer_spaces).on_conflict_do_nothing())
_MADE = (
    update(customer_spaces)
    .where(customer_spaces.c.user_id == bindparam("whose"))
    .values(room_id=bindparam("room"))
)


class SqlCustomerSpaces:
    """Customers' spaces in SQL."""

    def __init__(self, db: SqlConnection) -> None:
        self._db = db

    async def get(self, user_id: str) -> CustomerSpace | None:
        """By whose it is."""
        row = (await self._db.execute(_GET, {"user_id": user_id})).one_or_none()
        return CustomerSpace(*row) if row is not None else None

    async def ensure(self, user_id: str) -> CustomerSpace:
        """The first one stays."""
        if (known := await self.get(user_id)) is not None:
            return known
        await self._db.execute(_ADD[self._db.dialect], {"user_id": user_id, "token": token_hex(12)})
        return await self.get(user_id) or await self.ensure(user_id)

    async def made(self, user_id: str, room_id: str) -> None:
        """In place of an earlier one."""
        await self._db.execute(_MADE, {"whose": user_id, "room": room_id})
