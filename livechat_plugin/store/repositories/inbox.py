"""What has arrived."""

from collections.abc import Collection, Sequence
from datetime import datetime
from operator import itemgetter
from typing import Any

import structlog
from sqlalchemy import bindparam, delete, insert, select, text

from livechat_plugin.services.room_events import AnyRoomEvent
from livechat_plugin.store.codec import Unreadable, event_from_json, event_to_json
from livechat_plugin.store.column_types import UtcDateTime
from livechat_plugin.store.connections import INBOX_LOCK, SLOW, SqlConnection, for_each_dialect
from livechat_plugin.store.tables import held_events, notes, rejected_events, seen_events

log = structlog.get_logger()

_MARK_SEEN = for_each_dialect(
    lambda insert: insert(seen_events).on_conflict_do_nothing().returning(seen_events.c.event_id)
)
# The lock is there before the first row is, and what follows sees all that was committed before it.
_MARK_SEEN_IN_TURN = text(
    f"""
    WITH turn AS MATERIALIZED (SELECT pg_advisory_xact_lock_shared({INBOX_LOCK}))
    INSERT INTO seen_events (event_id, seen_at)
    SELECT event_id, :at FROM turn, unnest(CAST(:event_ids AS text[])) AS event_id
    ON CONFLICT DO NOTHING RETURNING event_id
    """  # noqa: S608 - a number of ours
).bindparams(bindparam("at", type_=UtcDateTime))
_SEEN = select(seen_events.c.event_id).where(seen_events.c.event_id.in_(bindparam("these", expanding=True)))
_IDS_AT_ONCE = 500
_HOLD = insert(held_events)
_RELEASE = (
    delete(held_events)
    .where(held_events.c.conversation_id == bindparam("of_conversation"))
    .returning(held_events.c.id, held_events.c.event)
)
_REJECT = insert(rejected_events)
_OLDEST_KEPT = (
    select(seen_events.c.seen_at).order_by(seen_events.c.seen_at.desc()).limit(1).offset(bindparam("others"))
)
_FORGET_SEEN = (
    delete(seen_events).where(seen_events.c.seen_at < bindparam("before")).execution_options(**{SLOW: True})
)
_RELEASE_FIRST = (
    delete(held_events)
    .where(
        held_events.c.id.in_(
            select(held_events.c.id)
            .where(held_events.c.conversation_id == bindparam("of_conversation"))
            .order_by(held_events.c.id)
            .limit(bindparam("most"))
        )
    )
    .returning(held_events.c.id, held_events.c.event)
)
_FORGET_REJECTED = (
    delete(rejected_events)
    .where(rejected_events.c.at < bindparam("before"))
    .execution_options(**{SLOW: True})
)
_NOTE = select(notes.c.value).where(notes.c.name == bindparam("name"))
_KEEP_NOTE = for_each_dialect(
    lambda insert: (statement := insert(notes)).on_conflict_do_update(
        index_elements=[notes.c.name], set_={"value": statement.excluded.value}
    )
)


class SqlInbox:
    """Arrivals in SQL."""

    def __init__(self, db: SqlConnection) -> None:
        self._db = db

    async def mark_seen(
        self, event_ids: Collection[str], at: datetime, *, in_turn: bool = False
    ) -> frozenset[str]:
        """In one statement. In one order for all writers, so that none waits for another in a circle."""
        if in_turn and self._db.dialect == "postgresql":
            return await self._mark_seen_in_turn(event_ids, at)
        marks = [{"event_id": event_id, "seen_at": at} for event_id in sorted(set(event_ids))]
        if not marks:
            return frozenset()
        new = await self._db.execute(_MARK_SEEN[self._db.dialect], marks if len(marks) > 1 else marks[0])
        return frozenset(new.scalars())

    async def _mark_seen_in_turn(self, event_ids: Collection[str], at: datetime) -> frozenset[str]:
        if not event_ids:
            return frozenset()
        values = {"event_ids": sorted(set(event_ids)), "at": at}
        return frozenset((await self._db.execute(_MARK_SEEN_IN_TURN, values)).scalars())

    async def unseen(self, event_ids: Collection[str]) -> frozenset[str]:
        """By the primary key, some hundreds at once."""
        wanted, seen = sorted(set(event_ids)), set[str]()
        for begin in range(0, len(wanted), _IDS_AT_ONCE):
            these = {"these": wanted[begin : begin + _IDS_AT_ONCE]}
            seen.update((await self._db.execute(_SEEN, these)).scalars())
        return frozenset(wanted) - seen

    async def hold(self, conversation_id: int, event: AnyRoomEvent) -> None:
        """Until we have joined."""
        values = {"conversation_id": conversation_id, "event": event_to_json(event)}
        await self._db.execute(_HOLD, values)

    async def release(self, conversation_id: int, most: int | None = None) -> Sequence[AnyRoomEvent]:
        """Sorted here: what DELETE returns comes in any order. One that cannot be read keeps back no other."""
        wanted = {"of_conversation": conversation_id}
        if most is None:
            return _readable((await self._db.execute(_RELEASE, wanted)).all())
        events: list[AnyRoomEvent] = []
        while (places := most - len(events)) > 0:
            held = (await self._db.execute(_RELEASE_FIRST, {**wanted, "most": places})).all()
            events += _readable(held)  # Others take the places of those that could not be read.
            if len(held) < places:
                break
        return events

    async def reject(self, event_id: str | None, reason: str, at: datetime) -> None:
        """For the record."""
        await self._db.execute(_REJECT, {"event_id": event_id, "reason": reason, "at": at})

    async def forget_seen(self, before: datetime, keep: int = 0) -> None:
        """The old ones."""
        if keep:
            kept: datetime | None = (
                await self._db.execute(_OLDEST_KEPT, {"others": keep - 1})
            ).scalar_one_or_none()
            if kept is None:
                return
            before = min(before, kept)
        await self._db.execute(_FORGET_SEEN, {"before": before})

    async def forget_rejected(self, before: datetime) -> None:
        """The old ones."""
        await self._db.execute(_FORGET_REJECTED, {"before": before})

    async def note(self, name: str) -> str | None:
        """By its name."""
        value: str | None = (await self._db.execute(_NOTE, {"name": name})).scalar_one_or_none()
        return value

    async def keep_note(self, name: str, value: str) -> None:
        """In place of what was there."""
        await self._db.execute(_KEEP_NOTE[self._db.dialect], {"name": name, "value": value})


def _readable(held: Sequence[Sequence[Any]]) -> list[AnyRoomEvent]:
    events: list[AnyRoomEvent] = []
    for number, event in sorted(held, key=itemgetter(0)):
        try:
            events.append(event_from_json(event))
        except Unreadable as error:
            log.error("a held event is passed over", held_event=number, reason=str(error))
    return events
