"""Register: making an item, such as a complaint, out of a session (requirement S20)."""

import secrets
from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from livechat_plugin.core.apps import App, InvalidItem
from livechat_plugin.core.links import NotConnected
from livechat_plugin.services.again import anew
from livechat_plugin.services.connecting import asked_fields
from livechat_plugin.services.customer_information import SessionCustomer
from livechat_plugin.web.console.customer import topics_of
from livechat_plugin.web.console.desk import ConsoleDesk
from livechat_plugin.web.console.forms import as_written, other_errors, questions, take, text_of
from livechat_plugin.web.console.item_forms import (
    FORM_ID,
    Form,
    is_out_of_date,
    last_file,
    open_session,
    people_of,
    read_with_files,
    same_session,
    token_of,
)
from livechat_plugin.web.console.rendering import Pages, PagesOf
from livechat_plugin.web.console.visitor import SignedIn, Visitor

router = APIRouter()


@router.get("/sessions/{number:int}/register")
async def choose_app(request: Request, visitor: SignedIn, pages: PagesOf, number: int) -> Response:
    """Which app's item it is to be."""
    found = await open_session(pages.desk, visitor, number)
    async with pages.desk.store.read() as work:
        await pages.desk.connecting.require_serving(work, found.view, visitor.user_id)
    return await pages.page(
        request,
        visitor,
        "sessions/register_menu.html",
        number=number,
        customer=found,
        topics=topics_of(found),
    )


@router.get("/sessions/{number:int}/register/{app_key}")
async def register(
    request: Request, visitor: SignedIn, pages: PagesOf, number: int, app_key: str
) -> Response:
    """The form of the app; before the customer is connected, the way to connect them."""
    found = await open_session(pages.desk, visitor, number)
    trouble = await _not_to_be_registered(pages.desk, visitor, found, app_key)
    app = await pages.desk.app_catalogue.message_app(app_key)
    fields = asked_fields(app)
    form = Form(as_written(fields, {}), {})
    return await register_page(pages, request, visitor, found, app, form, trouble)


@router.post("/sessions/{number:int}/register/{app_key}")
async def register_now(
    request: Request, visitor: SignedIn, pages: PagesOf, number: int, app_key: str
) -> Response:
    """Owe the registration."""
    async with request.form() as form:
        return await _register_as_written(request, visitor, pages, number, app_key, form)


async def _register_as_written(
    request: Request, visitor: Visitor, pages: Pages, number: int, app_key: str, form: FormData
) -> Response:
    desk = pages.desk
    desk.session_desk.require_on()
    found = await open_session(desk, visitor, number)
    trouble = await _not_to_be_registered(desk, visitor, found, app_key)
    token, last = token_of(text_of(form, FORM_ID)), await last_file(desk, number)
    while True:
        app = await desk.app_catalogue.message_app(app_key)
        fields = asked_fields(app)
        written = take(form, fields)
        filled = Form(written, {})
        if trouble is not None:
            return await register_page(pages, request, visitor, found, app, filled, trouble, 422)
        try:
            values = await read_with_files(desk, fields, written, last.url if last is not None else None)
            await _register(desk, found, visitor.user_id, app_key, values, token)
        except InvalidItem as error:
            if await is_out_of_date(desk, app):
                continue
            filled = Form(written, error.errors)
            return await register_page(pages, request, visitor, found, app, filled, None, 422)
        return pages.go(request, f"/sessions/{number}/requests/{token}")


@anew
async def _register(
    desk: ConsoleDesk,
    found: SessionCustomer,
    actor: str,
    app_key: str,
    values: Mapping[str, Any],
    token: str,
) -> None:
    async with desk.store.begin() as work:
        view = await same_session(work, found)
        await desk.connecting.register(work, view, actor, app_key, values, request=token)
        await work.commit()


async def register_page(
    pages: Pages,
    request: Request,
    visitor: Visitor,
    found: SessionCustomer,
    app: App,
    form: Form,
    not_yet: str | None,
    status: int = 200,
) -> Response:
    """The form; `not_yet` says what must be done first."""
    fields = asked_fields(app)
    last = await last_file(pages.desk, found.session.number)
    return await pages.page(
        request,
        visitor,
        "sessions/register.html",
        status,
        number=found.session.number,
        customer=found,
        app=app,
        not_yet=not_yet,
        asked=questions(fields, form.written, form.errors),
        other_errors=other_errors(fields, form.errors),
        has_errors=bool(form.errors),
        trouble=form.trouble,
        people=await people_of(pages.desk, found),
        last_file=last.filename if last is not None and last.url is not None else None,
        request_token=secrets.token_urlsafe(16),
    )


async def _not_to_be_registered(
    desk: ConsoleDesk, visitor: Visitor, found: SessionCustomer, app_key: str
) -> str | None:
    """What must be done first, if it is that the customer must be connected."""
    try:
        async with desk.store.read() as work:
            await desk.connecting.to_be_registered(work, found.view, visitor.user_id, app_key)
    except NotConnected:
        return f"Connect {found.view.account.display_name}'s account first; then it can be registered."
    return None
