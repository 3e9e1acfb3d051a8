"""+Connect: choosing the item that a customer is, or making one (requirement S19)."""

import hashlib
import secrets
from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from livechat_plugin.core.apps import App, AppUnavailable, InvalidItem
from livechat_plugin.services.again import anew
from livechat_plugin.services.connecting import asked_fields
from livechat_plugin.services.customer_information import SessionCustomer
from livechat_plugin.web.console.desk import ConsoleDesk
from livechat_plugin.web.console.forms import as_written, other_errors, questions, take, text_of
from livechat_plugin.web.console.item_forms import (
    FORM_ID,
    Form,
    is_out_of_date,
    known_values,
    open_session,
    people_of,
    read_with_files,
    same_session,
    token_of,
)
from livechat_plugin.web.console.rendering import Pages, PagesOf
from livechat_plugin.web.console.values import shown_values
from livechat_plugin.web.console.visitor import SignedIn, Visitor

MOST_CANDIDATES = 10
DISTINGUISHING = 4
"""Fields beside the title that tell candidates apart."""

router = APIRouter()


@router.get("/sessions/{number:int}/connect")
async def connect(request: Request, visitor: SignedIn, pages: PagesOf, number: int) -> Response:
    """The two ways: choose an item that exists, or make one."""
    found = await open_session(pages.desk, visitor, number)
    app = await _app_to_connect(pages.desk, visitor, found)
    fields = asked_fields(app)
    known = as_written(fields, known_values(fields, found.view.account))
    return await connect_page(pages, request, visitor, found, app, Form(known, {}))


@router.get("/sessions/{number:int}/candidates")
async def candidates(
    request: Request, visitor: SignedIn, pages: PagesOf, number: int, q: str = ""
) -> Response:
    """Items that the customer could be, as somebody types; the customer's name is looked for at first."""
    found = await open_session(pages.desk, visitor, number)
    app = await _app_to_connect(pages.desk, visitor, found)
    query = " ".join(q.split())[:200] or found.view.account.display_name
    answer = await pages.desk.customer_items.find(app, query)
    trouble = None
    if isinstance(answer.refusal, AppUnavailable):
        trouble = f"{app.name} cannot be reached now: {answer.refusal.reason}."
    elif answer.value is None:
        trouble = f"{app.name} does not answer now."
    items = (answer.value or [])[:MOST_CANDIDATES]
    return await pages.page(
        request,
        visitor,
        "sessions/candidates.html",
        number=number,
        app=app,
        query=query,
        trouble=trouble,
        request_token=token_of(request.query_params.get(FORM_ID)),
        is_cut=len(answer.value or []) > MOST_CANDIDATES,
        candidates=[(item, _distinguishing(app, item.title, item.values)) for item in items],
    )


@router.post("/sessions/{number:int}/connect")
async def connect_now(request: Request, visitor: SignedIn, pages: PagesOf, number: int) -> Response:
    """Owe the connection."""
    async with request.form() as form:
        return await _connect_as_written(request, visitor, pages, number, form)


async def _connect_as_written(
    request: Request, visitor: Visitor, pages: Pages, number: int, form: FormData
) -> Response:
    desk = pages.desk
    desk.session_desk.require_on()
    found = await open_session(desk, visitor, number)
    token, item_id = token_of(text_of(form, FORM_ID)), text_of(form, "item_id").strip().removeprefix("#")
    actor = visitor.user_id
    if "item_id" in form:
        token = hashlib.sha256(f"{token} {item_id}".encode(errors="replace")).hexdigest()
        await _connect_to(desk, found, actor, item_id, token)
        return pages.go(request, f"/sessions/{number}/requests/{token}")
    while True:
        app = await _app_to_connect(desk, visitor, found)
        written = take(form, asked_fields(app))
        try:
            values = await read_with_files(desk, asked_fields(app), written)
            await _connect_new(desk, found, actor, values, token)
        except InvalidItem as error:
            if await is_out_of_date(desk, app):
                continue
            filled = Form(written, error.errors)
            return await connect_page(pages, request, visitor, found, app, filled, 422)
        return pages.go(request, f"/sessions/{number}/requests/{token}")


@anew
async def _connect_to(
    desk: ConsoleDesk, found: SessionCustomer, actor: str, item_id: str, token: str
) -> None:
    async with desk.store.begin() as work:
        view = await same_session(work, found)
        await desk.connecting.connect_to(work, view, actor, item_id, request=token)
        await work.commit()


@anew
async def _connect_new(
    desk: ConsoleDesk, found: SessionCustomer, actor: str, values: Mapping[str, Any], token: str
) -> None:
    async with desk.store.begin() as work:
        view = await same_session(work, found)
        await desk.connecting.connect_new(work, view, actor, values, request=token)
        await work.commit()


async def connect_page(
    pages: Pages,
    request: Request,
    visitor: Visitor,
    found: SessionCustomer,
    app: App,
    form: Form,
    status: int = 200,
) -> Response:
    """Both ways on one page."""
    fields = asked_fields(app)
    return await pages.page(
        request,
        visitor,
        "sessions/connect.html",
        status,
        number=found.session.number,
        customer=found,
        app=app,
        asked=questions(fields, form.written, form.errors),
        other_errors=other_errors(fields, form.errors),
        has_errors=bool(form.errors),
        trouble=form.trouble,
        people=await people_of(pages.desk, found),
        request_token=secrets.token_urlsafe(16),
        is_change=found.is_connected,
    )


async def _app_to_connect(desk: ConsoleDesk, visitor: Visitor, found: SessionCustomer) -> App:
    async with desk.store.read() as work:
        key = await desk.connecting.to_be_connected(work, found.view, visitor.user_id)
    return await desk.app_catalogue.account_app(key)


def _distinguishing(app: App, title: str, values: Mapping[str, Any]) -> list[Any]:
    shown = [value for value in shown_values(app.fields, values) if value.text != title]
    return shown[:DISTINGUISHING]
