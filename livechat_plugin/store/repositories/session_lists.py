"""Lists of sessions.

Sessions may be many millions, nearly all of them closed. Each list goes along one index in the order of the numbers:
that of the open sessions of a live chat, of all its sessions, of an operator, or of a conversation. `+ 0` and the
like keep a database from choosing another index, since it does not know how many rows it would have to pass over.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, bindparam, func, literal_column, or_, select

from livechat_plugin.core.conversations import MATRIX
from livechat_plugin.core.sessions import Session, SessionState
from livechat_plugin.services.repositories.session_lists import (
    LOOKED_THROUGH,
    OPEN,
    WAITING,
    Found,
    LastSaid,
    ListedSession,
    PastSession,
    SessionFilter,
)
from livechat_plugin.store.codec import content_from_json
from livechat_plugin.store.connections import SLOW, SqlConnection
from livechat_plugin.store.repositories import rows
from livechat_plugin.store.tables import accounts, conversations, messages, session_rooms, sessions
from livechat_plugin.store.tables.conversations import IS_ACTIVE, IS_OPEN, IS_WAITING

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
_LAST_ID = (
    select(messages.c.id)
    .where(messages.c.session_number == sessions.c.number, _IS_MESSAGE)
    .order_by(messages.c.id.desc())
    .limit(1)
    .correlate(sessions)
    .scalar_subquery()
)
_LAST_SAID = (
    select(
        messages.c.session_number,
        messages.c.direction,
        messages.c.author,
        messages.c.at,
        messages.c.content,
    )
    .select_from(sessions)
    .join(messages, messages.c.id == _LAST_ID)
    .where(sessions.c.number.in_(bindparam("numbers", expanding=True)))
)
_SERVED_BY = (
    select(sessions.c.number)
    .where(sessions.c.operator == bindparam("who"), IS_ACTIVE)
    .order_by(sessions.c.number)
    .limit(bindparam("most", type_=Integer))
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

    async def of_conversations(
        self, conversations: Sequence[int], limit: int, *, before: int | None = None
    ) -> Sequence[ListedSession]:
        """By the index of each conversation's sessions."""
        statement = _LIST.where(sessions.c.conversation_id.in_(conversations)).limit(limit)
        statement = _in_order(statement, before, oldest_first=False)
        return [_listed(row) for row in (await self._db.execute(statement)).all()]

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

    async def last_said(self, sessions: Collection[int]) -> Mapping[int, LastSaid]:
        """The last message of each by the index of its messages."""
        if not sessions:
            return {}
        found = (await self._db.execute(_LAST_SAID, {"numbers": list(sessions)})).all()
        return {row[0]: LastSaid(row[1], row[2], row[3], content_from_json(row[4])) for row in found}

    async def count(self, live_chats: Collection[int], states: frozenset[SessionState], most: int) -> int:
        """Along the index of those that are open, by where they stand."""
        if not live_chats:
            return 0
        are_here = sessions.c.live_chat_id.in_(sorted(live_chats))
        are_so = sessions.c.state.in_(sorted(states))
        wanted: Select[Any] = select(literal_column("1")).select_from(sessions)
        wanted = wanted.where(are_here, IS_OPEN, are_so)
        counting = select(func.count()).select_from(wanted.limit(most).subquery())
        count: int = (await self._db.execute(counting)).scalar_one()
        return count

    async def served_by(self, operator: str, limit: int) -> Sequence[int]:
        """Along the index of those that are served."""
        found = await self._db.execute(_SERVED_BY, {"who": operator, "most": limit})
        return list(found.scalars())

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
        if wanted.states <= WAITING:
            return (sessions.c.live_chat_id == wanted.live_chat_id) & IS_WAITING
        if wanted.states == {SessionState.ACTIVE} and wanted.operator is not None:
            return (sessions.c.operator == wanted.operator) & IS_ACTIVE
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
    if wanted.anywhere is not None:
        in_name = _holds(func.coalesce(sessions.c.name, ""), wanted.anywhere)
        in_customer = _holds(accounts.c.display_name, wanted.anywhere)
        is_id = accounts.c.external_id == wanted.anywhere
        filters.append(or_(_holds(sessions.c.subject, wanted.anywhere), in_name, in_customer, is_id))
    if wanted.network is not None:
        filters.append(accounts.c.network == wanted.network)
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
