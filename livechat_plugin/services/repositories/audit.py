"""The audit log, as the use cases see it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from livechat_plugin.core.audit import AuditEntry


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """Which entries are wanted; all of them by default.

    Attributes:
        live_chat: slug of the live chat concerned.
        actor: who did it, as in `AuditEntry`.
        action: one action, or its noun for all of them: `session` for `session.assigned` and its like.
        since: not what was before this moment.
        until: not what was at this moment or after it.
    """

    live_chat: str | None = None
    actor: str | None = None
    action: str | None = None
    since: datetime | None = None
    until: datetime | None = None


EVERYTHING = AuditFilter()


class AuditRepository(Protocol):
    """Who did what; entries are added and read, never changed."""

    async def add(
        self,
        at: datetime,
        actor: str,
        action: str,
        subject: str,
        /,
        *,
        live_chat: str | None = None,
        **details: Any,
    ) -> None:
        """Write one thing down, in the unit of work in which it happens.

        Args:
            at: now.
            actor: Matrix id, `cli:<account>` or `plugin`.
            action: one of `core.audit.ACTIONS`.
            subject: what it was done to, as people call it: a slug, `#12`, a group's name.
            live_chat: slug of the live chat concerned.
            details: what changed, as JSON can hold it; never what customers or operators wrote.
        """
        ...

    async def entries(
        self, wanted: AuditFilter = EVERYTHING, *, limit: int, before: int | None = None
    ) -> Sequence[AuditEntry]:
        """The newest first, at most so many; `before` is the id of the last entry of the page before."""
        ...
