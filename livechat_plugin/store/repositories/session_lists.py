"""Lists of sessions.

Sessions may be many millions, nearly all of them closed. Each list goes along one index in the order of the numbers:
that of the open sessions of a live chat, of all its sessions, of an operator, or of a conversation. `+ 0` and the
like keep a database from choosing another index, since it does not know how many rows it would have to pass over.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, func, literal_column, or_, select

from livechat_plugin.core.conversations import MATRIX
from livechat_plugin.core.sessions import Session, SessionState
from livechat_plugin.services.repositories.session_lists import (
    LOOKED_THROUGH,
    OPEN,
    Found,
    ListedSession,
    PastSession,
    SessionFilter,
)
from livechat_plugin.store.connections import SLOW, SqlConnection
from livechat_plugin.store.repositories import rows
from livechat_plugin.store.tables import accounts, conversations, messages, session_rooms, sessions
from livechat_plugin.store.tables.conversations import IS_OPEN

_SLOWLY = {SLOW: True}
_LIST = (
    select(*rows.SESSION, *rows.ACCOUNT, session_rooms.c.room_id)
    .select_from(sessions)
    .join(conversations, conversations.c.id == sessions.c.conversation_id)
    .join(accounts, accounts.c.id == conversations.c.account_id)
    .outerjoin(session_rooms, session_rooms.c.id == conversations.c.session_room_id)
    .execution_options(**_SLOWLY)
)
_ACCOUNT = len(rows.SESSION)
_ROOM = _ACCOUNT + len(rows.ACCOUNT)

_IS_MESSAGE = (
    messages.c.direction.in_(("in", "out")) & messages.c.content.is_not(None) & messages.c.part_of.is_(None)
)


class SqlSessionLists:
    """Lists of sessions in SQL."""

    def __init__(self, db: SqlConnection) -> None:
        self._db = db

    async def listed(
        self, wanted: SessionFilter, limit: int, *, beyond: int | None = None, oldest_first: bool = False
    ) -> Found:
        """A statement for each choice of filters."""
        along = await self._along(wanted)
        if along is None:
            return Found([])
        oldest = await self._oldest_looked_at(wanted, along)
        statement = _LIST.where(along, *_filters(wanted)).limit(limit)
        if oldest is not None:
            statement = statement.where(sessions.c.number >= oldest)
        statement = _in_order(statement, beyond, oldest_first=oldest_first)
        found = [_listed(row) for row in (await self._db.execute(statement)).all()]
        return Found(found, is_cut=oldest is not None and len(found) < limit)

    async def history(
        self, conversation_id: int, limit: int, *, before: int | None = None
    ) -> Sequence[PastSession]:
        """The sessions first, then their messages counted."""
        statement = (
            select(*rows.SESSION)
            .where(
                sessions.c.conversation_id == conversation_id, sessions.c.state == literal_column("'closed'")
            )
            .order_by(sessions.c.number.desc())
            .limit(limit)
        )
        if before is not None:
            statement = statement.where(sessions.c.number < before)
        found = [Session(*row) for row in (await self._db.execute(statement)).all()]
        counting = (
            select(messages.c.session_number, func.count())
            .where(messages.c.session_number.in_([session.number for session in found]), _IS_MESSAGE)
            .group_by(messages.c.session_number)
            .execution_options(**_SLOWLY)
        )
        counts = {row[0]: row[1] for row in await self._db.execute(counting)}
        return [PastSession(session, counts.get(session.number, 0)) for session in found]

    async def _along(self, wanted: SessionFilter) -> ColumnElement[bool] | None:
        """The index that the list goes along; None if nothing can be found."""
        if wanted.customer is not None and wanted.customer.startswith("@"):
            conversation = (
                select(conversations.c.id)
                .join(accounts, accounts.c.id == conversations.c.account_id)
                .where(
                    accounts.c.network == MATRIX,
                    accounts.c.external_id == wanted.customer,
                    conversations.c.live_chat_id == wanted.live_chat_id,
                )
            )
            found = (await self._db.execute(conversation)).scalar_one_or_none()
            return sessions.c.conversation_id == found if found is not None else None
        if wanted.states <= OPEN:
            return (sessions.c.live_chat_id == wanted.live_chat_id) & IS_OPEN
        if wanted.operator is not None:
            return sessions.c.operator == wanted.operator
        return sessions.c.live_chat_id == wanted.live_chat_id

    async def _oldest_looked_at(self, wanted: SessionFilter, along: ColumnElement[bool]) -> int | None:
        """Where a search ends that may have to pass over many; None if it may look at everything."""
        if not wanted.is_search:
            return None
        statement = (
            select(sessions.c.number)
            .where(along)
            .order_by(sessions.c.number.desc())
            .limit(1)
            .offset(LOOKED_THROUGH - 1)
            .execution_options(**_SLOWLY)
        )
        oldest: int | None = (await self._db.execute(statement)).scalar_one_or_none()
        return oldest


def _in_order(statement: Select[Any], beyond: int | None, *, oldest_first: bool) -> Select[Any]:
    number = sessions.c.number
    if beyond is not None:
        statement = statement.where(number > beyond if oldest_first else number < beyond)
    return statement.order_by(number.asc() if oldest_first else number.desc())


def _filters(wanted: SessionFilter) -> list[ColumnElement[bool]]:
    """All of them, also those that the index has seen to, each in a way that no index is chosen for."""
    filters: list[ColumnElement[bool]] = [sessions.c.live_chat_id + 0 == wanted.live_chat_id]
    if wanted.states != frozenset(SessionState):
        filters.append(sessions.c.state.in_(sorted(wanted.states)))
    if wanted.operator is not None:
        filters.append(func.coalesce(sessions.c.operator, "") == wanted.operator)
    if wanted.customer is not None and not wanted.customer.startswith("@"):
        is_id = accounts.c.external_id == wanted.customer
        filters.append(or_(is_id, _holds(accounts.c.display_name, wanted.customer)))
    if wanted.priority is not None:
        filters.append(sessions.c.priority == wanted.priority)
    if wanted.since is not None:
        filters.append(sessions.c.opened_at >= wanted.since)
    if wanted.text is not None:
        in_name = _holds(func.coalesce(sessions.c.name, ""), wanted.text)
        filters.append(or_(_holds(sessions.c.subject, wanted.text), in_name))
    return filters


def _holds(column: Any, part: str) -> ColumnElement[bool]:
    """Whether a text holds a part, whatever the case of its letters; of those of other scripts if written alike."""
    lowered = func.lower(column)
    found: ColumnElement[bool] = or_(
        lowered.contains(part.lower(), autoescape=True), column.contains(part, autoescape=True)
    )
    return found


def _listed(row: Sequence[Any]) -> ListedSession:
    return ListedSession(Session(*row[:_ACCOUNT]), rows.account_from(row[_ACCOUNT:_ROOM]), row[_ROOM])
