"""Apps and items: the record types that an organization keeps about customers and their requests.

Only the shapes stand here; where the records are stored is the business of hooks.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from livechat_plugin.core.errors import LivechatError


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


class AccountFieldMissing(LivechatError):
    """The app has no Account field, so it cannot be bound or used to register messages (S9, S10)."""

    def __init__(self, app: str) -> None:
        super().__init__(f"The app {app!r} has no field of the type Account; add one first.")


@dataclass(frozen=True, slots=True)
class Field:
    """One field of an app: its key in values, its type, and how people see it."""

    key: str
    label: str
    type: FieldType
    is_required: bool = False
    choices: tuple[str, ...] = ()


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


@dataclass(frozen=True, slots=True)
class Item:
    """One record of an app: `values` by field key, `title` for lists, `link` to open it where it is stored."""

    app: str
    id: str
    title: str
    values: Mapping[str, Any] = field(default_factory=dict)
    link: str | None = None
