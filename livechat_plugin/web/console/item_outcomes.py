"""What became of a form of +Connect or Register: the hooks are asked in a delivery, and may take their time.

The page waits a moment, so that the outcome is seen at once wherever items are stored nearby, and otherwise shows that
it is being done.
"""

import asyncio
import json

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from livechat_plugin.core.item_requests import ItemRequest, RequestState
from livechat_plugin.services.connecting import asked_fields
from livechat_plugin.services.customer_information import SessionCustomer
from livechat_plugin.services.live import account_topic
from livechat_plugin.web.console.connecting import connect_page
from livechat_plugin.web.console.customer import topics_of
from livechat_plugin.web.console.desk import ConsoleDesk
from livechat_plugin.web.console.forms import as_written
from livechat_plugin.web.console.item_forms import Form, known_values, open_session
from livechat_plugin.web.console.registering import register_page
from livechat_plugin.web.console.rendering import PagesOf
from livechat_plugin.web.console.visitor import SignedIn, Visitor

WAIT = 1.5
"""Seconds for which a page waits for the outcome before it says that it is being done."""

router = APIRouter()


@router.get("/sessions/{number:int}/requests/{token}")
async def outcome(request: Request, visitor: SignedIn, pages: PagesOf, number: int, token: str) -> Response:
    """What became of a form: done, being done, or the form again with what is wrong."""
    desk = pages.desk
    found = await open_session(desk, visitor, number)
    asked = await _settled(desk, visitor, found, token)
    if asked is None or asked.conversation_id != found.view.conversation.id:
        raise LookupError(token)
    if asked.state is not RequestState.REFUSED:
        response = await pages.page(
            request,
            visitor,
            "sessions/request.html",
            number=number,
            asked=asked,
            is_done=asked.state is RequestState.DONE,
            token=token,
            topics=topics_of(found),
        )
        if asked.state is RequestState.DONE:
            # A dialog closes itself, and the page below it says what is done.
            response.headers["HX-Trigger-After-Settle"] = json.dumps(
                {"toast": asked.told, "close-dialog": True}
            )
        return response
    if asked.session_number is None:
        app = await desk.app_catalogue.account_app(asked.app)
    else:
        app = await desk.app_catalogue.message_app(asked.app)
    fields = asked_fields(app)
    values = asked.values or ({} if asked.session_number else known_values(fields, found.view.account))
    form = Form(as_written(fields, values), asked.errors, None if asked.errors else asked.told)
    if asked.session_number is None:
        return await connect_page(pages, request, visitor, found, app, form)
    return await register_page(pages, request, visitor, found, app, form, None)


async def _settled(
    desk: ConsoleDesk, visitor: Visitor, found: SessionCustomer, token: str
) -> ItemRequest | None:
    """What became of a request, after a moment in which it may become known."""
    with desk.live.subscribed([account_topic(found.view.account.id)]) as subscription:
        try:
            async with asyncio.timeout(WAIT):
                while True:
                    asked = await _asked(desk, visitor, token)
                    if asked is None or asked.state is not RequestState.OWED or asked.told:
                        return asked
                    await subscription.changes()
        except TimeoutError:
            return await _asked(desk, visitor, token)


async def _asked(desk: ConsoleDesk, visitor: Visitor, token: str) -> ItemRequest | None:
    async with desk.store.read() as work:
        return await desk.connecting.outcome(work, visitor.user_id, token)
