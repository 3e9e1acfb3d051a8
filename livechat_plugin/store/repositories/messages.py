"""Everything said."""

from collections import deque
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, insert, or_, select, update

from livechat_plugin.core.content import Content, Media
from livechat_plugin.services.live import conversation_topic
from livechat_plugin.services.repositories.messages import (
    LOOKED_AT_FOR_FILES,
    Direction,
    Message,
    Side,
    WrittenIn,
)
from livechat_plugin.store.codec import content_from_json, content_to_json
from livechat_plugin.store.column_types import UtcDateTime, is_growing_id
from livechat_plugin.store.connections import SLOW, Rows, new_id
from livechat_plugin.store.growing_ids import next_ids
from livechat_plugin.store.later import Later
from livechat_plugin.store.repositories.views import Views
from livechat_plugin.store.tables import messages

_MESSAGE = (
    messages.c.id,
    messages.c.conversation_id,
    messages.c.session_number,
    messages.c.direction,
    messages.c.author,
    messages.c.at,
    messages.c.content,
    messages.c.customer_event,
    messages.c.operators_event,
    messages.c.part_of,
    messages.c.speaker,
    messages.c.edited_at,
    messages.c.written_in,
    messages.c.failure,
)
_COLUMN = {"customer": messages.c.customer_event, "operators": messages.c.operators_event}

_ADD = insert(messages)
_GET = select(*_MESSAGE).where(messages.c.id == bindparam("this"))
_BY_EVENT = {
    side: select(*_MESSAGE).where(column == bindparam("event_id")).order_by(messages.c.id.desc()).limit(1)
    for side, column in _COLUMN.items()
}
_PARTS = (
    select(*_MESSAGE)
    .where(messages.c.part_of == bindparam("first"), messages.c.content.is_not(None))
    .order_by(messages.c.id)
)
_LAST_FILES = (
    select(messages.c.content)
    .where(messages.c.session_number == bindparam("session"), messages.c.content.is_not(None))
    .order_by(messages.c.id.desc())
    .limit(LOOKED_AT_FOR_FILES)
)
_CHANGE = (
    update(messages)
    .where(messages.c.id == bindparam("this"))
    .values(
        content=bindparam("new"),
        edited_at=func.coalesce(bindparam("changed_at", type_=UtcDateTime), messages.c.edited_at),
    )
    .returning(messages.c.conversation_id)
)
_FAIL = (
    update(messages)
    .where(messages.c.id == bindparam("this"))
    .values(failure=bindparam("why"))
    .returning(messages.c.conversation_id)
)
# A reaction has neither content nor session; what was taken back has lost its content only.
_IS_SHOWN = or_(messages.c.content.is_not(None), messages.c.session_number.is_not(None)) & or_(
    messages.c.content.is_not(None), messages.c.part_of.is_(None)
)
_PAGE = (
    select(*_MESSAGE)
    .where(
        messages.c.conversation_id == bindparam("conversation"),
        messages.c.id < bindparam("before"),
        messages.c.id >= bindparam("since"),
        _IS_SHOWN,
    )
    .order_by(messages.c.id.desc())
    .limit(bindparam("at_most"))
)
_FOLLOWING = (
    select(*_MESSAGE)
    .where(
        messages.c.conversation_id == bindparam("conversation"), messages.c.id > bindparam("after"), _IS_SHOWN
    )
    .order_by(messages.c.id)
    .limit(bindparam("at_most"))
    .execution_options(**{SLOW: True})
)
_FIRST = select(func.min(messages.c.id)).where(messages.c.session_number == bindparam("session"))
_NO_END = 2**63 - 1
_SHOWN = {
    "customer": update(messages)
    .where(messages.c.id == bindparam("this"))
    .values(customer_event=bindparam("event_id"), speaker=bindparam("by")),
    "operators": update(messages)
    .where(messages.c.id == bindparam("this"))
    .values(operators_event=bindparam("event_id")),
}
_SHOWN_OF = {side: statement.returning(messages.c.conversation_id) for side, statement in _SHOWN.items()}


