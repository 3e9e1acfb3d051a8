"""The questions for connecting a customer and for registering an item (requirements S19, S20)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from livechat_plugin.core.apps import Field, FieldType
from livechat_plugin.services.app_catalogue import AppCatalogue
from livechat_plugin.services.connecting import Connecting, asked_fields
from livechat_plugin.services.dialogs import Filled, Keep
from livechat_plugin.services.repositories.dialogs import Dialog
from livechat_plugin.services.unit_of_work import UnitOfWork

CONNECT = "connect"
REGISTER = "register"

EXISTING = Field(
    "existing-item",
    "Existing item",
    FieldType.STRING,
    help="Words to search for, or the number of the item as in #17. Leave it empty to make a new one.",
)
"""What is asked first: whether there is an item to connect to."""


def about(conversation_id: int, app: str, *, is_new: bool = False) -> dict[str, Any]:
    """What the forms are told of the place where they are filled in."""
    return {"conversation": conversation_id, "app": app, "is_new": is_new}


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
        if dialog.answers.get(EXISTING.key):
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
            if existing is None:
                await self.connecting.connect_new(work, view, who, values, filled.event_id)
            elif existing.startswith("#"):
                await self.connecting.connect_to(work, view, who, existing[1:], filled.event_id)
            else:
                await self.connecting.find(work, view, who, existing, filled.event_id)

        return keep


@dataclass(frozen=True, slots=True)
class RegisterForm:
    """Asks for the fields of an item to register."""

    connecting: Connecting
    catalogue: AppCatalogue
    name: str = REGISTER

    async def fields(self, dialog: Dialog) -> Sequence[Field]:
        """All but the Account field."""
        return asked_fields(await self.catalogue.message_app(dialog.context["app"]))

    async def check(self, dialog: Dialog, values: Mapping[str, Any]) -> None:
        """The fields' types say it all."""

    async def finish(self, filled: Filled) -> Keep:
        """Owe the registration."""

        async def keep(work: UnitOfWork) -> None:
            context, who = filled.dialog.context, filled.dialog.user_id
            view = await work.conversations.view(context["conversation"])
            await self.connecting.register(work, view, who, context["app"], filled.values, filled.event_id)

        return keep
