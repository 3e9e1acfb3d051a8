"""Customer Information beside a session: who writes, and what is known of them (requirement S18).

The session's page holds a place for it, which is filled once the page is there: hooks are asked, and a CRM may take
its time. Mounted in the console and in the panel; addresses begin with `root`, and no cookie is needed.
"""

from dataclasses import dataclass

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from livechat_plugin.core.apps import Field, FieldType, account_key
from livechat_plugin.core.customer_information import CustomerInformation
from livechat_plugin.core.session_names import CHANNELS, session_name
from livechat_plugin.core.sessions import Session
from livechat_plugin.services.customer_information import SessionCustomer
from livechat_plugin.services.live import account_topic, conversation_topic
from livechat_plugin.web.console.rendering import PagesOf
from livechat_plugin.web.console.values import item_path, shown_values, web_address
from livechat_plugin.web.console.visitor import SignedIn

router = APIRouter()


@dataclass(frozen=True, slots=True)
class EarlierSession:
    """One of the customer's sessions, as the panel lists it."""

    session: Session
    name: str
    is_this: bool


@router.get("/sessions/{number:int}/customer")
async def customer(request: Request, visitor: SignedIn, pages: PagesOf, number: int) -> Response:
    """The panel, with what the hooks know."""
    desk = pages.desk
    async with desk.store.read() as work:
        found = await desk.customer_information.of_session(work, visitor.user_id, number)
        ours = {app.key for app in await work.apps.all()}
    about = await desk.customer_information.about(found.view.conversation.id)
    item = about.item
    is_ours = item is not None and item.app in ours
    values = (
        ()
        if item is None
        else shown_values(_more_than(about), item.values, (item.app, item.id) if is_ours else None)
    )
    return await pages.page(
        request,
        visitor,
        "sessions/customer_page.html",
        number=number,
        customer=found,
        about=about,
        network=CHANNELS.get(about.account.network, about.account.network),
        item_href=None
        if item is None
        else item_path(item.app, item.id)
        if is_ours
        else web_address(item.link),
        is_ours=is_ours,
        values=values,
        sessions=[
            EarlierSession(one, session_name(one, about.live_chat, about.account), one.number == number)
            for one in about.sessions
        ],
        registered=[
            (
                one,
                item_path(made.app, made.item_id) if made.app in ours else web_address(made.link),
                made.app in ours,
            )
            for one in about.registered
            for made in [one.registration]
        ],
        topics=topics_of(found),
    )


@router.get("/sessions/{number:int}/register-button")
async def register_button(request: Request, visitor: SignedIn, pages: PagesOf, number: int) -> Response:
    """The button at the top right, as far as there is something to register."""
    desk = pages.desk
    async with desk.store.read() as work:
        found = await desk.customer_information.of_session(work, visitor.user_id, number)
    return await pages.page(
        request,
        visitor,
        "sessions/register_button_page.html",
        number=number,
        customer=found,
        topics=topics_of(found),
    )


def topics_of(found: SessionCustomer) -> str:
    """What changes the panel."""
    return f"{account_topic(found.view.account.id)} {conversation_topic(found.view.conversation.id)}"


def _more_than(about: CustomerInformation) -> list[Field]:
    """The fields of the connected item that say more than what stands above them: not that this is the account."""
    own = [account_key(about.account.network, about.account.external_id)]
    values = about.item.values if about.item is not None else {}
    return [
        each
        for each in about.fields
        if each.type is not FieldType.ACCOUNT or list(values.get(each.key) or ()) != own
    ]
