"""Reading the audit log (requirement E18)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from livechat_plugin.core.audit import ACTIONS, AuditEntry
from livechat_plugin.core.errors import Refused
from livechat_plugin.services.repositories.audit import AuditFilter
from livechat_plugin.services.roles import Roles
from livechat_plugin.services.unit_of_work import UnitOfWork

AT_MOST = 1_000
"""Entries on one page."""


@dataclass(frozen=True, slots=True)
class AuditLog:
    """Shows administrators who did what."""

    roles: Roles

    async def entries(
        self, work: UnitOfWork, actor: str, wanted: AuditFilter, *, limit: int = 50, before: int | None = None
    ) -> Sequence[AuditEntry]:
        """A page of the log, the newest first; for `before` see `AuditRepository.entries`.

        Raises:
            NotAnAdministrator: who asks is none.
            Refused: there is no such action, or so many entries are not shown at once.
        """
        await self.roles.require_administrator(work, actor)
        if not 1 <= limit <= AT_MOST:
            raise Refused(f"limit: {limit} is not possible; from 1 to {AT_MOST} entries are shown at once")
        if wanted.action is not None:
            wanted = replace(wanted, action=_known(wanted.action))
        return await work.audit.entries(wanted, limit=limit, before=before)


def _known(action: str) -> str:
    """An action, or its noun.

    Raises:
        Refused: nothing is written down under this name.
    """
    nouns = {name.partition(".")[0] for name in ACTIONS}
    if action not in nouns and action not in ACTIONS:
        raise Refused(
            f"action: there is no {action[:50]!r}; it begins with one of {', '.join(sorted(nouns))}"
        )
    return action
