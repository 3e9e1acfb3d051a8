"""Apps and their fields (requirement S21): what is kept about customers and their requests."""

from collections.abc import Sequence
from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from livechat_plugin.core import wording
from livechat_plugin.core.app_definitions import InvalidApp
from livechat_plugin.core.apps import App, AppExists, AppInUse, FieldType
from livechat_plugin.core.audit import AuditEntry
from livechat_plugin.services.again import anew
from livechat_plugin.services.apps import AppView, NotConfirmed, StaleApp
from livechat_plugin.services.repositories.audit import AuditFilter
from livechat_plugin.services.unit_of_work import UnitOfWork
from livechat_plugin.web.console import app_form
from livechat_plugin.web.console.app_form import WrittenApp
from livechat_plugin.web.console.forms import text_of
from livechat_plugin.web.console.rendering import Pages, PagesOf
from livechat_plugin.web.console.settings_forms import FormErrors, sent_form
from livechat_plugin.web.console.visitor import SignedIn, Visitor

router = APIRouter(prefix="/apps")

_UNSEEN = App("", "", ())
"""Stands for what somebody saw whose editor does not say it: nothing is overwritten."""


@router.get("")
async def apps(request: Request, visitor: SignedIn, pages: PagesOf) -> Response:
    """All apps: ours, and those that hooks bring along."""
    office = pages.desk.administering
    await office.choosing.catalogue.account_apps()
    async with pages.desk.store.read() as work:
        ours = await office.apps.all(work, visitor.user_id)
        chats = await work.live_chats.all()
    uses = {
        app.key: [
            wording.app_use(app.key, chat)
            for chat in chats
            if app.key in {chat.account_app, *chat.message_apps}
        ]
        for app in ours
    }
    others = office.apps.offered_by_others(ours)
    return await pages.page(request, visitor, "apps/list.html", ours=ours, others=others, uses=uses)


@router.get("/new")
async def new(request: Request, visitor: SignedIn, pages: PagesOf) -> Response:
    """The editor for a new app."""
    await _apps(pages, visitor)
    return await _editor(request, visitor, pages, app_form.blank_app())


@router.post("/new")
@anew
async def create(request: Request, visitor: SignedIn, pages: PagesOf) -> Response:
    """Make the app, or do what a button of the editor says."""
    await _apps(pages, visitor)
    form = await sent_form(request)
    written = app_form.written_in(form)
    if (what := text_of(form, "do")) not in {"", "save"}:
        written, told = app_form.arranged(written, what)
        return await _editor(request, visitor, pages, written, told=told)
    try:
        async with pages.desk.store.begin() as work:
            made = await pages.desk.administering.apps.create(work, visitor.user_id, written.app)
            await work.commit()
    except InvalidApp as error:
        return await _editor(request, visitor, pages, written, 422, errors=error.errors)
    except AppExists as error:
        errors = {"key": str(error).partition(": ")[2]}
        return await _editor(request, visitor, pages, written, 422, errors=errors)
    return pages.go(request, f"/apps/{made.key}", wording.app_made(made))


@router.get("/{key}")
async def app(request: Request, visitor: SignedIn, pages: PagesOf, key: str) -> Response:
    """The editor of one of our apps; the fields of one that a hook brings along."""
    others = {
        other.key: other
        for other in pages.desk.administering.apps.offered_by_others(await _apps(pages, visitor))
    }
    if key in others:
        return await pages.page(request, visitor, "apps/offered.html", app=others[key], types=app_form.TYPES)
    async with pages.desk.store.read() as work:
        found = await pages.desk.administering.apps.get(work, visitor.user_id, key)
    return await _editor(request, visitor, pages, app_form.written_as(found))


