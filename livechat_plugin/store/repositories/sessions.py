"""Sessions."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, func, insert, literal_column, select, update

from livechat_plugin.core.errors import ConcurrentChange
from livechat_plugin.core.sessions import Session, SessionState
from livechat_plugin.services.live import conversation_topic, live_chat_topic, person_topic
from livechat_plugin.store.column_types import is_number
from livechat_plugin.store.connections import SqlConnection, new_id
from livechat_plugin.store.repositories import rows
from livechat_plugin.store.repositories.views import Views
from livechat_plugin.store.tables import conversations, sessions
from livechat_plugin.store.tables.conversations import IS_OPEN, IS_WAITING

_THIS = sessions.c.number == bindparam("this")

_OPEN = insert(sessions).values(
    live_chat_id=select(conversations.c.live_chat_id)
    .where(conversations.c.id == bindparam("of_conversation"))
    .scalar_subquery()
)
_GET = select(*rows.SESSION).where(_THIS)
_BY_CARD = select(*rows.SESSION).where(sessions.c.card == bindparam("event_id"))
# The card and the first answer are left out: they come beside the life cycle and count up no version.
_SAVE = (
    update(sessions)
    .where(_THIS, sessions.c.version == bindparam("before"))
    .values(
        state=bindparam("state"),
        subject=bindparam("subject"),
        operator=bindparam("operator"),
        priority=bindparam("priority"),
        version=bindparam("version"),
        assigned_at=bindparam("assigned_at"),
        closed_at=bindparam("closed_at"),
        outcome=bindparam("outcome"),
        name=bindparam("name"),
        offered_to=bindparam("offered_to"),
        routing=bindparam("routing"),
        waiting_since=bindparam("waiting_since"),
        alerts=bindparam("alerts"),
        lasted=bindparam("lasted"),
    )
    .returning(sessions.c.conversation_id, sessions.c.live_chat_id)
)
_SET_CARD = update(sessions).where(_THIS).values(card=bindparam("card"))
_ANSWERED = (
    update(sessions)
    .where(_THIS, sessions.c.answered_after.is_(None))
    .values(answered_after=bindparam("seconds"))
)
_LATEST = (
    select(*rows.SESSION)
    .where(sessions.c.conversation_id == bindparam("conversation_id"))
    .order_by(sessions.c.number.desc())
    .limit(bindparam("at_most"))
)
_FOLLOWING = select(func.min(sessions.c.number)).where(
    sessions.c.conversation_id == bindparam("conversation_id"), sessions.c.number > bindparam("this")
)
_OPEN_IN = (
    select(*rows.SESSION)
    .where(sessions.c.live_chat_id == bindparam("live_chat_id"), IS_OPEN)
    .order_by(sessions.c.number)
    .limit(bindparam("most"))
)
_LAST_WAITING = (
    select(sessions.c.number, sessions.c.state, sessions.c.card)
    .where(sessions.c.live_chat_id == bindparam("live_chat_id"), IS_WAITING)
    .order_by(sessions.c.number.desc())
    .limit(bindparam("among"))
    .subquery()
)
_WITHOUT_CARD = (
    select(_LAST_WAITING.c.number)
    .where(_LAST_WAITING.c.card.is_(None), _LAST_WAITING.c.state == SessionState.WAITING)
    .order_by(_LAST_WAITING.c.number)
    .limit(bindparam("most"))
)

_SERVED_BY = (
    select(*rows.SESSION)
    .where(sessions.c.operator == bindparam("who"), sessions.c.state == literal_column("'active'"))
    # In one order for everybody, so that two who lock the conversations one after another do not meet head on.
    .order_by(sessions.c.conversation_id)
)


class SqlSessions:
    """Sessions in SQL."""

    def __init__(self, db: SqlConnection, views: Views, touched: set[str]) -> None:
        self._db = db
        self._views = views
        self._touched = touched

    async def open(self, conversation_id: int, subject: str, at: datetime) -> Session:
        """The unique index on open sessions refuses a second one."""
        session = Session(0, conversation_id, SessionState.OPENING, subject, at)
        values = {
            "conversation_id": conversation_id,
            "of_conversation": conversation_id,
            "state": session.state,
            "subject": subject,
            "opened_at": at,
            "priority": session.priority,
            "version": session.version,
        }
        added = await self._db.execute(_OPEN, values)
        self._views.forget()
        return Session(new_id(added), conversation_id, session.state, subject, at)

    async def get(self, number: int) -> Session | None:
        """By its number."""
        if not is_number(number):
            return None
        row = (await self._db.execute(_GET, {"this": number})).one_or_none()
        session = Session(*row) if row is not None else None
        self._views.serving[number] = session.operator if session is not None else None
        return session

    async def by_card(self, event_id: str) -> Session | None:
        """By its card."""
        row = (await self._db.execute(_BY_CARD, {"event_id": event_id})).first()
        return Session(*row) if row is not None else None

    async def without_card(self, live_chat_id: int, among: int, limit: int) -> Sequence[int]:
        """By the index of those that wait."""
        values = {"live_chat_id": live_chat_id, "among": among, "most": limit}
        return (await self._db.execute(_WITHOUT_CARD, values)).scalars().all()

    async def save(self, session: Session) -> None:
        """Compare and set on the version."""
        values = {
            "this": session.number,
            "before": session.version - 1,
            "state": session.state,
            "subject": session.subject,
            "operator": session.operator,
            "priority": session.priority,
            "version": session.version,
            "assigned_at": session.assigned_at,
            "closed_at": session.closed_at,
            "outcome": session.outcome,
            "name": session.name,
            "offered_to": session.offered_to,
            "routing": session.routing,
            "waiting_since": session.waiting_since,
            "alerts": session.alerts,
            "lasted": _lasted(session),
        }
        saved = (await self._db.execute(_SAVE, values)).one_or_none()
        self._views.forget()
        if saved is None:
            raise ConcurrentChange(f"Session #{session.number} was changed by somebody else.")
        self._touched.update((conversation_topic(saved[0]), live_chat_topic(saved[1])))
        # Whoever served it before sees that they do not any more, also if they work here no longer.
        for operator in filter(None, (self._views.serving.get(session.number), session.operator)):
            self._touched.add(person_topic(operator))
        self._views.serving[session.number] = session.operator

    async def set_card(self, number: int, event_id: str) -> None:
        """Its card."""
        await self._db.execute(_SET_CARD, {"this": number, "card": event_id})
        self._views.forget()

    async def answered(self, session: Session, at: datetime) -> None:
        """Once."""
        seconds = _seconds(session.opened_at, at)
        await self._db.execute(_ANSWERED, {"this": session.number, "seconds": seconds})
        self._views.forget()

    async def served_by(self, operator: str) -> Sequence[Session]:
        """Active ones only."""
        return [Session(*row) for row in await self._db.execute(_SERVED_BY, {"who": operator})]

    async def latest(self, conversation_id: int, limit: int) -> Sequence[Session]:
        """By the index of a conversation's sessions."""
        wanted = {"conversation_id": conversation_id, "at_most": limit}
        return [Session(*row) for row in await self._db.execute(_LATEST, wanted)]

    async def following(self, session: Session) -> int | None:
        """By the index of a conversation's sessions."""
        wanted = {"conversation_id": session.conversation_id, "this": session.number}
        found: int | None = (await self._db.execute(_FOLLOWING, wanted)).scalar_one_or_none()
        return found

    async def open_in(self, live_chat_id: int, limit: int) -> Sequence[Session]:
        """By the index of open sessions."""
        found = await self._db.execute(_OPEN_IN, {"live_chat_id": live_chat_id, "most": limit})
        return [Session(*row) for row in found]


def _lasted(session: Session) -> int | None:
    return _seconds(session.opened_at, session.closed_at) if session.closed_at is not None else None


def _seconds(start: datetime, end: datetime) -> int:
    return max(0, round((end - start).total_seconds()))
