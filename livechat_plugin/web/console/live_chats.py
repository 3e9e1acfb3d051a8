"""The live chats workspace: the list, +Add, and the form with the subsections Apps, Customers, Employees (S8-S13)."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from fastapi import APIRouter
from markupsafe import escape
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from livechat_plugin.core import wording
from livechat_plugin.core.errors import InvalidLiveChat, NotConfirmed, StaleLiveChat
from livechat_plugin.core.live_chats import MAX_NAME, LiveChat
from livechat_plugin.core.session_names import PLACEHOLDERS, example_name
from livechat_plugin.services.again import anew
from livechat_plugin.services.live_chats import LiveChatForm, sources
from livechat_plugin.services.repositories.session_lists import OPEN
from livechat_plugin.services.workspace import COUNTED
from livechat_plugin.web.console import live_chat_conflicts as conflicts
from livechat_plugin.web.console.forms import sentence
from livechat_plugin.web.console.live_chat_form import Written, form_from, written_as, written_in
from livechat_plugin.web.console.rendering import Pages, PagesOf
from livechat_plugin.web.console.settings_forms import FormErrors, sent_form
from livechat_plugin.web.console.visitor import SignedIn, Visitor

router = APIRouter(prefix="/live-chats")


@router.get("")
async def live_chats(request: Request, visitor: SignedIn, pages: PagesOf) -> Response:
    """The list, for administrators and supervisors."""
    office = pages.desk.administering
    rules = {rule.name: rule.label for rule in await office.choosing.rules.all()}
    await office.choosing.catalogue.account_apps()
    known = office.choosing.catalogue.known.account
    async with pages.desk.store.read() as work:
        rows = await office.workspace.live_chats(work, visitor.user_id)
    apps = {key: app.name for key, app in known.items()}
    return await pages.page(
        request, visitor, "live_chats/list.html", rows=rows, rules=rules, apps=apps, most=COUNTED
    )


@router.get("/new")
async def new(request: Request, visitor: SignedIn, pages: PagesOf) -> Response:
    """The empty form."""
    await _require_administrator(pages, visitor)
    return await _form(request, visitor, pages, Written(), None)


@router.post("/new")
@anew
async def create(request: Request, visitor: SignedIn, pages: PagesOf) -> Response:
    """Make a live chat of what was written."""
    await _require_administrator(pages, visitor)
    desk, office = pages.desk, pages.desk.administering
    written = written_in(await sent_form(request))
    form, errors = await _read(pages, written)
    checked = await office.administration.checking.look(form)
    checked = replace(checked, errors={**checked.errors, **errors})
    try:
        async with desk.store.begin() as work:
            live_chat = await office.administration.create(work, visitor.user_id, checked)
            await work.commit()
    except InvalidLiveChat as error:
        return await _form(request, visitor, pages, written, None, error.errors, 422)
    return pages.go(request, f"/live-chats/{live_chat.slug}", f"{live_chat.name} is made.")


@router.post("/new/rule")
async def rule(request: Request, visitor: SignedIn, pages: PagesOf) -> Response:
    """The part of the form about the routing rule, after another rule or another app to bind was chosen."""
    await _require_administrator(pages, visitor)
    written = written_in(await sent_form(request))
    choices = await _choices(pages, written)
    context = {"written": written, "choices": choices, "errors": FormErrors(), "is_open": True}
    return pages.part(request, "live_chats/rule.html", **context)


@router.get("/new/name")
async def name(request: Request, visitor: SignedIn, pages: PagesOf) -> Response:
    """What a template of names makes of a session that could be, or what is wrong with it."""
    await _require_administrator(pages, visitor)
    asked = request.query_params
    return HTMLResponse(escape(_example(pages, asked.get("session_name", ""), asked.get("name", ""))))


@router.get("/{slug}")
async def live_chat(request: Request, visitor: SignedIn, pages: PagesOf, slug: str) -> Response:
    """The form for administrators, the settings for supervisors."""
    desk, office = pages.desk, pages.desk.administering
    await office.choosing.catalogue.account_apps()
    async with desk.store.read() as work:
        found = await work.live_chats.by_slug(slug)
        is_administrator = await desk.roles.is_administrator(work, visitor.user_id)
        if found is None or found.deleted_at is not None or not is_administrator:
            found = found if found is not None else await office.administration.find(work, slug)
            shown = await office.supervised_settings.show(work, visitor.user_id, found)
            context: dict[str, Any] = {"live_chat": found, "shown": shown}
            return await pages.page(request, visitor, "live_chats/settings.html", **context)
        present = await office.administration.present(work, found)
    choices = await office.choosing.choices(present.account_app, present.message_apps, present.rule)
    return await _form(request, visitor, pages, written_as(present, choices.settings), found)


@router.post("/{slug}")
@anew
async def change(request: Request, visitor: SignedIn, pages: PagesOf, slug: str) -> Response:
    """Keep the live chat as it was written, unless somebody else changed it meanwhile."""
    await _require_administrator(pages, visitor)
    desk, office = pages.desk, pages.desk.administering
    sent = await sent_form(request)
    written = written_in(sent, slug)
    before, now = await _now(pages, slug)
    if conflicts.is_stale(conflicts.seen_in(sent.get("seen")), sent.get("version"), now, before):
        return await _conflict(request, visitor, pages, written)
    form, errors = await _read(pages, written)
    checked = await office.administration.checking.look(form)
    checked = replace(checked, errors={**checked.errors, **errors})
    try:
        async with desk.store.begin() as work:
            after = await office.administration.edit(work, visitor.user_id, checked, before.version)
            await work.commit()
    except InvalidLiveChat as error:
        return await _form(request, visitor, pages, written, before, error.errors, 422, now)
    except StaleLiveChat:
        return await _conflict(request, visitor, pages, written)
    told = wording.live_chat_changed(after, is_other=after.version != before.version)
    return pages.go(request, f"/live-chats/{slug}", told)


@router.post("/{slug}/delete")
@anew
async def delete(request: Request, visitor: SignedIn, pages: PagesOf, slug: str) -> Response:
    """Delete it, if its name was written to confirm it."""
    await _require_administrator(pages, visitor)
    administration = pages.desk.administering.administration
    name = (await sent_form(request)).get("confirmation", "")
    try:
        async with pages.desk.store.begin() as work:
            deleted = await administration.delete(work, visitor.user_id, slug, str(name)[:1_000])
            await work.commit()
    except NotConfirmed as error:
        before, now = await _now(pages, slug)
        errors = {"confirmation": str(error)}
        return await _form(request, visitor, pages, now, before, errors, 422, now)
    return pages.go(request, "/live-chats", wording.live_chat_deleted(deleted))


@router.post("/{slug}/history")
@anew
async def history(request: Request, visitor: SignedIn, pages: PagesOf, slug: str) -> Response:
    """Let an administrator into the rooms of a live chat that was deleted."""
    async with pages.desk.store.begin() as work:
        await pages.desk.administering.administration.show(work, visitor.user_id, slug)
        await work.commit()
    return pages.go(request, f"/live-chats/{slug}", "You are invited to its supervisors' room.")


async def _form(
    request: Request,
    visitor: Visitor,
    pages: Pages,
    written: Written,
    before: LiveChat | None,
    errors: Mapping[str, str] | None = None,
    status: int = 200,
    seen: Written | None = None,
    **more: Any,
) -> Response:
    """The page with the form, filled in as written; `before` is the live chat that is changed."""
    naming = pages.desk.naming
    choices = await _choices(pages, written)
    context: dict[str, Any] = {
        "written": written,
        "choices": choices,
        "names": {**conflicts.LABELS, **{one.key: one.label for one in choices.settings}},
        "server_name": naming.server_name,
        "errors": FormErrors(errors),
        "is_open": before is None,
        "live_chat": before,
        "placeholders": PLACEHOLDERS,
        "example": _example(pages, written.session_name, written.name),
        "conflict": None,
        "what_deleting_does": wording.WHAT_DELETING_DOES,
        **more,
    }
    if before is not None:
        async with pages.desk.store.read() as work:
            context["open_sessions"] = await work.session_lists.count([before.id], OPEN, COUNTED)
        context |= {
            "seen": conflicts.seen_text(seen or written),
            "sources": sources(before, naming),
            "ghost": naming.live_chat(before.slug),
            "queue_room": f"#{naming.queue_alias(before.slug)}:{naming.server_name}",
        }
    return await pages.page(request, visitor, "live_chats/form.html", status, **context)


def _example(pages: Pages, template: str, name: str) -> str:
    try:
        return example_name(template, name[:MAX_NAME].strip() or "Customer Support", pages.desk.clock.now())
    except InvalidLiveChat as error:
        return sentence(error.reason)


async def _conflict(request: Request, visitor: Visitor, pages: Pages, mine: Written) -> Response:
    """The form again, with what was written, and with what somebody else changed meanwhile."""
    sent = await sent_form(request)
    live_chat, now = await _now(pages, mine.slug)
    kept, fields = conflicts.merged(conflicts.seen_in(sent.get("seen")), now, mine)
    async with pages.desk.store.read() as work:
        changes = await conflicts.changes_since(work, live_chat, sent.get("version"))
    conflict = conflicts.Conflict(fields, changes)
    return await _form(request, visitor, pages, kept, live_chat, None, 409, now, conflict=conflict)


async def _now(pages: Pages, slug: str) -> tuple[LiveChat, Written]:
    """The live chat as it is, and as it could be written."""
    office = pages.desk.administering
    async with pages.desk.store.read() as work:
        live_chat = await office.administration.find(work, slug)
        present = await office.administration.present(work, live_chat)
    choices = await office.choosing.choices(present.account_app, present.message_apps, present.rule)
    return live_chat, written_as(present, choices.settings)


async def _read(pages: Pages, written: Written) -> tuple[LiveChatForm, Mapping[str, str]]:
    return form_from(written, (await _choices(pages, written)).settings)


async def _choices(pages: Pages, written: Written) -> Any:
    choosing = pages.desk.administering.choosing
    return await choosing.choices(written.account_app, written.message_apps, written.rule)


async def _require_administrator(pages: Pages, visitor: Visitor) -> None:
    """Nobody else is shown the form, nor are hooks asked for them; the use cases check it again."""
    async with pages.desk.store.read() as work:
        await pages.desk.roles.require_administrator(work, visitor.user_id)
