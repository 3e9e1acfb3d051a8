"""Figures of the live chats: sums over an index that has everything they are made of."""

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from operator import itemgetter
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, case, func, select

from livechat_plugin.core.figures import WITHIN, Figures
from livechat_plugin.core.sessions import SessionState
from livechat_plugin.services.repositories.figures import OpenNow
from livechat_plugin.store.connections import SLOW, DialectName, SqlConnection
from livechat_plugin.store.tables import sessions
from livechat_plugin.store.tables.conversations import IS_OPEN

_IN_THESE = sessions.c.live_chat_id.in_(bindparam("live_chats", expanding=True))


def _sums(by: ColumnElement[Any]) -> Select[Any]:
    answered, lasted = sessions.c.answered_after, sessions.c.lasted
    within = [func.sum(case((answered <= int(time.total_seconds()), 1), else_=0)) for time in WITHIN]
    return (
        select(
            by,
            func.count(),
            func.count(answered),
            func.coalesce(func.sum(answered), 0),
            *within,
            func.count(lasted),
            func.coalesce(func.sum(lasted), 0),
        )
        .where(_IN_THESE, sessions.c.opened_at >= bindparam("since"))
        .group_by(by)
        .order_by(by)
        .execution_options(**{SLOW: True})
    )


_HOURS: dict[DialectName, Select[Any]] = {
    # What SQLite keeps is a text, `2026-11-22 09:…`; its first letters tell the hour without reading the whole date.
    "sqlite": _sums(func.substr(sessions.c.opened_at, 1, 13)),
    "postgresql": _sums(func.date_trunc("hour", sessions.c.opened_at, "UTC")),
}
# As an expression: SQLite would take the column's own index, to be spared the sorting, and look up every row for it.
_OPERATORS = _sums(func.nullif(sessions.c.operator, ""))
# By live chat too, as the index has them: so nothing is sorted.
_OPEN_NOW = (
    select(sessions.c.live_chat_id, sessions.c.state, func.count(), func.min(sessions.c.waiting_since))
    .where(_IN_THESE, IS_OPEN)
    .group_by(sessions.c.live_chat_id, sessions.c.state)
    .execution_options(**{SLOW: True})
)


class SqlFigures:
    """Figures in SQL."""

    def __init__(self, db: SqlConnection) -> None:
        self._db = db

    async def hours(self, live_chats: Collection[int], since: datetime) -> Sequence[tuple[datetime, Figures]]:
        """By the index of figures alone."""
        wanted = {"live_chats": sorted(live_chats), "since": since}
        found = await self._db.execute(_HOURS[self._db.dialect], wanted)
        return [(_moment(hour), _figures(*sums)) for hour, *sums in found]

    async def operators(self, live_chats: Collection[int], since: datetime) -> Sequence[tuple[str, Figures]]:
        """By the index of figures alone."""
        found = await self._db.execute(_OPERATORS, {"live_chats": sorted(live_chats), "since": since})
        summed = ((operator, _figures(*sums)) for operator, *sums in found if operator is not None)
        return sorted(summed, key=itemgetter(0))

    async def open_now(self, live_chats: Collection[int]) -> OpenNow:
        """By the index of the states of open sessions."""
        found = await self._db.execute(_OPEN_NOW, {"live_chats": sorted(live_chats)})
        counts: Counter[str] = Counter()
        waiting_since: list[datetime] = []
        for _, state, count, since in found:
            counts[state] += count
            if state == SessionState.WAITING:
                waiting_since.append(since)
        return OpenNow(
            counts[SessionState.WAITING], counts[SessionState.ACTIVE], min(waiting_since, default=None)
        )


def _figures(*sums: Any) -> Figures:
    opened, answered, answer_seconds, first, second, third, closed, lasted = map(int, sums)
    return Figures(opened, answered, answer_seconds, (first, second, third), closed, lasted)


def _moment(hour: Any) -> datetime:
    if isinstance(hour, datetime):
        return hour.astimezone(UTC)
    return datetime.fromisoformat(hour).replace(tzinfo=UTC)
