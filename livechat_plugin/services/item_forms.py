"""The questions for connecting a customer and for registering an item (requirements S19, S20)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeGuard

from livechat_plugin.core import wording
from livechat_plugin.core.apps import Field, FieldType, InvalidItem
from livechat_plugin.core.errors import SessionClosed
from livechat_plugin.services.app_catalogue import AppCatalogue
from livechat_plugin.services.connecting import Connecting, asked_fields
from livechat_plugin.services.dialogs import Filled, Keep
from livechat_plugin.services.items import check_values
from livechat_plugin.services.ports import Store
from livechat_plugin.services.repositories.dialogs import Dialog
from livechat_plugin.services.unit_of_work import UnitOfWork

LAST_FILE = "last"
"""Stands for the file that was sent last in the session, as the value of a field that holds a file."""

CONNECT = "connect"
REGISTER = "register"

EXISTING = Field(
    "existing-item",
    "Existing item",
    FieldType.STRING,
    help="Words to search for, the number of the item as in #17, or new to make a new one.",
)
"""What is asked first: whether there is an item to connect to."""


NEW = "new"
"""Says that there is no item yet, as in `!connect new`."""


def about(
    conversation_id: int, app: str, *, is_new: bool = False, session: int | None = None
) -> dict[str, Any]:
    """What the forms are told of the place where they are filled in, and of the session that they are about."""
    return {"conversation": conversation_id, "app": app, "is_new": is_new, "session": session}


@dataclass(frozen=True, slots=True)
class ConnectForm:
    """Asks for an item to connect to, and otherwise for the fields of a new one."""

    connecting: Connecting
    catalogue: AppCatalogue
    name: str = CONNECT

    async def fields(self, dialog: Dialog) -> Sequence[Field]:
        """The new item's fields, unless an item is named."""
        app = await self.catalogue.account_app(dialog.context["app"])
        if dialog.context.get("is_new"):
            return asked_fields(app)
        if _names_an_item(dialog.answers.get(EXISTING.key)):
            return (EXISTING,)
        return (EXISTING, *asked_fields(app))

    async def check(self, dialog: Dialog, values: Mapping[str, Any]) -> None:
        """The fields' types say it all."""

    async def finish(self, filled: Filled) -> Keep:
        """Owe the connection, or the search."""
        values = dict(filled.values)
        existing = values.pop(EXISTING.key, None)

        async def keep(work: UnitOfWork) -> None:
            view = await work.conversations.view(filled.dialog.context["conversation"])
            who = filled.dialog.user_id
            if not _names_an_item(existing):
                await self.connecting.connect_new(work, view, who, values, filled.event_id)
            elif existing.startswith("#"):
                await self.connecting.connect_to(work, view, who, existing[1:], filled.event_id)
            else:
                await self.connecting.find(work, view, who, existing, filled.event_id)

        return keep


@dataclass(frozen=True, slots=True)
class RegisterForm:
    """Asks for the fields of an item to register. A file can be given as the one that was sent last."""

    store: Store
    connecting: Connecting
    catalogue: AppCatalogue
    name: str = REGISTER

    async def fields(self, dialog: Dialog) -> Sequence[Field]:
        """All but the Account field."""
        return [_with_last(field) for field in await self._fields(dialog)]

    async def check(self, dialog: Dialog, values: Mapping[str, Any]) -> None:
        """Whether each file is one, or there is a last one."""
        await self._with_files(dialog, values)

    async def finish(self, filled: Filled) -> Keep:
        """Owe the registration."""
        context, who = filled.dialog.context, filled.dialog.user_id
        values = await self._with_files(filled.dialog, filled.values)

        async def keep(work: UnitOfWork) -> None:
            view = await work.conversations.view(context["conversation"])
            begun_in = context.get("session")
            if begun_in is not None and view.session is not None and view.session.number != begun_in:
                raise SessionClosed(begun_in)  # what was asked in it is nothing of the next one
            await self.connecting.register(work, view, who, context["app"], values, filled.event_id)

        return keep

    async def _fields(self, dialog: Dialog) -> Sequence[Field]:
        return asked_fields(await self.catalogue.message_app(dialog.context["app"]))

    async def _with_files(self, dialog: Dialog, values: Mapping[str, Any]) -> dict[str, Any]:
        """The values with the address of each file.

        Raises:
            InvalidItem: a file is none, or nobody has sent one.
        """
        files = [f for f in await self._fields(dialog) if f.type is FieldType.FILE and f.key in values]
        given = {f.key: values[f.key] for f in files}
        meant = [key for key, value in given.items() if value.strip().lower() == LAST_FILE]
        if meant:
            address = await self._last_file(dialog)
            if address is None:
                raise InvalidItem(dict.fromkeys(meant, wording.NO_SUCH_FILE))
            given |= dict.fromkeys(meant, address)
        return {**values, **check_values(files, given)}

    async def _last_file(self, dialog: Dialog) -> str | None:
        async with self.store.read() as work:
            view = await work.conversations.view(dialog.context["conversation"])
            file = await work.messages.last_file(view.session.number) if view.session else None
        return file.url if file is not None else None


def _names_an_item(answer: str | None) -> TypeGuard[str]:
    return answer is not None and answer.strip() != "" and answer.strip().lower() != NEW


def _with_last(field: Field) -> Field:
    """A file's question, which takes a word for the last one, too."""
    if field.type is not FieldType.FILE:
        return field
    return replace(field, type=FieldType.TEXT, help=f"{field.help} {wording.LAST_FILE_HELP}".strip())
