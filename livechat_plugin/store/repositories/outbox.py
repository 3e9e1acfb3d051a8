"""What we owe the outside world."""

from collections.abc import Sequence
from datetime import datetime
from secrets import token_hex

from sqlalchemy import bindparam, delete, insert, literal_column, select, update

from livechat_plugin.services.deliveries import Delivery, Payload
from livechat_plugin.store.codec import payload_from_json, payload_to_json
from livechat_plugin.store.connections import SqlConnection, new_id
from livechat_plugin.store.tables import deliveries

# Written out, not bound: otherwise SQLite would not use the index of pending deliveries.
_IS_PENDING = deliveries.c.state == literal_column("'pending'")
_THIS = (deliveries.c.id == bindparam("this")) & _IS_PENDING

_ADD = insert(deliveries)
_PENDING = (
    select(deliveries.c.id, deliveries.c.lane, deliveries.c.token, deliveries.c.payload, deliveries.c.due_at)
    .where(deliveries.c.id > bindparam("after"), _IS_PENDING)
    .order_by(deliveries.c.id)
    .limit(bindparam("at_most"))
)
_DONE = delete(deliveries).where(_THIS)
_FAILED = update(deliveries).where(_THIS).values(state="failed", reason=bindparam("why"))


class SqlOutbox:
    """Deliveries in SQL; `added` are those of this unit of work."""

    def __init__(self, db: SqlConnection) -> None:
        self._db = db
        self.added: list[Delivery] = []

    async def add(self, lane: str, payload: Payload, due_at: datetime | None = None) -> Delivery:
        """One more."""
        token = token_hex(8)
        values = {"lane": lane, "token": token, "payload": payload_to_json(payload), "due_at": due_at}
        added = await self._db.execute(_ADD, values)
        delivery = Delivery(new_id(added), lane, token, payload, due_at)
        self.added.append(delivery)
        return delivery

    async def pending(self, after: int, limit: int) -> Sequence[Delivery]:
        """The next ones."""
        found = await self._db.execute(_PENDING, {"after": after, "at_most": limit})
        return [
            Delivery(number, lane, token, payload_from_json(payload), due_at)
            for number, lane, token, payload, due_at in found
        ]

    async def done(self, delivery_id: int) -> bool:
        """The row goes."""
        return (await self._db.execute(_DONE, {"this": delivery_id})).rowcount == 1

    async def failed(self, delivery_id: int, reason: str) -> bool:
        """The row stays, with the reason."""
        return (await self._db.execute(_FAILED, {"this": delivery_id, "why": reason})).rowcount == 1
