"""How far everybody has read: along the primary key, and along the index of a session's messages."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, select

from livechat_plugin.services.live import conversation_topic, person_topic
from livechat_plugin.services.repositories.reading import UNREAD_COUNTED, ReadMark
from livechat_plugin.store.connections import for_each_dialect
from livechat_plugin.store.later import Later
from livechat_plugin.store.tables import messages, read_marks, sessions

_MARK = (read_marks.c.reader, read_marks.c.message_id, read_marks.c.at)


def _advance(insert: Any) -> Any:
    new = insert(read_marks)
    return new.on_conflict_do_update(
        index_elements=["conversation_id", "reader"],
        set_={"message_id": new.excluded.message_id, "at": new.excluded.at},
        where=read_marks.c.message_id < new.excluded.message_id,
    )


_ADVANCE = for_each_dialect(lambda insert: _advance(insert).returning(read_marks.c.conversation_id))
_FOLLOW = for_each_dialect(_advance)
_MARKS = (
    select(*_MARK)
    .where(read_marks.c.conversation_id == bindparam("conversation_id"))
    .order_by(read_marks.c.at.desc(), read_marks.c.reader)
)
_MARKS_OF = select(read_marks.c.conversation_id, *_MARK).where(
    read_marks.c.conversation_id.in_(bindparam("conversations", expanding=True)),
    read_marks.c.reader == bindparam("who"),
)
_READ_SO_FAR = (
    select(read_marks.c.message_id)
    .where(
        read_marks.c.conversation_id == sessions.c.conversation_id,
        read_marks.c.reader == bindparam("who"),
    )
    .correlate(sessions)
    .scalar_subquery()
)
_NEW_ONES = (
    select(messages.c.id)
    .where(
        messages.c.session_number == sessions.c.number,
        messages.c.id > func.coalesce(_READ_SO_FAR, 0),
        messages.c.direction == "in",
        messages.c.content.is_not(None),
        messages.c.part_of.is_(None),
    )
    .correlate(sessions)
    .limit(UNREAD_COUNTED)
    .subquery()
)
_UNREAD = select(
    sessions.c.number, select(func.count()).select_from(_NEW_ONES).correlate(sessions).scalar_subquery()
).where(sessions.c.number.in_(bindparam("numbers", expanding=True)))


class SqlReading:
    """Read marks in SQL."""

    def __init__(self, db: Later, touched: set[str]) -> None:
        self._db = db
        self._touched = touched

    async def advance(self, conversation_id: int, reader: str, message_id: int, at: datetime) -> bool:
        """Insert, or update if it goes forward: one statement, whoever else does the same."""
        values = {
            "conversation_id": conversation_id,
            "reader": reader,
            "message_id": message_id,
            "at": at,
        }
        is_further = bool((await self._db.execute(_ADVANCE[self._db.dialect], values)).all())
        if is_further:
            self._touched.update((conversation_topic(conversation_id), person_topic(reader)))
        return is_further

    async def follow(self, conversation_id: int, reader: str, message_id: int, at: datetime) -> None:
        """With those of other messages."""
        values = {"conversation_id": conversation_id, "reader": reader, "message_id": message_id, "at": at}
        self._db.change(_FOLLOW[self._db.dialect], values)
        self._touched.update((conversation_topic(conversation_id), person_topic(reader)))

    async def marks(self, conversation_id: int) -> Sequence[ReadMark]:
        """Those who read a conversation are few."""
        found = await self._db.execute(_MARKS, {"conversation_id": conversation_id})
        return [ReadMark(*row) for row in found.all()]

    async def marks_of(self, reader: str, conversations: Collection[int]) -> Mapping[int, ReadMark]:
        """One look for each conversation."""
        if not conversations:
            return {}
        wanted = {"who": reader, "conversations": list(conversations)}
        return {row[0]: ReadMark(*row[1:]) for row in (await self._db.execute(_MARKS_OF, wanted)).all()}

    async def unread(self, reader: str, sessions: Collection[int]) -> Mapping[int, int]:
        """A bounded count for each session."""
        if not sessions:
            return {}
        wanted = {"who": reader, "numbers": list(sessions)}
        counts = (await self._db.execute(_UNREAD, wanted)).all()
        return {row[0]: row[1] for row in counts if row[1]}