class SqlMessages:
    """Messages in SQL."""

    def __init__(self, db: Later, views: Views, touched: set[str]) -> None:
        self._db = db
        self._views = views
        self._touched = touched
        self._ids: deque[int] = deque()
        self._ids_for: frozenset[int] = frozenset()
        """Conversations in which the ids may be used: those that were held when they were taken."""

    async def expect(self, count: int) -> None:
        """Ids for them, so that they can be inserted together."""
        if count > 1:
            self._ids = deque(await next_ids(self._db, messages.name, count))
            self._ids_for = self._views.held

    async def add(  # noqa: PLR0913 - what is optional is named
        self,
        conversation_id: int,
        direction: Direction,
        at: datetime,
        *,
        session_number: int | None = None,
        author: str | None = None,
        content: Content | None = None,
        customer_event: str | None = None,
        operators_event: str | None = None,
        part_of: int | None = None,
        written_in: WrittenIn | None = None,
        touches: Collection[str] = (),
    ) -> int:
        """One more."""
        values = {
            "conversation_id": conversation_id,
            "session_number": session_number,
            "direction": direction,
            "author": author,
            "at": at,
            "content": _kept(content),
            "customer_event": customer_event,
            "operators_event": operators_event,
            "part_of": part_of,
            "written_in": written_in,
        }
        self._touched.add(conversation_topic(conversation_id))
        self._touched.update(touches)
        if self._ids and (conversation_id in self._ids_for or not self._db.locks_rows):
            self._db.insert(_ADD, {"id": self._ids[0], **values})
            return self._ids.popleft()
        self._ids.clear()  # what follows must have a higher id than this one
        return new_id(await self._db.execute(_ADD, values))

    async def get(self, message_id: int) -> Message | None:
        """By its id."""
        if not is_growing_id(message_id):
            return None
        row = (await self._db.execute(_GET, {"this": message_id})).one_or_none()
        return _message(*row) if row is not None else None

    async def by_event(self, side: Side, event_id: str) -> Message | None:
        """By its id on one side; the latest, should a network have used the id twice."""
        row = (await self._db.execute(_BY_EVENT[side], {"event_id": event_id})).one_or_none()
        return _message(*row) if row is not None else None

    async def parts(self, message_id: int) -> Sequence[Message]:
        """What follows the first part."""
        rows = (await self._db.execute(_PARTS, {"first": message_id})).all()
        return [_message(*row) for row in rows]

    async def last_file(self, session_number: int) -> Media | None:
        """By the index of a session's messages."""
        wanted = {"session": session_number}
        for text in (await self._db.execute(_LAST_FILES, wanted)).scalars():
            content = content_from_json(text)
            if isinstance(content, Media):
                return content
        return None

    async def change(
        self, message_id: int, content: Content | None, edited_at: datetime | None = None
    ) -> None:
        """Its content as it is now."""
        values = {"this": message_id, "new": _kept(content), "changed_at": edited_at}
        self._touch(await self._db.execute(_CHANGE, values))

    async def fail(self, message_id: int, reason: str) -> None:
        """Why it did not arrive."""
        self._touch(await self._db.execute(_FAIL, {"this": message_id, "why": reason}))

    async def page(
        self, conversation_id: int, limit: int, *, before: int | None = None, since: int | None = None
    ) -> Sequence[Message]:
        """Backwards along the index of the conversation."""
        wanted = {
            "conversation": conversation_id,
            "before": _within_ids(before) if before is not None else _NO_END,
            "since": _within_ids(since or 0),
            "at_most": limit,
        }
        rows = (await self._db.execute(_PAGE, wanted)).all()
        return [_message(*row) for row in reversed(rows)]

    async def following(self, conversation_id: int, after: int, limit: int) -> Sequence[Message]:
        """Forwards along the index of the conversation."""
        wanted = {"conversation": conversation_id, "after": after, "at_most": limit}
        return [_message(*row) for row in (await self._db.execute(_FOLLOWING, wanted)).all()]

    async def first_of(self, session_number: int) -> int | None:
        """By the index of a session's messages."""
        found: int | None = (await self._db.execute(_FIRST, {"session": session_number})).scalar_one_or_none()
        return found

    async def shown(
        self,
        message_id: int,
        side: Side,
        event_id: str,
        speaker: str | None = None,
        *,
        of: int | None = None,
    ) -> None:
        """Its id on one side, and on the customer's who spoke it there; with others if nothing must be asked back."""
        values = {"this": message_id, "event_id": event_id}
        values |= {"by": speaker} if side == "customer" else {}
        if of is None:
            self._touch(await self._db.execute(_SHOWN_OF[side], values))
            return
        self._db.change(_SHOWN[side], values)
        self._touched.add(conversation_topic(of))

    def _touch(self, changed: Rows) -> None:
        self._touched.update(map(conversation_topic, changed.scalars()))


def _within_ids(message_id: int) -> int:
    """Pages begin where an address says, and anything can be written there."""
    return max(0, min(message_id, _NO_END))


def _kept(content: Content | None) -> str | None:
    return content_to_json(content) if content is not None else None


def _message(*row: Any) -> Message:
    """From the columns `_MESSAGE`, which are in the order of the fields."""
    message = Message(*row)
    return replace(message, content=content_from_json(row[6])) if row[6] is not None else message
