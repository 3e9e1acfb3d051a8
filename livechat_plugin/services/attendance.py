"""What employees say of themselves: online, away, offline, absent; and who sees it (requirements E1, S17)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from livechat_plugin.core.employees import (
    Absence,
    Employee,
    InvalidAbsence,
    OperatorStatus,
    absence_of_days,
    day_in_words,
)
from livechat_plugin.core.errors import NotAnEmployee
from livechat_plugin.core.live_chats import LiveChat
from livechat_plugin.core.sessions import Session
from livechat_plugin.services.ports import Clock
from livechat_plugin.services.roles import Roles
from livechat_plugin.services.unit_of_work import UnitOfWork

MOST_ABSENCES = 50
"""Periods that one person can have ahead of them."""


@dataclass(frozen=True, slots=True)
class StandingOf:
    """One live chat's people: who they are, and who of them moderates."""

    live_chat: LiveChat
    people: Sequence[Employee]
    supervisors: frozenset[str]


@dataclass(frozen=True, slots=True)
class Attendance:
    """The use cases of employees who say whether they work, and of those who want to know."""

    clock: Clock
    roles: Roles

    async def set_status(
        self, work: UnitOfWork, user_id: str, status: OperatorStatus
    ) -> tuple[Employee, Sequence[Session]]:
        """Be online, away or offline from now on; returns how they stand, and the sessions that they serve.

        Raises:
            NotAnEmployee: they are neither operator nor supervisor anywhere.
        """
        await self._require_employee(work, user_id)
        await work.employees.set_status(user_id, status)
        employee = await work.employees.get(user_id, self.clock.now())
        return employee, await work.sessions.served_by(user_id)

    async def be_absent(
        self, work: UnitOfWork, user_id: str, first: date | None, last: date, reason: str = ""
    ) -> Absence:
        """Be absent on these days, both included; from today on if no first day is given.

        Raises:
            NotAnEmployee: they are neither operator nor supervisor anywhere.
            InvalidAbsence: the days cannot be, are over, or there are too many periods already.
        """
        await self._require_employee(work, user_id)
        now = self.clock.now()
        absence = absence_of_days(user_id, first or now.date(), last, reason)
        if absence.ends_at <= now:
            raise InvalidAbsence(f"{day_in_words(last)} is over already.")
        if len((await work.employees.get(user_id, now)).absences) >= MOST_ABSENCES:
            raise InvalidAbsence(
                "You have too many absences ahead of you; !absent clear takes them all back."
            )
        return await work.employees.add_absence(absence)

    async def absences(self, work: UnitOfWork, user_id: str) -> Sequence[Absence]:
        """The absences of somebody that are not over.

        Raises:
            NotAnEmployee: they are neither operator nor supervisor anywhere.
        """
        await self._require_employee(work, user_id)
        return (await work.employees.get(user_id, self.clock.now())).absences

    async def clear_absences(self, work: UnitOfWork, user_id: str) -> int:
        """Be absent no more; returns how many periods there were.

        Raises:
            NotAnEmployee: they are neither operator nor supervisor anywhere.
        """
        await self._require_employee(work, user_id)
        ahead = len((await work.employees.get(user_id, self.clock.now())).absences)
        await work.employees.clear_absences(user_id)
        return ahead

    async def who(self, work: UnitOfWork, actor: str, live_chat_id: int | None) -> Sequence[StandingOf]:
        """Who of a live chat works; without one, of each that the asker works for, or administers.

        Raises:
            NotAnEmployee: they are neither operator nor supervisor there.
        """
        groups = await work.groups.of(actor)
        is_administrator = await self.roles.is_administrator(work, actor)
        found = [
            live_chat
            for live_chat in await work.live_chats.all()
            if live_chat_id in {None, live_chat.id}
            and (is_administrator or groups & {live_chat.operators, live_chat.supervisors})
        ]
        if not found:
            raise NotAnEmployee
        return [await self._standing(work, live_chat) for live_chat in found]

    async def _standing(self, work: UnitOfWork, live_chat: LiveChat) -> StandingOf:
        operators = await work.groups.members(live_chat.operators)
        moderating = live_chat.supervisors
        supervisors = await work.groups.members(moderating) if moderating is not None else frozenset()
        people = await work.employees.among(operators | supervisors, self.clock.now())
        return StandingOf(live_chat, list(people.values()), supervisors - operators)

    async def _require_employee(self, work: UnitOfWork, user_id: str) -> None:
        groups = await work.groups.of(user_id)
        for live_chat in await work.live_chats.all():
            if groups & {live_chat.operators, live_chat.supervisors}:
                return
        raise NotAnEmployee
