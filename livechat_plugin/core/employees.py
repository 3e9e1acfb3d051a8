"""Operators as we know them: whether they work now (requirements E1, S17)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


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
    absences: Sequence[Absence] = ()
