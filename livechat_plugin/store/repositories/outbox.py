"""What we owe the outside world."""

from collections.abc import Collection, Container, Mapping, Sequence
from datetime import UTC, datetime

from sqlalchemy import (
    Executable,
    Select,
    Text,
    TextClause,
    bindparam,
    delete,
    insert,
    literal_column,
    select,
    text,
    union_all,
    update,
)

from livechat_plugin.services.causes import Causes
from livechat_plugin.services.deliveries import Delivery, Payload, slot_of
from livechat_plugin.store.codec import Unreadable, payload_from_json, payload_to_json
from livechat_plugin.store.column_types import Names, UtcDateTime
from livechat_plugin.store.connections import SLOW, DialectName, SqlConnection
from livechat_plugin.store.growing_ids import next_ids
from livechat_plugin.store.later import Later
from livechat_plugin.store.tables import deliveries

# Written out, not bound: otherwise SQLite would not use the indexes of pending deliveries.
_IS_PENDING = deliveries.c.state == literal_column("'pending'")
_THIS = (deliveries.c.id == bindparam("this")) & _IS_PENDING

# What stands before it in its lane comes with the id, and costs no statement of its own. A text, since SQLAlchemy
# leaves out the names of tables after RETURNING.
_ADD = text(
    """
    INSERT INTO deliveries (lane, token, payload, due_at, slot) VALUES (:lane, :token, :payload, :due_at, :slot)
    RETURNING id, (
        SELECT max(earlier.id) FROM deliveries AS earlier
        WHERE earlier.lane = :lane AND earlier.id < deliveries.id
        AND earlier.state = 'pending' AND earlier.due_at IS NULL
    )
    """
).bindparams(bindparam("lane", type_=Text), bindparam("due_at", type_=UtcDateTime))
_ADD_WITH_ID = insert(deliveries)
_IN_LANES = """
    SELECT told.lane, (
        SELECT max(id) FROM deliveries WHERE lane = told.lane AND state = 'pending' AND due_at IS NULL
    ) FROM
"""
_LAST_IN_LANES: Mapping[DialectName, TextClause] = {
    "postgresql": text(f"{_IN_LANES} unnest(CAST(:lanes AS text[])) AS told (lane)"),
    "sqlite": text(
        f"{_IN_LANES} (SELECT value AS lane FROM json_each(:lanes)) AS told"  # noqa: S608 - words of ours
    ).bindparams(bindparam("lanes", type_=Names)),
}
_NEXT = select(deliveries.c.id).where(deliveries.c.id > bindparam("after"), _IS_PENDING)
_NOW = _NEXT.where(deliveries.c.due_at.is_(None))
_LATER = _NEXT.where(deliveries.c.due_at <= bindparam("due_by"))
_OF_SLOTS = deliveries.c.slot.in_(bindparam("slots", expanding=True))
_OF_NOBODY = deliveries.c.slot.is_(None)


def _in_order(*parts: Select[tuple[int]]) -> Executable:
    return union_all(*parts).order_by("id").limit(bindparam("at_most"))


_PENDING_IDS = _in_order(_NOW, _LATER)
_PENDING_IDS_OF_SLOTS = _in_order(
    _NOW.where(_OF_SLOTS), _NOW.where(_OF_NOBODY), _LATER.where(_OF_SLOTS | _OF_NOBODY)
)
_END_OF_TIME = datetime(9999, 1, 1, tzinfo=UTC)
_PENDING = (
    select(deliveries.c.id, deliveries.c.lane, deliveries.c.token, deliveries.c.payload, deliveries.c.due_at)
    .where(deliveries.c.id.in_(bindparam("these", expanding=True)), _IS_PENDING)
    .order_by(deliveries.c.id)
)
_OWES = (
    select(deliveries.c.id)
    .where(deliveries.c.lane == bindparam("lane"), _IS_PENDING, deliveries.c.due_at.is_(None))
    .limit(1)
)
_DONE = delete(deliveries).where(_THIS)
_ALL_DONE = (
    delete(deliveries)
    .where(deliveries.c.id.in_(bindparam("these", expanding=True)), _IS_PENDING)
    .returning(deliveries.c.id)
)
# From then on `due_at` is the time of failing: what is given up is due never more.
_FAILED = (
    update(deliveries).where(_THIS).values(state="failed", reason=bindparam("why"), due_at=bindparam("at"))
)
_FORGET_FAILED = (
    delete(deliveries)
    .where(deliveries.c.state == literal_column("'failed'"), deliveries.c.due_at < bindparam("before"))
    .execution_options(**{SLOW: True})
)

_IDS_AT_ONCE = 4_000
_ROWS_AT_ONCE = 500


