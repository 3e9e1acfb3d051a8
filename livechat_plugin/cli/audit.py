"""`livechat audit`: who did what."""

import asyncio
import json
from collections.abc import Sequence
from typing import Annotated

import typer
from rich.table import Table

from livechat_plugin.bootstrap.configuration import configure
from livechat_plugin.cli.options import DEFAULT_CONFIG, ConfigPath, say
from livechat_plugin.cli.storing import actor, add_row, show, with_store
from livechat_plugin.core import wording
from livechat_plugin.core.audit import AuditEntry
from livechat_plugin.core.moments import read_moment, show_moment
from livechat_plugin.services.audit import AuditLog
from livechat_plugin.services.repositories.audit import AuditFilter
from livechat_plugin.services.roles import Roles
from livechat_plugin.store.database import Database


def audit(  # noqa: PLR0913 - an option each
    *,
    live_chat: Annotated[
        str | None, typer.Option(help="Only what concerns this live chat: its slug.")
    ] = None,
    by: Annotated[
        str | None, typer.Option(help="Only what this person did: a Matrix id, cli:<account> or plugin.")
    ] = None,
    action: Annotated[
        str | None, typer.Option(help="Only this action, or all of one noun, such as session.")
    ] = None,
    since: Annotated[
        str | None, typer.Option(help="Only from this moment on: 2026-11-22T14:30, in UTC.")
    ] = None,
    until: Annotated[str | None, typer.Option(help="Only what was before this moment.")] = None,
    before: Annotated[
        int | None, typer.Option(help="Only entries older than the one with this number: the next page.")
    ] = None,
    limit: Annotated[int, typer.Option(help="How many entries at most.")] = 50,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object in each line.")] = False,
    config: ConfigPath = DEFAULT_CONFIG,
) -> None:
    """Show who changed, assigned, linked and registered what, the newest first."""
    configuration = configure(config)
    wanted = AuditFilter(
        live_chat,
        by,
        action,
        read_moment("since", since) if since else None,
        read_moment("until", until) if until else None,
    )
    log = AuditLog(Roles(tuple(configuration.settings.access.administrators)))

    async def read(store: Database) -> Sequence[AuditEntry]:
        async with store.read() as work:
            return await log.entries(work, actor(), wanted, limit=limit, before=before)

    entries = asyncio.run(with_store(configuration, read))
    if as_json:
        for entry in entries:
            typer.echo(json.dumps(_as_json(entry), ensure_ascii=False))
    elif not entries:
        say(wording.NOTHING_AUDITED)
    else:
        show(_table(entries))


def _table(entries: Sequence[AuditEntry]) -> Table:
    table = Table("No.", "When", "Who", "Action", "What", "Live chat", "Details")
    for entry in entries:
        cells = (
            str(entry.id),
            show_moment(entry.at),
            entry.actor,
            entry.action,
            entry.subject,
            entry.live_chat or "",
            wording.audit_details(entry.details),
        )
        add_row(table, *cells)
    return table


def _as_json(entry: AuditEntry) -> dict[str, object]:
    return {
        "id": entry.id,
        "at": entry.at.isoformat(),
        "actor": entry.actor,
        "action": entry.action,
        "subject": entry.subject,
        "live_chat": entry.live_chat,
        "details": dict(entry.details),
    }
