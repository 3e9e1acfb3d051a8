"""Operators as we know them: whether they work now (requirements E1, S17)."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

from livechat_plugin.core.errors import Refused


class OperatorStatus(StrEnum):
    """What operators say of themselves; Matrix presence says nothing (S17)."""

    ONLINE = "online"
    AWAY = "away"
    OFFLINE = "offline"


class AccountState(StrEnum):
    """How an employee's account on the homeserver stands."""

    ACTIVE = "active"
    LOCKED = "locked"
    SUSPENDED = "suspended"
    DEACTIVATED = "deactivated"
    """Nobody can use it any more, or nobody ever could."""
    UNKNOWN = "unknown"
    """The homeserver does not tell us, or not us."""


@dataclass(frozen=True, slots=True)
class Absence:
    """A period in which somebody does not work; `ends_at` is the first moment when they are back."""

    id: int
    user_id: str
    starts_at: datetime
    ends_at: datetime
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Employee:
    """Somebody who serves live chats.

    Attributes:
        status: as they set it themselves; who never did is online.
        is_disabled: whether an administrator keeps them from serving.
        absences: the periods that are not over yet.
    """

    user_id: str
    status: OperatorStatus = OperatorStatus.ONLINE
    is_disabled: bool = False
    absences: tuple[Absence, ...] = ()

    def absence_at(self, moment: datetime) -> Absence | None:
        """The absence that keeps them from working at a moment; of several, the one that ends last."""
        current = [absence for absence in self.absences if absence.starts_at <= moment < absence.ends_at]
        return max(current, key=lambda absence: absence.ends_at, default=None)


class NotOnDuty(Refused):
    """Offline and disabled operators look on, but neither take sessions nor answer (requirement E1)."""


class InvalidAbsence(Refused):
    """A period of absence that cannot be."""


LONGEST_ABSENCE = timedelta(days=2 * 366)
"""Longer ones are slips of the pen; who is gone for years is taken out of the group."""


def obstacle_to_getting(employee: Employee, at: datetime) -> str | None:
    """Why a rule gives somebody no session, in words that follow their name; None if it may (requirement S17).

    Only what they or an administrator said counts, never what a client makes of Matrix presence.
    """
    if employee.is_disabled:
        return "is disabled"
    if employee.status is not OperatorStatus.ONLINE:
        return f"is {employee.status.value}"
    absence = employee.absence_at(at)
    return f"is absent until {day_in_words(last_day(absence))}" if absence is not None else None


def require_on_duty(employee: Employee) -> None:
    """Whether somebody may take sessions and answer customers (requirement E1).

    Who is away or in a period of absence may: no rule gives them a session, but what they do themselves is
    their own decision.

    Raises:
        NotOnDuty: they are offline or disabled; the words tell the way out.
    """
    if employee.is_disabled:
        raise NotOnDuty(
            "An administrator has disabled you, so you can neither take sessions nor answer. Ask them."
        )
    if employee.status is OperatorStatus.OFFLINE:
        raise NotOnDuty("You are offline, so you can neither take sessions nor answer. Write !online first.")


def may_answer(employee: Employee) -> bool:
    """The same as a question."""
    return not employee.is_disabled and employee.status is not OperatorStatus.OFFLINE


def obstacle_of_account(state: AccountState) -> str | None:
    """Why somebody with such an account gets no session, in words that follow their name (requirement S17).

    What the homeserver does not tell is no obstacle.
    """
    match state:
        case AccountState.ACTIVE | AccountState.UNKNOWN:
            return None
        case AccountState.DEACTIVATED:
            return "has no account in use"
        case _:
            return f"has a {state.value} account"


def absence_of_days(user_id: str, first: date, last: date, reason: str = "") -> Absence:
    """An absence from the beginning of one day to the end of another, in UTC.

    Raises:
        InvalidAbsence: it ends before it begins, or goes on for years.
    """
    if last < first:
        raise InvalidAbsence(f"The absence would end on {last}, before it begins on {first}.")
    if last - first > LONGEST_ABSENCE:
        raise InvalidAbsence(f"From {first} to {last} is longer than two years; look at the dates again.")
    if last >= date.max - timedelta(days=1):
        raise InvalidAbsence(f"{last} is too far away.")
    begins = datetime.combine(first, time(), UTC)
    return Absence(0, user_id, begins, datetime.combine(last + timedelta(days=1), time(), UTC), reason)


def last_day(absence: Absence) -> date:
    """The last day on which somebody is absent."""
    return (absence.ends_at - timedelta(microseconds=1)).date()


_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


def day_in_words(day: date) -> str:
    """A day as people write it, in the same words on every machine: 1 December 2026."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"
