"""What the pages of +Connect and Register have in common: their forms, and what is known for filling them in."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from starlette.datastructures import UploadFile

from livechat_plugin.core.apps import App, Field, FieldType
from livechat_plugin.core.content import Media
from livechat_plugin.core.conversations import Account
from livechat_plugin.core.errors import Refused, SessionClosed
from livechat_plugin.services.customer_information import SessionCustomer
from livechat_plugin.services.ports import FileDetails
from livechat_plugin.services.repositories.conversations import ConversationView
from livechat_plugin.services.standing import standing_of
from livechat_plugin.services.unit_of_work import UnitOfWork
from livechat_plugin.web.console.desk import ConsoleDesk
from livechat_plugin.web.console.forms import Written, read_form
from livechat_plugin.web.console.visitor import Visitor

FORM_ID = "request"
"""Name of the input that makes a form one request however often it is sent."""

MOST_PEOPLE = 200
_LONGEST_TOKEN = 100


@dataclass(frozen=True, slots=True)
class Form:
    """What a page with a form shows of it, beside the session and the app.

    Attributes:
        errors: what is wrong, by field key; the others are shown above the form.
        trouble: why it was refused, if that is more than errors of fields.
    """

    written: Written
    errors: Mapping[str, str]
    trouble: str | None = None


async def open_session(desk: ConsoleDesk, visitor: Visitor, number: int) -> SessionCustomer:
    """A session that is not over, for those who work with it.

    Raises:
        Refused: it is over.
    """
    async with desk.store.read() as work:
        found = await desk.customer_information.of_session(work, visitor.user_id, number)
    if not found.session.is_open:
        raise Refused(f"Session #{number} is over. This can be done again when the customer writes.")
    return found


async def same_session(work: UnitOfWork, found: SessionCustomer) -> ConversationView:
    """The conversation as it is now, if the session is still the one that a form was opened in.

    Raises:
        SessionClosed: it is over, and another one may have begun.
    """
    view = await work.conversations.view(found.view.conversation.id)
    if view.session is None or view.session.number != found.session.number:
        raise SessionClosed(found.session.number)
    return view


async def read_with_files(
    desk: ConsoleDesk, fields: Sequence[Field], written: Written, last_file: str | None = None
) -> dict[str, Any]:
    """The values of a form, with the files uploaded."""
    values = read_form(fields, written, last_file)
    for key, upload in written.uploads.items():
        values[key] = await upload_of(desk, upload)
    return values


async def upload_of(desk: ConsoleDesk, upload: UploadFile) -> str:
    """Keep a file in the homeserver; returns its address."""
    data = await upload.read()
    details = FileDetails(upload.filename, upload.content_type or "application/octet-stream", len(data))
    return await desk.homeserver.upload_file(desk.naming.bot, data, details)


async def last_file(desk: ConsoleDesk, number: int) -> Media | None:
    """The file that was sent last in a session."""
    async with desk.store.read() as work:
        return await work.messages.last_file(number)


async def people_of(desk: ConsoleDesk, found: SessionCustomer) -> list[str]:
    """Employees whom a field can name: those of the live chat."""
    chat = found.view.live_chat
    async with desk.store.read() as work:
        people = set(await work.groups.members(chat.operators))
        if chat.supervisors is not None:
            people |= set(await work.groups.members(chat.supervisors))
    return sorted(people)[:MOST_PEOPLE]


def known_values(fields: Sequence[Field], account: Account) -> dict[str, Any]:
    """What is known of a customer without being asked: the name, and what their id on the network is."""
    known: dict[str, Any] = {}
    name = next(
        (each for each in fields if each.type is FieldType.STRING and "name" in each.key.casefold()),
        next((each for each in fields if each.type is FieldType.STRING), None),
    )
    if name is not None:
        known[name.key] = account.display_name[:255]
    is_mail = "@" in account.external_id[1:] and not account.external_id.startswith("@")
    is_number = account.external_id.lstrip("+").isdecimal() and len(account.external_id) > 6
    if is_mail or (is_number and account.external_id.startswith("+")):
        wanted = FieldType.EMAIL if is_mail else FieldType.PHONE
        field = next((each for each in fields if each.type is wanted), None)
        if field is not None:
            known[field.key] = account.external_id
    return known


def token_of(sent: str | None) -> str:
    """The token of a form; a new one if none came."""
    return sent if sent and len(sent) <= _LONGEST_TOKEN and sent.isascii() else secrets.token_urlsafe(16)


async def is_out_of_date(desk: ConsoleDesk, app: App) -> bool:
    """Whether the app has changed since we learnt of it: nobody is refused by a definition that is none any more."""
    await desk.app_catalogue.renew()
    known = desk.app_catalogue.known
    return app not in (known.account.get(app.key), known.message.get(app.key))


async def employees(desk: ConsoleDesk, visitor: Visitor, fields: Sequence[Field]) -> list[str]:
    """Employees whom a field can name: those of the live chats where somebody works; none if no field asks."""
    if all(each.type is not FieldType.USER for each in fields):
        return []
    people: set[str] = set()
    async with desk.store.read() as work:
        standing = await standing_of(work, desk.roles, visitor.user_id)
        chats = await work.live_chats.all() if standing.is_administrator else standing.live_chats
        for group in {name for chat in chats for name in (chat.operators, chat.supervisors) if name}:
            people |= set(await work.groups.members(group))
    return sorted(people)[:MOST_PEOPLE]
