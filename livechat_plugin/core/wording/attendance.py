"""Who works and who does not, as operators and supervisors read it."""

from collections.abc import Sequence
from datetime import datetime
from html import escape

from livechat_plugin.core.employees import (
    Absence,
    Employee,
    OperatorStatus,
    day_in_words,
    last_day,
    obstacle_to_getting,
)
from livechat_plugin.core.sessions import Session
from livechat_plugin.core.wording.mentions import pill

MOST_SHOWN = 200
"""People in one list; a message holds only so much."""

NOBODY_SERVES = "Nobody serves any live chat yet."

_SIGNS = {OperatorStatus.ONLINE: "🟢", OperatorStatus.AWAY: "🟡", OperatorStatus.OFFLINE: "⚪"}

_STATUS = {
    OperatorStatus.ONLINE: "You are online. Rules can give you sessions, and you can take them.",
    OperatorStatus.AWAY: (
        "You are away. You can take sessions and answer, but no rule gives you a session. !online ends it."
    ),
    OperatorStatus.OFFLINE: (
        "You are offline. You see everything, but can neither take sessions nor answer. !online ends it."
    ),
}


def status_set(employee: Employee, served: Sequence[Session], now: datetime) -> str:
    """For an operator who said whether they work.

    Args:
        employee: as they are now.
        served: the sessions that they serve.
        now: the present moment.
    """
    words, absence = _STATUS[employee.status], employee.absence_at(now)
    if employee.status is OperatorStatus.ONLINE and absence is not None:
        words = (
            f"You are online, but absent until {day_in_words(last_day(absence))}: you can take sessions, and no rule "
            "gives you one. !absent clear ends the absence."
        )
    if employee.is_disabled:
        words = f"{words} An administrator has disabled you, so you cannot serve until they enable you again."
    elif employee.status is OperatorStatus.OFFLINE and served:
        numbers = ", ".join(f"#{session.number}" for session in sorted(served, key=lambda s: s.number))
        words = f"{words} You still serve {numbers}: what you write there is not sent to the customer."
    return words


def absence_added(absence: Absence) -> str:
    """For an operator who said when they are absent."""
    return f"You are absent {period(absence)}. No rule gives you a session then. !absent clear takes it back."


def absences(periods: Sequence[Absence]) -> str:
    """For an operator who asks when they are absent."""
    if not periods:
        return "You are not absent. Write, for example, !absent 2026-12-01 2026-12-05 or !absent until 2026-12-05."
    return "\n".join(["You are absent:", *(f"- {period(absence)}" for absence in periods)])


def absences_cleared(number: int) -> str:
    """For an operator who took their absences back."""
    return "You are not absent any more." if number else "You were not absent."


def period(absence: Absence) -> str:
    """An absence with its days, both included, and its reason."""
    first, last = absence.starts_at.date(), last_day(absence)
    days = (
        f"on {day_in_words(first)}"
        if first == last
        else f"from {day_in_words(first)} to {day_in_words(last)}"
    )
    return f"{days} ({absence.reason})" if absence.reason else days


def who_works(
    name: str, people: Sequence[Employee], supervisors: frozenset[str], now: datetime
) -> tuple[str, str]:
    """Who of a live chat works, as text and as HTML; those who do stand first."""
    shown = sorted(
        people, key=lambda employee: (obstacle_to_getting(employee, now) is not None, employee.user_id)
    )
    lines, rows = [f"{name}:"], []
    for employee in shown[:MOST_SHOWN]:
        sign, words = _standing(employee, now)
        role = " (supervisor)" if employee.user_id in supervisors else ""
        lines.append(f"{sign} {employee.user_id}{role} {words}")
        rows.append(f"<li>{sign} {pill(employee.user_id)}{role} {escape(words)}</li>")
    if len(shown) > MOST_SHOWN:
        more = f"and {len(shown) - MOST_SHOWN} more"
        lines.append(more)
        rows.append(f"<li>{more}</li>")
    return "\n".join(lines), f"{escape(name)}:<ul>{''.join(rows)}</ul>"


def _standing(employee: Employee, now: datetime) -> tuple[str, str]:
    obstacle = obstacle_to_getting(employee, now)
    if obstacle is None:
        return "🟢", "is online"
    if employee.is_disabled:
        return "⛔", obstacle
    absence = employee.absence_at(now)
    if absence is not None and employee.status is OperatorStatus.ONLINE:
        return "🟡", f"{obstacle} ({absence.reason})" if absence.reason else obstacle
    return _SIGNS[employee.status], obstacle


def operator_disabled(user_id: str) -> str:
    """On the card of a session whose operator an administrator disabled."""
    return f"{user_id} was disabled."


def disabled(user_id: str, requeued: Sequence[int]) -> str:
    """For the administrator who disabled somebody."""
    words = f"{user_id} is disabled: they can neither take sessions nor answer."
    if requeued:
        words = f"{words} Back in the queue: {', '.join(f'#{number}' for number in requeued)}."
    return words


def enabled(user_id: str) -> str:
    """For the administrator who enabled somebody."""
    return f"{user_id} can serve again."


def roster(people: Sequence[tuple[Employee, Sequence[str]]], now: datetime) -> tuple[str, str]:
    """Everybody who serves, with the slugs of their live chats, as text and as HTML."""
    if not people:
        return NOBODY_SERVES, escape(NOBODY_SERVES)
    lines, rows = [], []
    for employee, live_chats in people[:MOST_SHOWN]:
        sign, words = _standing(employee, now)
        where = ", ".join(live_chats) or "no live chat"
        lines.append(f"{sign} {employee.user_id} {words}; {where}")
        rows.append(f"<li>{sign} {pill(employee.user_id)} {escape(f'{words}; {where}')}</li>")
    if len(people) > MOST_SHOWN:
        more = f"and {len(people) - MOST_SHOWN} more; livechat operators list shows all of them"
        lines.append(more)
        rows.append(f"<li>{more}</li>")
    return "\n".join(lines), f"<ul>{''.join(rows)}</ul>"


def standing(employee: Employee, now: datetime) -> str:
    """How somebody stands, in a few words."""
    return _standing(employee, now)[1]
