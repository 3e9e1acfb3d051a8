"""Employees and their absences, as the use cases see them."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from livechat_plugin.core.employees import Absence, Employee, OperatorStatus


class EmployeeRepository(Protocol):
    """Whether employees work. Nothing is kept of somebody who never said anything: they are online."""

    async def load(self, user_ids: Collection[str], at: datetime) -> None:
        """Look several up at once who are asked for below, at this moment or later ones."""
        ...

    async def get(self, user_id: str, at: datetime) -> Employee:
        """Somebody, with the absences that are not over at this moment, the next one first."""
        ...

    async def hold(self, user_id: str, at: datetime) -> Employee:
        """The same, and whether they work stays so until this unit of work is over.

        For whoever gives them something. Held after the conversation: see the order of locks in
        `docs/how-it-works.md`.
        """
        ...

    async def among(self, user_ids: Collection[str], at: datetime) -> Mapping[str, Employee]:
        """The same of many, those included of whom nothing is kept."""
        ...

    async def set_status(self, user_id: str, status: OperatorStatus) -> None:
        """What somebody says of themselves."""
        ...

    async def set_disabled(self, user_id: str, *, is_disabled: bool) -> bool:
        """Keep somebody from serving, or no longer; returns whether that changed anything."""
        ...

    async def is_disabled(self, user_id: str) -> bool:
        """Whether an administrator keeps somebody from serving."""
        ...

    async def disabled(self) -> Sequence[str]:
        """Everybody whom an administrator keeps from serving, by id."""
        ...

    async def add_absence(self, absence: Absence) -> Absence:
        """Keep a period; returns it with its id."""
        ...

    async def clear_absences(self, user_id: str) -> int:
        """Forget all periods of somebody; returns how many there were."""
        ...
