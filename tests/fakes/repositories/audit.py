import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from livechat_plugin.core.audit import ACTIONS, AuditEntry
from livechat_plugin.services.repositories.audit import EVERYTHING, AuditFilter
from tests.fakes.stored import Repository, in_utc, visible


class FakeAudit(Repository):
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
        assert action in ACTIONS, f"say what {action!r} means in ACTIONS of core/audit.py"
        kept = json.loads(json.dumps(details))
        number = self._all.next_id("audit")
        entry = AuditEntry(number, in_utc(at), actor, action, visible(subject), kept, live_chat)
        self._all.audit[number] = entry

    async def entries(
        self, wanted: AuditFilter = EVERYTHING, *, limit: int, before: int | None = None
    ) -> Sequence[AuditEntry]:
        found = [
            entry
            for number, entry in sorted(self._all.audit.items(), reverse=True)
            if (before is None or number < before) and _is_wanted(entry, wanted)
        ]
        return found[:limit]


def _is_wanted(entry: AuditEntry, wanted: AuditFilter) -> bool:
    return (
        wanted.live_chat in {None, entry.live_chat}
        and wanted.actor in {None, entry.actor}
        and wanted.action in {None, entry.action, entry.action.partition(".")[0]}
        and (wanted.since is None or entry.at >= wanted.since)
        and (wanted.until is None or entry.at < wanted.until)
    )
