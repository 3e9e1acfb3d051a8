"""Employees and their absences."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import bindparam, delete, insert, select, update

from livechat_plugin.core.employees import Absence, Employee, OperatorStatus
from livechat_plugin.services.live import OPERATORS
from livechat_plugin.store.connections import Rows, SqlConnection, for_each_dialect, new_id
from livechat_plugin.store.tables import absences, employees

AT_ONCE = 500
"""Ids in one query: databases take only so many parameters."""

_ABSENCE = (absences.c.id, absences.c.user_id, absences.c.starts_at, absences.c.ends_at, absences.c.reason)
_ALL = (
    select(employees.c.user_id, employees.c.status, employees.c.is_disabled, *_ABSENCE)
    # Whoever has an absence has a row of their own, too.
    .outerjoin(absences, (absences.c.user_id == employees.c.user_id) & (absences.c.ends_at > bindparam("at")))
    .order_by(employees.c.user_id, absences.c.starts_at, absences.c.id)
)
_ONE = _ALL.where(employees.c.user_id == bindparam("user_id"))
_AMONG = _ALL.where(employees.c.user_id.in_(bindparam("user_ids", expanding=True)))
_KNOW = for_each_dialect(lambda insert: insert(employees).on_conflict_do_nothing())
_THIS = employees.c.user_id == bindparam("this")
_HOLD = select(employees.c.user_id).where(_THIS).with_for_update(read=True)
_SET_STATUS = update(employees).where(_THIS).values(status=bindparam("new_status"))
_SET_DISABLED = (
    update(employees)
    .where(_THIS, employees.c.is_disabled != bindparam("now_disabled"))
    .values(is_disabled=bindparam("now_disabled"))
)
_IS_DISABLED = select(employees.c.is_disabled).where(_THIS)
_DISABLED = select(employees.c.user_id).where(employees.c.is_disabled)
_ADD_ABSENCE = insert(absences)
_CLEAR = delete(absences).where(absences.c.user_id == bindparam("this"))


class SqlEmployees:
    """Employees in SQL."""

    def __init__(self, db: SqlConnection, touched: set[str]) -> None:
        self._db = db
        self._touched = touched
        self._loaded: dict[str, Employee] = {}
        self._since = datetime.max.replace(tzinfo=UTC)
        """Those who are loaded have all absences that were not over then."""

    async def load(self, user_ids: Collection[str], at: datetime) -> None:
        """In one query."""
        self._loaded = dict(await self.among(user_ids, at))
        self._since = at

    async def get(self, user_id: str, at: datetime) -> Employee:
        """As loaded; it is asked for each answer of an operator."""
        known = self._loaded.get(user_id)
        if known is None or at < self._since:
            return await self._get(user_id, at)
        lasting = tuple(absence for absence in known.absences if absence.ends_at > at)
        return known if len(lasting) == len(known.absences) else replace(known, absences=lasting)

    async def _get(self, user_id: str, at: datetime) -> Employee:
        """One query; most often about one person, and that is quicker."""
        found = {user_id: Employee(user_id)}
        _collect(found, await self._db.execute(_ONE, {"user_id": user_id, "at": at}))
        return found[user_id]

    async def hold(self, user_id: str, at: datetime) -> Employee:
        """By their row, made if need be: what is not there cannot be locked."""
        if self._db.locks_rows and (await self._db.execute(_HOLD, {"this": user_id})).first() is None:
            await self._know(user_id)
            await self._db.execute(_HOLD, {"this": user_id})
        return await self._get(user_id, at)

    async def among(self, user_ids: Collection[str], at: datetime) -> Mapping[str, Employee]:
        """Some hundreds in each query."""
        found: dict[str, Employee] = {user_id: Employee(user_id) for user_id in user_ids}
        wanted = sorted(found)
        for start in range(0, len(wanted), AT_ONCE):
            values = {"user_ids": wanted[start : start + AT_ONCE], "at": at}
            _collect(found, await self._db.execute(_AMONG, values))
        return found

    async def set_status(self, user_id: str, status: OperatorStatus) -> None:
        """In their row, made if need be."""
        await self._know(user_id)
        self._change()
        await self._db.execute(_SET_STATUS, {"this": user_id, "new_status": status})

    async def set_disabled(self, user_id: str, *, is_disabled: bool) -> bool:
        """In their row, made if need be."""
        await self._know(user_id)
        self._change()
        changed = await self._db.execute(_SET_DISABLED, {"this": user_id, "now_disabled": is_disabled})
        return changed.rowcount > 0

    async def is_disabled(self, user_id: str) -> bool:
        """Looked up at every request of the console, so nothing else is read."""
        return bool((await self._db.execute(_IS_DISABLED, {"this": user_id})).scalar_one_or_none())

    async def disabled(self) -> Sequence[str]:
        """By id."""
        return sorted((await self._db.execute(_DISABLED)).scalars())

    async def add_absence(self, absence: Absence) -> Absence:
        """Of somebody who has a row from now on."""
        await self._know(absence.user_id)
        self._change()
        values: dict[str, Any] = {
            "user_id": absence.user_id,
            "starts_at": absence.starts_at,
            "ends_at": absence.ends_at,
            "reason": absence.reason,
        }
        added = await self._db.execute(_ADD_ABSENCE, values)
        return Absence(new_id(added), absence.user_id, absence.starts_at, absence.ends_at, absence.reason)

    async def clear_absences(self, user_id: str) -> int:
        """Past ones, too."""
        self._change()
        return (await self._db.execute(_CLEAR, {"this": user_id})).rowcount

    def _change(self) -> None:
        self._loaded = {}
        self._touched.add(OPERATORS)

    async def _know(self, user_id: str) -> None:
        values = {"user_id": user_id, "status": OperatorStatus.ONLINE, "is_disabled": False}
        await self._db.execute(_KNOW[self._db.dialect], values)


def _collect(found: dict[str, Employee], rows: Rows) -> None:
    """Everybody with their absences."""
    periods: dict[str, list[Absence]] = {}
    for user_id, status, is_disabled, *absence in rows:
        theirs = periods.setdefault(user_id, [])
        if absence[0] is not None:
            theirs.append(Absence(*absence))
        found[user_id] = Employee(user_id, status, is_disabled, tuple(theirs))
