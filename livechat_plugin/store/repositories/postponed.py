"""What happened while the plugin is switched off."""

from collections.abc import Collection, Sequence

import structlog
from sqlalchemy import bindparam, delete, insert, select

from livechat_plugin.services.repositories.postponed import PostponedEvent
from livechat_plugin.services.room_events import AnyRoomEvent
from livechat_plugin.store.codec import Unreadable, event_from_json, event_to_json
from livechat_plugin.store.connections import SqlConnection, for_each_dialect
from livechat_plugin.store.tables import notes, postponed_events

log = structlog.get_logger()

OFF_PERIOD = "off_period"
"""The note with the name of the off-period, empty outside of one."""

_ADD = insert(postponed_events)
_OLDEST = (
    select(postponed_events.c.id, postponed_events.c.event, postponed_events.c.conversation_id)
    .order_by(postponed_events.c.id)
    .limit(bindparam("at_most"))
)
_ANY = select(postponed_events.c.id).limit(1)
_REMOVE = delete(postponed_events).where(postponed_events.c.id.in_(bindparam("these", expanding=True)))
# Changing nothing locks the row, also one that was not there.
_LOCK = for_each_dialect(
    lambda insert: (
        insert(notes)
        .on_conflict_do_update(index_elements=[notes.c.name], set_={"value": notes.c.value})
        .returning(notes.c.value)
    )
)
_KEEP = for_each_dialect(
    lambda insert: (statement := insert(notes)).on_conflict_do_update(
        index_elements=[notes.c.name], set_={"value": statement.excluded.value}
    )
)


class SqlPostponed:
    """Postponed events in SQL."""

    def __init__(self, db: SqlConnection) -> None:
        self._db = db

    async def add(self, event: AnyRoomEvent, conversation_id: int | None = None) -> None:
        """One more."""
        values = {"conversation_id": conversation_id, "event": event_to_json(event)}
        await self._db.execute(_ADD, values)

    async def oldest(self, limit: int) -> Sequence[PostponedEvent]:
        """The first ones; those that cannot be read go, so that they hold up no other."""
        while True:
            found: list[PostponedEvent] = []
            unreadable: list[int] = []
            rows = (await self._db.execute(_OLDEST, {"at_most": limit})).all()
            for number, event, conversation_id in rows:
                try:
                    found.append(PostponedEvent(number, event_from_json(event), conversation_id))
                except Unreadable as error:
                    log.error("a postponed event is passed over", postponed_event=number, reason=str(error))
                    unreadable.append(number)
            await self.remove(unreadable)
            if found or not unreadable:
                return found

    async def remove(self, ids: Collection[int]) -> None:
        """Their rows go."""
        if ids:
            await self._db.execute(_REMOVE, {"these": list(ids)})

    async def is_empty(self) -> bool:
        """Whether there is a row."""
        return (await self._db.execute(_ANY)).first() is None

    async def period(self) -> str | None:
        """From the note, whose row is locked by asking."""
        locked = await self._db.execute(_LOCK[self._db.dialect], {"name": OFF_PERIOD, "value": ""})
        value: str = locked.scalar_one()
        return value or None

    async def begin_period(self, name: str) -> None:
        """In the note."""
        await self._db.execute(_KEEP[self._db.dialect], {"name": OFF_PERIOD, "value": name})

    async def end_period(self) -> None:
        """No name in the note."""
        await self.begin_period("")
