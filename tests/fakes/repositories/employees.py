from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from livechat_plugin.core.employees import Absence, Employee, OperatorStatus
from tests.fakes.stored import Repository, in_utc, visible


class FakeEmployees(Repository):
    async def load(self, user_ids: Collection[str], at: datetime) -> None: ...

    async def get(self, user_id: str, at: datetime) -> Employee:
        known = self._known(user_id)
        lasting = [a for a in self._all.absences.values() if a.user_id == user_id and a.ends_at > in_utc(at)]
        return replace(known, absences=tuple(sorted(lasting, key=lambda a: (a.starts_at, a.id))))

    async def hold(self, user_id: str, at: datetime) -> Employee:
        return await self.get(user_id, at)

    async def among(self, user_ids: Collection[str], at: datetime) -> Mapping[str, Employee]:
        return {user_id: await self.get(user_id, at) for user_id in user_ids}

    async def set_status(self, user_id: str, status: OperatorStatus) -> None:
        self._all.employees[user_id] = replace(self._known(user_id), status=status)

    async def set_disabled(self, user_id: str, *, is_disabled: bool) -> bool:
        known = self._known(user_id)
        self._all.employees[user_id] = replace(known, is_disabled=is_disabled)
        return known.is_disabled != is_disabled

    async def is_disabled(self, user_id: str) -> bool:
        return self._known(user_id).is_disabled

    async def disabled(self) -> Sequence[str]:
        return sorted(user_id for user_id, known in self._all.employees.items() if known.is_disabled)

    async def add_absence(self, absence: Absence) -> Absence:
        added = replace(
            absence,
            id=self._all.next_id("absences"),
            starts_at=in_utc(absence.starts_at),
            ends_at=in_utc(absence.ends_at),
            reason=visible(absence.reason),
        )
        self._all.absences[added.id] = added
        return added

    async def clear_absences(self, user_id: str) -> int:
        theirs = [absence.id for absence in self._all.absences.values() if absence.user_id == user_id]
        for absence_id in theirs:
            del self._all.absences[absence_id]
        return len(theirs)

    def _known(self, user_id: str) -> Employee:
        return self._all.employees.get(user_id, Employee(user_id))
