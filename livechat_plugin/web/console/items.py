"""Lists of items, and making one (requirement S21)."""

import secrets
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote, urlencode

from fastapi import APIRouter
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from livechat_plugin.core.apps import App, FieldType, InvalidItem, Item
from livechat_plugin.services.again import anew
from livechat_plugin.services.items import show_value
from livechat_plugin.web.console.desk import ConsoleDesk
from livechat_plugin.web.console.forms import (
    PREFIX,
    Written,
    as_written,
    other_errors,
    questions,
    take,
    text_of,
)
from livechat_plugin.web.console.item_forms import (
    FORM_ID,
    employees,
    is_out_of_date,
    read_with_files,
    token_of,
)
from livechat_plugin.web.console.rendering import Pages, PagesOf
from livechat_plugin.web.console.values import item_path
from livechat_plugin.web.console.visitor import SignedIn, Visitor

COLUMNS = 4
"""Fields beside the title that a list shows: the first ones that fit into a line."""

_LONG = {FieldType.TEXT, FieldType.FILE, FieldType.ACCOUNT}

router = APIRouter()


@router.get("/items")
async def all_apps(request: Request, visitor: SignedIn, pages: PagesOf) -> Response:
    """The apps whose items somebody works with."""
    async with pages.desk.store.read() as work:
        apps = await pages.desk.item_desk.apps(work, visitor.user_id)
    return await pages.page(request, visitor, "items/apps.html", apps=apps)


@router.get("/items/{app_key}")
async def listed(
    request: Request,
    visitor: SignedIn,
    pages: PagesOf,
    app_key: str,
    q: str = "",
    before: str | None = None,
    after: str | None = None,
) -> Response:
    """The items of an app, newest first; a search looks for all of its words."""
    query = " ".join(q.split())
    async with pages.desk.store.read() as work:
        page = await pages.desk.item_desk.page(
            work, visitor.user_id, app_key, query, before=before, after=after
        )
    columns = [each for each in page.app.fields if each.type not in _LONG][: COLUMNS + 1]
    rows = []
    for item in page.items:
        cells = [show_value(each, item.values.get(each.key)) for each in columns]
        # The title is the first of them, mostly.
        rows.append((item, item_path(item.app, item.id), cells))
    if columns and all(not cells[0] or cells[0][:99] == item.title[:99] for item, _, cells in rows):
        columns = columns[1:]
        rows = [(item, path, cells[1:]) for item, path, cells in rows]
    columns = columns[:COLUMNS]
    return await pages.page(
        request,
        visitor,
        "items/list.html",
        app=page.app,
        query=query,
        columns=columns,
        rows=[(item, path, cells[:COLUMNS]) for item, path, cells in rows],
        may_change=page.may_change,
        newer=_address(page.app, query, after=page.items[0].id) if page.newer and page.items else None,
        older=_address(page.app, query, before=page.items[-1].id) if page.older and page.items else None,
    )


@router.get("/items/{app_key}/suggestions")
async def suggestions(request: Request, visitor: SignedIn, pages: PagesOf, app_key: str) -> Response:
    """Items that a reference could mean, as options of the input that asks for them."""
    asked = request.query_params.items()
    query = next((value for name, value in asked if name.startswith(PREFIX) or name == "q"), "")
    async with pages.desk.store.read() as work:
        found = await pages.desk.item_desk.find(work, visitor.user_id, app_key, query)
    return pages.part(request, "items/suggestions.html", items=found)


@router.get("/items/{app_key}/new")
async def new(request: Request, visitor: SignedIn, pages: PagesOf, app_key: str) -> Response:
    """An empty form."""
    async with pages.desk.store.read() as work:
        app = await pages.desk.item_desk.form(work, visitor.user_id, app_key)
    return await _new_page(pages, request, visitor, app, as_written(app.fields, {}), {})


@router.post("/items/{app_key}/new")
async def make(request: Request, visitor: SignedIn, pages: PagesOf, app_key: str) -> Response:
    """Make it; sent twice, it is one item."""
    async with request.form() as form:
        return await _make_as_written(request, visitor, pages, app_key, form)


async def _make_as_written(
    request: Request, visitor: Visitor, pages: Pages, app_key: str, form: FormData
) -> Response:
    desk, token = pages.desk, token_of(text_of(form, FORM_ID))
    while True:
        async with desk.store.read() as work:
            app = await desk.item_desk.form(work, visitor.user_id, app_key)
        written = take(form, app.fields)
        try:
            values = await read_with_files(desk, app.fields, written)
            item = await _add(desk, visitor.user_id, app_key, values, token)
        except InvalidItem as error:
            if await is_out_of_date(desk, app):
                continue
            return await _new_page(pages, request, visitor, app, written, error.errors, 422)
        return pages.go(request, item_path(item.app, item.id), f"{item.title} is made.")


@anew
async def _add(desk: ConsoleDesk, actor: str, app_key: str, values: Mapping[str, Any], token: str) -> Item:
    async with desk.store.begin() as work:
        item = await desk.item_desk.add(work, actor, app_key, values, token)
        await work.commit()
    return item


async def _new_page(
    pages: Pages,
    request: Request,
    visitor: Visitor,
    app: App,
    written: Written,
    errors: Mapping[str, str],
    status: int = 200,
) -> Response:
    return await pages.page(
        request,
        visitor,
        "items/new.html",
        status,
        app=app,
        asked=questions(app.fields, written, errors),
        other_errors=other_errors(app.fields, errors),
        has_errors=bool(errors),
        people=await employees(pages.desk, visitor, app.fields),
        request_token=secrets.token_urlsafe(16),
    )


def _address(app: App, query: str, **beyond: str) -> str:
    asked: Sequence[tuple[str, str]] = [*([("q", query)] if query else []), *beyond.items()]
    return f"/items/{quote(app.key, safe='')}?{urlencode(asked)}"
