"""The page of an item: its fields, who made and changed it, and the sessions of its customers (S21, E12)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from fastapi import APIRouter
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from livechat_plugin.core.apps import App, FieldType, InvalidItem, Item, StaleItem
from livechat_plugin.core.session_names import CHANNELS, session_name
from livechat_plugin.services.again import anew
from livechat_plugin.services.items import show_value
from livechat_plugin.services.items.values import find_field
from livechat_plugin.web.console.desk import ConsoleDesk
from livechat_plugin.web.console.forms import (
    MOST_BYTES,
    Written,
    as_written,
    other_errors,
    questions,
    take,
    text_of,
)
from livechat_plugin.web.console.item_forms import employees, is_out_of_date, read_with_files
from livechat_plugin.web.console.media import send_file
from livechat_plugin.web.console.rendering import DeskOf, Pages, PagesOf
from livechat_plugin.web.console.values import item_path, shown_values
from livechat_plugin.web.console.visitor import SignedIn, Visitor

SEEN = "seen-"
"""How the inputs begin that bring along what a form showed when it was opened."""

router = APIRouter()


@dataclass(frozen=True, slots=True)
class Difference:
    """A field that somebody else has changed since a form was opened."""

    label: str
    before: str
    now: str


@dataclass(frozen=True, slots=True)
class EditForm:
    """The form of an item that exists.

    Attributes:
        version: of the item that was looked at.
        seen: what stood in it then, by field key.
        changed: what somebody else has changed since, if the form was refused for that.
    """

    written: Written
    version: int
    seen: Mapping[str, str]
    errors: Mapping[str, str] = field(default_factory=dict)
    changed: Sequence[Difference] | None = None


@router.get("/items/{app_key}/{item_id}")
async def show(request: Request, visitor: SignedIn, pages: PagesOf, app_key: str, item_id: str) -> Response:
    """The item with what belongs to it."""
    async with pages.desk.store.read() as work:
        view = await pages.desk.item_desk.show(work, visitor.user_id, app_key, item_id)
    return await pages.page(
        request,
        visitor,
        "items/item.html",
        app=view.app,
        item=view.item,
        path_of_item=item_path(view.app.key, view.item.id),
        values=shown_values(view.app.fields, view.item.values, (view.app.key, view.item.id)),
        view=view,
        sessions=[
            (one, session_name(one.listed.session, one.live_chat, one.listed.account))
            for one in view.sessions
        ],
        networks=CHANNELS,
    )


@router.get("/items/{app_key}/{item_id}/edit")
async def edit(request: Request, visitor: SignedIn, pages: PagesOf, app_key: str, item_id: str) -> Response:
    """The form with the values as they are."""
    async with pages.desk.store.read() as work:
        app = await pages.desk.item_desk.form(work, visitor.user_id, app_key)
        item = await pages.desk.items.get(work, app.key, item_id)
    return await _edit_page(pages, request, visitor, app, item, _as_it_is(app, item))


@router.post("/items/{app_key}/{item_id}/edit")
async def change(request: Request, visitor: SignedIn, pages: PagesOf, app_key: str, item_id: str) -> Response:
    """Keep what was written, unless somebody else has changed the item since the form was opened."""
    async with request.form() as form:
        return await _change_as_written(request, visitor, pages, (app_key, item_id), form)


@router.get("/items/{app_key}/{item_id}/files/{key}")
async def file(visitor: SignedIn, desk: DeskOf, app_key: str, item_id: str, key: str) -> Response:
    """A file that a field holds."""
    async with desk.store.read() as work:
        view = await desk.item_desk.show(work, visitor.user_id, app_key, item_id)
    each = find_field(view.app.fields, key)
    address = view.item.values.get(each.key) if each is not None and each.type is FieldType.FILE else None
    if not isinstance(address, str) or not address.startswith("mxc:"):
        raise LookupError(key)
    details = await desk.homeserver.file_details(address, desk.naming.bot)
    if details is None or details.size > MOST_BYTES:
        raise LookupError(key)
    return await send_file(desk, visitor, address, desk.naming.bot, details.name or "file", is_saved=True)


@router.get("/items/{app_key}/{item_id}/delete")
async def ask_to_delete(
    request: Request, visitor: SignedIn, pages: PagesOf, app_key: str, item_id: str
) -> Response:
    """Whether it is meant."""
    async with pages.desk.store.read() as work:
        app = await pages.desk.item_desk.form(work, visitor.user_id, app_key)
        item = await pages.desk.items.get(work, app.key, item_id)
    return await pages.page(
        request, visitor, "items/delete.html", app=app, item=item, path_of_item=item_path(app.key, item.id)
    )


@router.post("/items/{app_key}/{item_id}/delete")
@anew
async def delete(request: Request, visitor: SignedIn, pages: PagesOf, app_key: str, item_id: str) -> Response:
    """Delete it, if it is still what was looked at and nothing needs it."""
    version = _number(text_of(await request.form(), "version"))
    async with pages.desk.store.begin() as work:
        item = await pages.desk.item_desk.delete(work, visitor.user_id, app_key, item_id, version)
        await work.commit()
    return pages.go(request, f"/items/{app_key}", f"{item.title} is deleted.")


async def _change_as_written(
    request: Request, visitor: Visitor, pages: Pages, which: tuple[str, str], form: FormData
) -> Response:
    desk, version = pages.desk, _number(text_of(form, "version"))
    while True:
        async with desk.store.read() as work:
            app = await desk.item_desk.form(work, visitor.user_id, which[0])
            item = await desk.items.get(work, app.key, which[1])
        written = take(form, app.fields)
        seen = {each.key: text_of(form, SEEN + each.key) for each in app.fields}
        try:
            values = await read_with_files(desk, app.fields, written)
            changes = {each.key: values.get(each.key) for each in app.fields}
            await _keep(desk, visitor.user_id, which, changes, version)
        except StaleItem as stale:
            now = _as_it_is(app, stale.item)
            changed = _changed(app, seen, stale.item)
            filled = replace(now, written=_together(written, seen, now.written), changed=changed)
            return await _edit_page(pages, request, visitor, app, stale.item, filled, 409)
        except InvalidItem as error:
            if await is_out_of_date(desk, app):
                continue
            filled = EditForm(written, version, seen, error.errors)
            return await _edit_page(pages, request, visitor, app, item, filled, 422)
        return pages.go(request, item_path(app.key, item.id), "It is saved.")


@anew
async def _keep(
    desk: ConsoleDesk, actor: str, which: tuple[str, str], changes: Mapping[str, Any], version: int
) -> None:
    async with desk.store.begin() as work:
        await desk.item_desk.change(work, actor, *which, changes, version)
        await work.commit()


async def _edit_page(
    pages: Pages, request: Request, visitor: Visitor, app: App, item: Item, form: EditForm, status: int = 200
) -> Response:
    return await pages.page(
        request,
        visitor,
        "items/edit.html",
        status,
        app=app,
        item=item,
        path_of_item=item_path(app.key, item.id),
        form=form,
        asked=questions(app.fields, form.written, form.errors),
        other_errors=other_errors(app.fields, form.errors),
        has_errors=bool(form.errors),
        people=await employees(pages.desk, visitor, app.fields),
    )


def _as_it_is(app: App, item: Item) -> EditForm:
    written = as_written(app.fields, item.values)
    return EditForm(written, item.version or 0, written.raw())


def _together(written: Written, seen: Mapping[str, str], now: Written) -> Written:
    """What somebody wrote, and where they wrote nothing else than what they saw, what stands there now."""
    texts, zones, raw = dict(now.texts), dict(now.zones), written.raw()
    for key, text in written.texts.items():
        if raw[key].splitlines() != seen[key].splitlines():
            texts[key] = text
            zones |= {key: written.zones[key]} if key in written.zones else {}
    return Written(texts, zones)


def _changed(app: App, seen: Mapping[str, str], item: Item) -> list[Difference]:
    """What has changed since a form was opened that showed this."""
    now = as_written(app.fields, item.values).raw()
    return [
        Difference(each.label, seen[each.key], show_value(each, item.values.get(each.key)))
        for each in app.fields
        if seen[each.key].splitlines() != now[each.key].splitlines()
    ]


def _number(sent: str) -> int:
    return int(sent) if sent.isascii() and sent.isdecimal() and len(sent) < 10 else 0
