"""The questions for making an app (requirement S21)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from livechat_plugin.core import wording
from livechat_plugin.core.app_definitions import InvalidApp, check_app, read_fields
from livechat_plugin.core.apps import App, AppExists, Field, FieldType, InvalidItem
from livechat_plugin.core.command_lines import UnreadableArguments, read_arguments
from livechat_plugin.services.apps import Apps
from livechat_plugin.services.dialogs import Filled, Keep
from livechat_plugin.services.ports import Store
from livechat_plugin.services.repositories.dialogs import Dialog
from livechat_plugin.services.unit_of_work import UnitOfWork

NEW_APP = "new_app"

_KEY = Field(
    "key",
    "Key",
    FieldType.STRING,
    is_required=True,
    help="A short name for commands: a-z, 0-9, '_' and '-', such as contacts. It never changes.",
)
_NAME = Field("name", "Name", FieldType.STRING, is_required=True, help="As people see it, such as Contacts.")
_FIELDS = Field(
    "fields",
    "Fields",
    FieldType.TEXT,
    is_required=True,
    help=(
        "One in each line as key:type Label, with ! after the type for a required one, such as name:string! Name."
        " For customers' data, one must be account:account. The types are: "
        f"{', '.join(type_.value for type_ in FieldType)}."
    ),
)
_ANY = Field("any", "Any", FieldType.STRING)


@dataclass(frozen=True, slots=True)
class NewAppForm:
    """Asks for an app's key, name and fields."""

    apps: Apps
    store: Store
    name: str = NEW_APP

    async def fields(self, _: Dialog) -> Sequence[Field]:
        """Always the same."""
        return (_KEY, _NAME, _FIELDS)

    async def check(self, _: Dialog, values: Mapping[str, Any]) -> None:
        """Each answer by itself, so that whoever is asked learns of a mistake at once."""
        errors: dict[str, str] = {}
        try:
            check_app(App(values.get("key", "x"), values.get("name", "X"), (_ANY,)))
        except InvalidApp as error:
            errors |= error.errors
        try:
            check_app(App("x", "X", _read(values["fields"]) if "fields" in values else (_ANY,)))
        except (InvalidApp, UnreadableArguments) as error:
            errors["fields"] = "; ".join(str(error).removeprefix("fields: ").splitlines())
        if "key" in values and "key" not in errors and await self._is_taken(values["key"]):
            errors["key"] = str(AppExists(values["key"])).removeprefix("key: ")
        if errors:
            raise InvalidItem(errors)

    async def finish(self, filled: Filled) -> Keep:
        """Make it."""
        values = filled.values
        app = App(values["key"], values["name"], _read(values["fields"]))

        async def keep(work: UnitOfWork) -> str:
            return wording.app_made(await self.apps.create(work, filled.dialog.user_id, app))

        return keep

    async def _is_taken(self, key: str) -> bool:
        async with self.store.read() as work:
            return await work.apps.get(key) is not None


def _read(written: str) -> tuple[Field, ...]:
    """One field in each line, or all in one."""
    lines = [line for line in written.splitlines() if line.strip()]
    return read_fields(lines if len(lines) > 1 else read_arguments(written).words)
