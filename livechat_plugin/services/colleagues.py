"""Who a session can be given to, for supervisors to choose from (requirement S12)."""

from collections.abc import Sequence
from dataclasses import dataclass

from livechat_plugin.core.employees import Employee, OperatorStatus, obstacle_to_getting
from livechat_plugin.services.ports import Clock
from livechat_plugin.services.repositories.conversations import ConversationView
from livechat_plugin.services.roles import Roles
from livechat_plugin.services.unit_of_work import UnitOfWork

SHOWN = 50
"""Colleagues to choose from at once; of more, one looks for the right one by their name."""

LOAD_COUNTED = 100
"""Sessions of one colleague that are counted."""


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody who may serve a session.

    Attributes:
        standing: online, away, offline, absent or disabled.
        obstacle: why a rule would give them nothing now, in words that follow their name; None if it would.
        can_get: whether a supervisor can give them a session all the same.
        serves: how many sessions they serve now.
    """

    user_id: str
    standing: str
    obstacle: str | None
    can_get: bool
    serves: int


@dataclass(frozen=True, slots=True)
class Colleagues:
    """Those who were found, at most `SHOWN`; `has_more` if there are others."""

    found: Sequence[Colleague]
    has_more: bool


async def colleagues_of(
    work: UnitOfWork, roles: Roles, clock: Clock, view: ConversationView, asker: str, search: str = ""
) -> Colleagues:
    """Operators and supervisors of a session's live chat, those who work now first.

    Args:
        work: the unit of work.
        roles: tells who is a supervisor.
        clock: tells who is absent.
        view: the session's conversation; its customer and its operator are left out.
        asker: a supervisor of the live chat.
        search: a part of the Matrix id.

    Raises:
        NotASupervisor: who asks is none.
    """
    await roles.require_supervisor(work, view.live_chat, asker)
    people = await work.groups.members(view.live_chat.operators)
    if view.live_chat.supervisors is not None:
        people |= await work.groups.members(view.live_chat.supervisors)
    serving = view.session.operator if view.session is not None else None
    matching = {
        person
        for person in people - {view.account.external_id, serving}
        if search.casefold().removeprefix("@") in person.casefold()
    }
    now = clock.now()
    employees = await work.employees.among(matching, now)
    obstacles = {person: obstacle_to_getting(employees[person], now) for person in matching}
    first = sorted(matching, key=lambda person: (obstacles[person] is not None, person))[:SHOWN]
    found = [
        Colleague(
            person,
            _standing(employees[person], obstacles[person]),
            obstacles[person],
            not employees[person].is_disabled and employees[person].status is not OperatorStatus.OFFLINE,
            len(await work.session_lists.served_by(person, LOAD_COUNTED)),
        )
        for person in first
    ]
    return Colleagues(found, has_more=len(matching) > SHOWN)


def _standing(employee: Employee, obstacle: str | None) -> str:
    if employee.is_disabled:
        return "disabled"
    if employee.status is not OperatorStatus.ONLINE:
        return employee.status.value
    return "absent" if obstacle is not None else "online"
