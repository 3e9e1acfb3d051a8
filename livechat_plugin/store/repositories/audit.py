"""Who did what."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import insert, or_, select

from livechat_plugin.core.audit import AuditEntry
from livechat_plugin.services.repositories.audit import EVERYTHING, AuditFilter
from livechat_plugin.store.connections import SLOW, SqlConnection
from livechat_plugin.store.tables import audit

_ADD = insert(audit)
_ENTRY = (
    audit.c.id,
    audit.c.at,
    audit.c.actor,
    audit.c.action,
    audit.c.subject,
    audit.c.details,
    audit.c.live_chat,
)


class SqlAudit:
    """The audit log in SQL."""

    def __init__(self, db: SqlConnection) -> None:
        self._db = db

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
        """One more."""
        values = {
            "at": at,
            "actor": actor,
            "action": action,
            "subject": subject,
            "details": details,
            "live_chat": live_chat,
        }
        await self._db.execute(_ADD, values)

    async def entries(
        self, wanted: AuditFilter = EVERYTHING, *, limit: int, before: int | None = None
    ) -> Sequence[AuditEntry]:
        """By id, which is the order in which they were written; a statement for each choice of filters."""
        statement = select(*_ENTRY).order_by(audit.c.id.desc()).limit(limit).execution_options(**{SLOW: True})
        if before is not None:
            statement = statement.where(audit.c.id < before)
        if wanted.live_chat is not None:
            statement = statement.where(audit.c.live_chat == wanted.live_chat)
        if wanted.actor is not None:
            statement = statement.where(audit.c.actor == wanted.actor)
        if wanted.action is not None:
            of_noun = audit.c.action.startswith(f"{wanted.action}.", autoescape=True)
            statement = statement.where(or_(audit.c.action == wanted.action, of_noun))
        if wanted.since is not None:
            statement = statement.where(audit.c.at >= wanted.since)
        if wanted.until is not None:
            statement = statement.where(audit.c.at < wanted.until)
        return [AuditEntry(*row) for row in (await self._db.execute(statement)).all()]