@router.post("/{key}")
@anew
async def change(request: Request, visitor: SignedIn, pages: PagesOf, key: str) -> Response:
    """Keep the app as it was written, or do what a button of the editor says."""
    await _apps(pages, visitor)
    form = await sent_form(request)
    written = app_form.written_in(form, key)
    if (what := text_of(form, "do")) not in {"", "save"}:
        written, told = app_form.arranged(written, what)
        return await _editor(request, visitor, pages, written, told=told)
    service = pages.desk.administering.apps
    try:
        async with pages.desk.store.begin() as work:
            before = await service.get(work, visitor.user_id, key)
            after = await service.put(
                work,
                visitor.user_id,
                written.app,
                may_lose_values=bool(text_of(form, "may_lose_values")),
                seen=written.seen or _UNSEEN,
            )
            await work.commit()
    except InvalidApp as error:
        return await _editor(request, visitor, pages, written, 422, errors=error.errors)
    except StaleApp as error:
        caught_up = app_form.caught_up(written, error.app)
        return await _editor(request, visitor, pages, caught_up, 409, stale=error.app)
    except NotConfirmed as error:
        return await _editor(request, visitor, pages, written, 422, loss=str(error))
    except AppInUse as error:
        return await _editor(request, visitor, pages, written, 409, refused=error)
    told = wording.app_changed(after) if after != before else f"{after.name} is like this already."
    return pages.go(request, f"/apps/{key}", told)


@router.post("/{key}/delete")
@anew
async def delete(request: Request, visitor: SignedIn, pages: PagesOf, key: str) -> Response:
    """Delete the app with its items, if its key or name was written to confirm it."""
    await _apps(pages, visitor)
    confirmation = text_of(await sent_form(request), "confirmation")[:1_000]
    service = pages.desk.administering.apps
    async with pages.desk.store.read() as work:
        found = await service.get(work, visitor.user_id, key)
    try:
        async with pages.desk.store.begin() as work:
            count = await service.delete(work, visitor.user_id, key, confirmation)
            await work.commit()
    except NotConfirmed as error:
        written = app_form.written_as(found)
        return await _editor(request, visitor, pages, written, 422, errors={"confirmation": str(error)})
    except AppInUse as error:
        return await _editor(request, visitor, pages, app_form.written_as(found), 409, refused=error)
    return pages.go(request, "/apps", wording.app_deleted(key, count))


async def _editor(
    request: Request, visitor: Visitor, pages: Pages, written: WrittenApp, status: int = 200, **more: Any
) -> Response:
    desk = pages.desk
    errors = app_form.in_words(written, more.pop("errors", {}))
    of_form = app_form.of_the_form(written)
    view: AppView | None = None
    changes: Sequence[AuditEntry] = ()
    async with desk.store.read() as work:
        if written.seen is not None:
            view = await desk.administering.apps.show(work, visitor.user_id, written.key)
        ours = await desk.administering.apps.all(work, visitor.user_id)
        if more.get("stale"):
            changes = await _last_changes(work, written.key)
    others = desk.administering.apps.offered_by_others(ours)
    context = {
        "written": written,
        "view": view,
        "errors": FormErrors({key: errors[key] for key in errors if key in of_form}),
        "row_errors": FormErrors({key: errors[key] for key in errors if key not in of_form}),
        "types": app_form.TYPES,
        "more": app_form.MORE,
        "apps": [*ours, *others],
        "seen": app_form.seen_text(written.seen),
        "is_account": any(row.type is FieldType.ACCOUNT for row in written.rows),
        "changes": changes,
        "told": "",
        "stale": None,
        "loss": "",
        "refused": None,
        **more,
    }
    return await pages.page(request, visitor, "apps/editor.html", status, **context)


async def _last_changes(work: UnitOfWork, key: str) -> Sequence[AuditEntry]:
    entries = await work.audit.entries(AuditFilter(action="app.changed"), limit=50)
    return [entry for entry in entries if entry.subject == key][:1]


async def _apps(pages: Pages, visitor: Visitor) -> Sequence[App]:
    """Our apps; nobody but administrators sees any of these pages."""
    await pages.desk.administering.choosing.catalogue.account_apps()
    async with pages.desk.store.read() as work:
        return await pages.desk.administering.apps.all(work, visitor.user_id)
