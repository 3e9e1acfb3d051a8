"""Deleting what is old."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import and_, delete, or_, select, update

from livechat_plugin.core.sessions import SessionState
from livechat_plugin.services.files_said import Said, uploader_of
from livechat_plugin.services.repositories.retention import Expired
from livechat_plugin.store.codec import Unreadable, content_from_json
from livechat_plugin.store.connections import SLOW, SqlConnection
from livechat_plugin.store.repositories.views import Views
from livechat_plugin.store.tables import audit, messages, read_marks, sessions

_SLOWLY = {SLOW: True}


class SqlRetention:
    """Retention in SQL."""

    def __init__(self, db: SqlConnection, views: Views) -> None:
        self._db = db
        self._views = views

    async def messages(self, closed_before: datetime, after: int, limit: int) -> Expired:
        """Along the ids, in which messages are about as old as they come; only a few before the end are kept."""
        looked_at = (
            select(
                messages.c.id,
                messages.c.conversation_id,
                messages.c.session_number,
                messages.c.direction,
                messages.c.author,
                messages.c.content,
                messages.c.at,
                sessions.c.state,
                sessions.c.closed_at,
            )
            .select_from(messages.outerjoin(sessions, messages.c.session_number == sessions.c.number))
            .where(messages.c.id > after)
            .order_by(messages.c.id)
            .limit(limit)
            .execution_options(**_SLOWLY)
        )
        found = (await self._db.execute(looked_at)).all()
        old = [row for row in found if _is_old(row, closed_before)]
        if old:
            await self._forget(old)
        # What was said after the moment belongs to no session that ended before it, and so does all that follows.
        is_end = len(found) < limit or found[-1].at >= closed_before
        return Expired(len(old), None if is_end else found[-1].id, _contents(old))

    async def audit(self, before: datetime, limit: int) -> int:
        """By the index of their times."""
        oldest = select(audit.c.id).where(audit.c.at < before).order_by(audit.c.at).limit(limit)
        gone = delete(audit).where(audit.c.id.in_(oldest)).execution_options(**_SLOWLY)
        return (await self._db.execute(gone)).rowcount

    async def _forget(self, old: Sequence[Any]) -> None:
        ids = [row.id for row in old]
        # Parts of a long message stand behind its first one, maybe in the next batch.
        these = delete(messages).where(or_(messages.c.id.in_(ids), messages.c.part_of.in_(ids)))
        await self._db.execute(these.execution_options(**_SLOWLY))
        numbers = {row.session_number for row in old} - {None}
        await self._db.execute(
            update(sessions)
            .where(sessions.c.number.in_(numbers))
            .values(subject="", name=None, outcome=None, routing=None)
        )
        last: dict[int, int] = {}
        for row in old:
            last[row.conversation_id] = row.id
        for conversation_id, message_id in last.items():
            was_read = and_(
                read_marks.c.conversation_id == conversation_id, read_marks.c.message_id <= message_id
            )
            await self._db.execute(delete(read_marks).where(was_read))
        self._views.forget()


def _is_old(row: Any, closed_before: datetime) -> bool:
    """What belongs to no session, such as a reaction, is as old as it is."""
    if row.session_number is None:
        return bool(row.at < closed_before)
    is_closed = row.state is SessionState.CLOSED and row.closed_at is not None
    return is_closed and bool(row.closed_at < closed_before)


def _contents(rows: Sequence[Any]) -> Sequence[Said]:
    contents: list[Said] = []
    for row in rows:
        if row.content is not None:
            try:
                said = content_from_json(row.content)
                contents.append(Said(row.id, uploader_of(row.direction, row.author), said))
            except Unreadable:
                continue
    return contents
