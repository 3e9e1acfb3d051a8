"""Administrators' control over who may serve at all (requirement S17)."""

from collections.abc import Sequence
from dataclasses import dataclass

from livechat_plugin.core import wording
from livechat_plugin.core.employees import Employee
from livechat_plugin.core.errors import ConcurrentChange, Refused
from livechat_plugin.services.assignments import Assignments
from livechat_plugin.services.ports import Clock
from livechat_plugin.services.roles import Roles
from livechat_plugin.services.unit_of_work import UnitOfWork


class NotWorkingHere(Refused):
    """Nobody of this id is operator or supervisor of any live chat."""

    def __init__(self, user_id: str) -> None:
        super().__init__(f"{user_id} is neither operator nor supervisor of any live chat.")


class NothingToChange(Refused):
    """Somebody stands already as they are wanted to."""

    def __init__(self, user_id: str, *, is_disabled: bool) -> None:
        super().__init__(f"{user_id} is {'disabled already' if is_disabled else 'not disabled'}.")


@dataclass(frozen=True, slots=True)
class EmployeeAtWork:
    """Somebody who serves live chats: how they stand, and the slugs of the live chats."""

    employee: Employee
    live_chats: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OperatorControl:
    """The use cases of administrators who keep employees from serving, or let them serve again."""

    clock: Clock
    roles: Roles
    assignments: Assignments

    async def all(self, work: UnitOfWork, actor: str) -> Sequence[EmployeeAtWork]:
        """Everybody who serves some live chat, by id, and whoever is disabled.

        Raises:
            NotAnAdministrator: the asker is none.
        """
        await self.roles.require_administrator(work, actor)
        serving: dict[str, set[str]] = {user_id: set() for user_id in await work.employees.disabled()}
        for live_chat in await work.live_chats.all():
            for group in filter(None, (live_chat.operators, live_chat.supervisors)):
                for user_id in await work.groups.members(group):
                    serving.setdefault(user_id, set()).add(live_chat.slug)
        people = await work.employees.among(serving, self.clock.now())
        return [
            EmployeeAtWork(people[user_id], tuple(sorted(serving[user_id]))) for user_id in sorted(serving)
        ]

    async def disable(self, work: UnitOfWork, actor: str, user_id: str) -> Sequence[int]:
        """Keep somebody from taking sessions and answering; returns the numbers of the sessions that they served.

        Those go back to the queue, so that no customer waits for somebody who may not answer. Conversations are
        locked before people, as by whoever takes a session; one that they take meanwhile is found out here.

        Raises:
            NotAnAdministrator: the actor is none.
            NotWorkingHere: nobody of this id serves any live chat.
            NothingToChange: they are disabled already.
            ConcurrentChange: they are taking a session at this moment; do it again.
        """
        await self._require_working_here(work, actor, user_id)
        held = {served.conversation_id for served in await work.sessions.served_by(user_id)}
        await work.conversations.hold(held)
        await self._set(work, user_id, is_disabled=True)
        numbers: list[int] = []
        for served in await work.sessions.served_by(user_id):
            if served.conversation_id not in held:
                raise ConcurrentChange(f"{user_id} has just taken a session.")
            view = await work.conversations.view(served.conversation_id)
            # Read again now that the conversation is locked against other writers.
            if view.session is not None and view.session.is_served_by(user_id):
                await self.assignments.requeue(work, view, view.session, wording.operator_disabled(user_id))
                numbers.append(view.session.number)
        await work.audit.add(self.clock.now(), actor, "operator.disabled", user_id, sessions=sorted(numbers))
        return sorted(numbers)

    async def enable(self, work: UnitOfWork, actor: str, user_id: str) -> None:
        """Let somebody serve again; what they said of themselves before counts again.

        Raises:
            NotAnAdministrator: the actor is none.
            NotWorkingHere: nobody of this id serves any live chat.
            NothingToChange: they are not disabled.
        """
        await self._require_working_here(work, actor, user_id)
        await self._set(work, user_id, is_disabled=False)
        await work.audit.add(self.clock.now(), actor, "operator.enabled", user_id)

    async def _require_working_here(self, work: UnitOfWork, actor: str, user_id: str) -> None:
        if user_id not in {found.employee.user_id for found in await self.all(work, actor)}:
            raise NotWorkingHere(user_id)

    async def _set(self, work: UnitOfWork, user_id: str, *, is_disabled: bool) -> None:
        if not await work.employees.set_disabled(user_id, is_disabled=is_disabled):
            raise NothingToChange(user_id, is_disabled=is_disabled)