class SqlOutbox:
    """Deliveries in SQL.

    Attributes:
        added: those of this unit of work, once they are written.
        unreadable: pending ones that could not be read, with the reason; given up when this unit of work is over.
    """

    def __init__(self, db: Later) -> None:
        self._db = db
        self._waiting: list[tuple[str, str, Payload, str, datetime | None]] = []
        self.added: list[Delivery] = []
        self.unreadable: dict[int, str] = {}
        self._causes = Causes()
        self.because_of = self._causes.because_of

    async def add(self, lane: str, payload: Payload, due_at: datetime | None = None) -> None:
        """One more, written with the others."""
        kept = payload_to_json(payload)
        if not self._waiting:
            self._db.last(self._write)
        self._waiting.append((lane, self._causes.token(kept), payload, kept, due_at))

    async def _write(self, db: SqlConnection) -> None:
        """What waits, in its order."""
        waiting, self._waiting = self._waiting, []
        rows = [
            {"lane": lane, "token": token, "payload": kept, "due_at": due_at, "slot": slot_of(lane)}
            for lane, token, _, kept, due_at in waiting
        ]
        if len(rows) == 1:
            number, predecessor = (await db.execute(_ADD, rows[0])).one()
            ids: Sequence[int] = [number]
            before = {rows[0]["lane"]: predecessor}
        else:
            lanes = list({row["lane"] for row in rows})
            found = await db.execute(_LAST_IN_LANES[db.dialect], {"lanes": lanes})
            before = dict(found.all())
            ids = await next_ids(db, deliveries.name, len(rows))
            await db.execute(_ADD_WITH_ID, [{"id": i, **row} for i, row in zip(ids, rows, strict=True)])
        for number, (lane, token, payload, _, due_at) in zip(ids, waiting, strict=True):
            self.added.append(Delivery(number, lane, token, payload, due_at, before.get(lane)))
            if due_at is None:
                before[lane] = number

    async def pending(
        self,
        after: int,
        limit: int,
        known: Container[int] = (),
        due_by: datetime | None = None,
        slots: Collection[int] | None = None,
    ) -> Sequence[Delivery]:
        """The next ones. Of those known, only the ids are looked at, which the index alone has."""
        found: list[Delivery] = []
        while (wanted := limit - len(found)) > 0:
            unknown = await self._unknown(after, wanted, known, due_by or _END_OF_TIME, slots)
            for begin in range(0, len(unknown), _ROWS_AT_ONCE):
                read = await self._read(unknown[begin : begin + _ROWS_AT_ONCE])
                # Whose slot is not kept with it, is told by its lane.
                found += read if slots is None else [owed for owed in read if owed.slot in slots]
            if len(unknown) < wanted:
                break
            after = unknown[-1]  # Others take the places of those that could not be read.
        return found

    async def _read(self, ids: Sequence[int]) -> list[Delivery]:
        found: list[Delivery] = []
        for number, lane, token, payload, due_at in await self._db.execute(_PENDING, {"these": ids}):
            try:
                found.append(Delivery(number, lane, token, payload_from_json(payload), due_at))
            except Unreadable as error:
                self.unreadable[number] = str(error)
        return found

    async def _unknown(
        self,
        after: int,
        limit: int,
        known: Container[int],
        due_by: datetime,
        slots: Collection[int] | None,
    ) -> Sequence[int]:
        unknown: list[int] = []
        statement = _PENDING_IDS if slots is None else _PENDING_IDS_OF_SLOTS
        of_slots = {} if slots is None else {"slots": list(slots)}
        while len(unknown) < limit:
            values = {"after": after, "at_most": _IDS_AT_ONCE, "due_by": due_by, **of_slots}
            ids: Sequence[int] = (await self._db.execute(statement, values)).scalars().all()
            unknown += [number for number in ids if number not in known]
            if len(ids) < _IDS_AT_ONCE:
                break
            after = ids[-1]
        return unknown[:limit]

    async def owes(self, lane: str) -> bool:
        """By the lane's index."""
        return (await self._db.execute(_OWES, {"lane": lane})).first() is not None

    async def done(self, delivery_id: int) -> bool:
        """The row goes."""
        return (await self._db.execute(_DONE, {"this": delivery_id})).rowcount == 1

    async def all_done(self, delivery_ids: Collection[int]) -> frozenset[int]:
        """The rows go, some hundreds at once."""
        struck: set[int] = set()
        wanted = sorted(set(delivery_ids))
        for begin in range(0, len(wanted), _ROWS_AT_ONCE):
            these = {"these": wanted[begin : begin + _ROWS_AT_ONCE]}
            struck.update((await self._db.execute(_ALL_DONE, these)).scalars())
        return frozenset(struck)

    async def failed(self, delivery_id: int, reason: str) -> bool:
        """The row stays, with the reason."""
        values = {"this": delivery_id, "why": reason, "at": datetime.now(UTC)}
        return (await self._db.execute(_FAILED, values)).rowcount == 1

    async def forget_failed(self, before: datetime) -> None:
        """The old ones."""
        await self._db.execute(_FORGET_FAILED, {"before": before})
