"""Apps and items: the record types that an organization keeps about customers and their requests.

Only the shapes stand here; where the records are stored is the business of hooks.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from livechat_plugin.core.errors import Refused


class FieldType(StrEnum):
    """What a field of an app can hold (requirement S21)."""

    STRING = "string"
    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    DATETIME = "datetime"
    BOOLEAN = "boolean"
    CHOICE = "choice"
    EMAIL = "e-mail"
    PHONE = "phone"
    LINK = "link"
    FILE = "file"
    USER = "user"
    ACCOUNT = "account"
    REFERENCE = "reference"


class AccountFieldMissing(Refused):
    """The app has no Account field, so it cannot be bound or used to register messages (S9, S10)."""

    def __init__(self, app: str) -> None:
        super().__init__(f"The app {app!r} has no field of the type Account; add one first.")


class AppExists(Refused):
    """The key of an app is taken already."""

    def __init__(self, key: str) -> None:
        super().__init__(f"key: there is an app {key!r} already; choose another word")


class AppNotFound(Refused):
    """No hook and no administrator has made an app with this key."""

    def __init__(self, key: str) -> None:
        super().__init__(f"There is no app {key!r}.")


class InvalidItem(Refused):
    """Values of an item are refused; `errors` tells the reason for each field by its key, all of them at once."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        self.errors = dict(errors)
        super().__init__("\n".join(f"{key}: {reason}" for key, reason in errors.items()))


class AppUnavailable(Refused):
    """The place where an app's items are stored cannot be reached now; the same may succeed later."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


class AppInUse(Refused):
    """Something needs the app, or a part of it that would be gone; `reasons` name what does."""

    def __init__(self, app: str, reasons: Sequence[str]) -> None:
        self.reasons = tuple(reasons)
        super().__init__(f"{app} is in use: {'; '.join(reasons)}. Change that first.")


class ItemNotFound(Refused):
    """The app has no item with this id."""

    def __init__(self, app: str, item_id: str) -> None:
        super().__init__(f"There is no item #{item_id.strip().removeprefix('#')[:50]} of {app}.")


class StaleItem(Refused):
    """The item was changed since it was looked at; `item` is how it stands now."""

    def __init__(self, item: "Item") -> None:
        self.item = item
        super().__init__(
            f"{item.title} (#{item.id}) was changed by {item.editor} in the meantime. Look at it again first."
        )


@dataclass(frozen=True, slots=True)
class Field:
    """One field of an app, or one question of a form.

    Attributes:
        key: its name in values and in commands.
        label: how people see it.
        choices: what can be chosen, for the type choice.
        help: one sentence for the person who fills it in.
        app: key of the app whose items it refers to, for the type reference.
        locale: what is meant where people leave it out: for the type phone the country of numbers without a
            country code, such as DE; for datetime the time zone, such as Europe/Berlin.
    """

    key: str
    label: str
    type: FieldType
    is_required: bool = False
    choices: tuple[str, ...] = ()
    help: str = ""
    app: str | None = None
    locale: str | None = None


AUTHOR = Field("author", "Author", FieldType.USER, help="Who created the item.")
EDITOR = Field("editor", "Editor", FieldType.USER, help="Who changed it last.")
CREATED = Field("created", "Created", FieldType.DATETIME)
CHANGED = Field("changed", "Changed", FieldType.DATETIME)
SYSTEM_FIELDS = (AUTHOR, EDITOR, CREATED, CHANGED)
"""What every item has without being asked (requirement S21); no app can have a field with one of these keys."""


@dataclass(frozen=True, slots=True)
class App:
    """A record type, such as Contacts or Complaints."""

    key: str
    name: str
    fields: tuple[Field, ...]

    def account_field(self) -> Field:
        """The field that holds the customer's accounts.

        Raises:
            AccountFieldMissing: the app has none.
        """
        for candidate in self.fields:
            if candidate.type is FieldType.ACCOUNT:
                return candidate
        raise AccountFieldMissing(self.name)

    def user_fields(self) -> tuple[Field, ...]:
        """The fields that can name an employee, Author and Editor included (requirement S16)."""
        return (*(f for f in self.fields if f.type is FieldType.USER), AUTHOR, EDITOR)


@dataclass(frozen=True, slots=True)
class Item:
    """One record of an app.

    Attributes:
        app: key of its app.
        id: what the place where it is stored knows it by.
        title: how lists show it.
        values: by field key. Dates and times are ISO 8601 texts, an Account field holds a list of
            `network:id`, a file is its address; an empty field is absent.
        link: address to open it where it is stored, if it has one.
        author: Matrix id of who created it; `editor` of who changed it last.
        version: counts its changes, where the place where it is stored does.
    """

    app: str
    id: str
    title: str
    values: Mapping[str, Any] = field(default_factory=dict)
    link: str | None = None
    author: str | None = None
    editor: str | None = None
    created_at: datetime | None = None
    changed_at: datetime | None = None
    version: int | None = None

    def value(self, key: str) -> Any:
        """A field's value, the system fields included; None if it is empty."""
        system = {
            "author": self.author,
            "editor": self.editor,
            "created": self.created_at,
            "changed": self.changed_at,
        }
        return system[key] if key in system else self.values.get(key)


def account_key(network: str, external_id: str) -> str:
    """How an Account field holds one account."""
    return f"{network}:{external_id}"


def account_parts(account: str) -> tuple[str, str]:
    """Network and id of an account as an Account field holds it."""
    network, _, external_id = account.partition(":")
    return network, external_id
