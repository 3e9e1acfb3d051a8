"""The audit log (requirement E18): who did what, by filters, page by page, and as a table for other programs."""

import csv
import io
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime
from urllib.parse import quote, urlencode

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from livechat_plugin.core import wording
from livechat_plugin.core.audit import ACTIONS, AuditEntry
from livechat_plugin.services.audit import AT_MOST
from livechat_plugin.services.repositories.audit import AuditFilter
from livechat_plugin.web.console.desk import ConsoleDesk
from livechat_plugin.web.console.rendering import PagesOf
from livechat_plugin.web.console.settings_forms import FormErrors
from livechat_plugin.web.console.visitor import SignedIn

PAGE = 50
LONGEST = 300

router = APIRouter(prefix="/audit")

NOUNS = {
    "live_chat": "Live chats",
    "session": "Sessions",
    "app": "Apps",
    "account": "Customers' accounts",
    "item": "Items",
    "message": "Registered items",
    "group": "Groups",
    "operator": "Operators",
    "console": "Signing in",
    "hook": "Hooks",
    "plugin": "The plugin",
}
for _action in ACTIONS:
    NOUNS.setdefault(_action.partition(".")[0], _action.partition(".")[0].replace("_", " ").capitalize())


@router.get("")
async def audit(request: Request, visitor: SignedIn, pages: PagesOf) -> Response:
    """A page of the log."""
    asked, wanted, errors = _asked(request.query_params)
    before = asked.pop("before")
    entries: list[AuditEntry] = []
    async with pages.desk.store.read() as work:
        await pages.desk.roles.require_administrator(work, visitor.user_id)
        chats = await work.live_chats.all()
        if not errors:
            entries = list(
                await pages.desk.administering.audit.entries(
                    work, visitor.user_id, wanted, limit=PAGE + 1, before=_number(before)
                )
            )
    shown, is_more = entries[:PAGE], len(entries) > PAGE
    query = {key: value for key, value in asked.items() if value}
    here = f"{request.scope.get('root_path', '')}/audit"
    return await pages.page(
        request,
        visitor,
        "audit.html",
        422 if errors else 200,
        entries=[(one, wording.audit_sentence(one), _told(one), link_to(one)) for one in shown],
        asked=asked,
        errors=FormErrors(errors),
        nouns=NOUNS,
        actions=ACTIONS,
        chats=chats,
        older=f"{here}?{urlencode({**query, 'before': shown[-1].id})}" if is_more else None,
        newest=f"{here}?{urlencode(query)}" if before else None,
        export=f"{here}/export?{urlencode(query)}",
    )


@router.get("/export")
async def export(request: Request, visitor: SignedIn, pages: PagesOf) -> Response:
    """The same as a table, however long it is."""
    _, wanted, errors = _asked(request.query_params)
    async with pages.desk.store.read() as work:
        await pages.desk.roles.require_administrator(work, visitor.user_id)
        await pages.desk.administering.audit.entries(work, visitor.user_id, wanted, limit=1)
    lines = (
        _lines(pages.desk, visitor.user_id, wanted)
        if not errors
        else _lines(pages.desk, visitor.user_id, None)
    )
    return StreamingResponse(
        lines,
        media_type="text/csv; charset=utf-8",
        headers={"content-disposition": 'attachment; filename="audit.csv"'},
    )


async def _lines(desk: ConsoleDesk, user_id: str, wanted: AuditFilter | None) -> AsyncIterator[str]:
    yield _line("id", "at", "actor", "action", "subject", "live chat", "details")
    before: int | None = None
    while wanted is not None:
        async with desk.store.read() as work:
            entries = await desk.administering.audit.entries(
                work, user_id, wanted, limit=AT_MOST, before=before
            )
        yield "".join(
            _line(
                str(one.id),
                one.at.isoformat(),
                one.actor,
                one.action,
                one.subject,
                one.live_chat or "",
                wording.audit_details(one.details),
            )
            for one in entries
        )
        if len(entries) < AT_MOST:
            return
        before = entries[-1].id


def _told(entry: AuditEntry) -> list[tuple[str, str]]:
    """Details; of something new only what is set."""
    pairs = wording.audit_pairs(entry.details)
    return [pair for pair in pairs if pair[1] != "none"] if entry.action.endswith(".created") else pairs


def _line(*cells: str) -> str:
    text = io.StringIO()
    csv.writer(text).writerow([harmless(cell) for cell in cells])
    return text.getvalue()


def harmless(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula: what begins like one has an apostrophe before it."""
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n", "|")) else cell


def link_to(entry: AuditEntry) -> str | None:
    """The page of what something was done to, below the console's root."""
    noun, name = entry.action.partition(".")[0], entry.subject
    number = name.removeprefix("#")
    if entry.action.endswith(".deleted") and noun != "live_chat":
        return None
    if noun in _PAGES:
        return _PAGES[noun].format(quote(name, safe=""))
    return f"/sessions/{number}" if name.startswith("#") and number.isascii() and number.isdecimal() else None


_PAGES = {
    "live_chat": "/live-chats/{}",
    "app": "/apps/{}",
    "group": "/groups/{}",
    "operator": "/operators",
    "hook": "/hooks",
    "plugin": "/hooks",
}


def _asked(query: Mapping[str, str]) -> tuple[dict[str, str], AuditFilter, dict[str, str]]:
    """What is asked for as it was written, as a filter, and what is wrong with it."""
    asked = {
        key: query.get(key, "").strip()[:LONGEST]
        for key in ("actor", "action", "live_chat", "since", "until", "before")
    }
    errors: dict[str, str] = {}
    since, until = _day(asked["since"], "since", errors), _day(asked["until"], "until", errors)
    if asked["action"] and asked["action"] not in {*ACTIONS, *NOUNS}:
        errors["action"] = "nothing of this kind is ever written down"
    wanted = AuditFilter(
        asked["live_chat"] or None, asked["actor"] or None, asked["action"] or None, since, until
    )
    return asked, wanted, errors


def _day(written: str, key: str, errors: dict[str, str]) -> datetime | None:
    if not written:
        return None
    try:
        return datetime.fromisoformat(written[:10]).replace(tzinfo=UTC)
    except ValueError:
        errors[key] = "is no day; write it like 2026-12-24"
        return None


def _number(written: str) -> int | None:
    return int(written) if written.isascii() and written.isdecimal() and len(written) < 18 else None
