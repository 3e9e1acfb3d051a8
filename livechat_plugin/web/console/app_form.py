"""The editor of an app as a browser sends it: rows of fields that are added, moved and removed before it is saved."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from unicodedata import normalize

from starlette.datastructures import FormData

from livechat_plugin.core.app_definitions import InvalidApp, app_from_plain, app_to_plain
from livechat_plugin.core.app_definitions.checking import MAX_NAME, MOST_FIELDS
from livechat_plugin.core.apps import App, Field, FieldType
from livechat_plugin.web.console.forms import text_of

MOST_ROWS = MOST_FIELDS + 5
LONGEST = 100_000

MORE: Mapping[FieldType, tuple[str, str]] = {
    FieldType.CHOICE: ("Options", "What can be chosen, one a line."),
    FieldType.REFERENCE: ("App", "Whose items it refers to."),
    FieldType.PHONE: (
        "Country",
        "Of numbers without a country code, in two letters such as DE; may be empty.",
    ),
    FieldType.DATETIME: ("Time zone", "Of times without one, such as Europe/Berlin; may be empty."),
}
"""What else is asked about fields of a type, and help for it."""

TYPES: Mapping[FieldType, str] = {
    FieldType.STRING: "String (one line)",
    FieldType.TEXT: "Text (several lines)",
    FieldType.NUMBER: "Number",
    FieldType.DATE: "Date",
    FieldType.DATETIME: "Date and time",
    FieldType.BOOLEAN: "Yes or no",
    FieldType.CHOICE: "Choice",
    FieldType.EMAIL: "E-mail",
    FieldType.PHONE: "Phone",
    FieldType.LINK: "Link",
    FieldType.FILE: "File",
    FieldType.USER: "User (an employee)",
    FieldType.ACCOUNT: "Account (of a customer)",
    FieldType.REFERENCE: "Reference to an item",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One field as it stands in the editor.

    Attributes:
        was: the key under which it is kept already; empty for a new one.
        more: options, app, country or time zone, as its type asks for.
    """

    was: str = ""
    key: str = ""
    label: str = ""
    type: FieldType = FieldType.STRING
    is_required: bool = False
    more: str = ""
    help: str = ""

    @property
    def is_blank(self) -> bool:
        """Whether nothing is written in it yet."""
        return not (self.was or self.key.strip() or self.label.strip() or self.help.strip())

    @property
    def field_key(self) -> str:
        """The key that it has or will have; made of its label if none is written."""
        return self.was or self.key.strip().lower() or _key_of(self.label)


@dataclass(frozen=True, slots=True)
class WrittenApp:
    """What stands in the editor.

    Attributes:
        seen: the app as it was when the editor was opened; None for a new one.
    """

    key: str = ""
    name: str = ""
    rows: Sequence[Row] = field(default_factory=tuple)
    seen: App | None = None

    @property
    def app(self) -> App:
        """What is to be checked and kept; rows in which nothing is written are left out."""
        name = self.name
        key = self.key.strip().lower() or _key_of(name)
        return App(key, name, tuple(_field(row) for row in self.rows if not row.is_blank))


def written_as(app: App) -> WrittenApp:
    """An app as it is."""
    return WrittenApp(app.key, app.name, [row_of(one) for one in app.fields], app)


def blank_app() -> WrittenApp:
    """What a new app begins with: something to call its items by, and the customer's account."""
    return WrittenApp(
        rows=[
            Row(key="name", label="Name", is_required=True),
            Row(key="account", label="Account", type=FieldType.ACCOUNT),
        ]
    )


def row_of(one: Field) -> Row:
    """A field that is kept already."""
    more = "\n".join(one.choices) or one.app or one.locale or ""
    return Row(one.key, one.key, one.label, one.type, one.is_required, more, one.help)


def written_in(form: FormData, key: str | None = None) -> WrittenApp:
    """What came from a browser.

    Args:
        form: as sent.
        key: of the app that is changed; None for a new one.
    """

    def text(name: str) -> str:
        return text_of(form, name)[:LONGEST]

    rows = []
    for place in text("rows").split(",")[:MOST_ROWS]:
        if place.isascii() and place.isdecimal():
            given = text(f"f{place}-type")
            kind = FieldType(given) if given in set(FieldType) else FieldType.STRING
            rows.append(
                Row(
                    text(f"f{place}-was"),
                    text(f"f{place}-key"),
                    text(f"f{place}-label"),
                    kind,
                    bool(text(f"f{place}-required")),
                    text(f"f{place}-more"),
                    text(f"f{place}-help"),
                )
            )
    seen = _seen(text("seen")) if key is not None else None
    known = {one.key for one in seen.fields} if seen is not None else set()
    # A key that is kept cannot be made up: such a row is a new one.
    rows = [row if row.was in known else replace(row, was="", key=row.key or row.was) for row in rows]
    return WrittenApp(key if key is not None else text("key"), text("name"), rows, seen)


def arranged(written: WrittenApp, what: str) -> tuple[WrittenApp, str]:
    """The editor after a button of it was pressed, and what is told about it.

    Args:
        written: what stands in it.
        what: `add`, or `up:`, `down:` and `remove:` with the number of a row.
    """
    rows = list(written.rows)
    verb, _, number = what.partition(":")
    at = int(number) if number.isascii() and number.isdecimal() and len(number) < 5 else -1
    told = ""
    if verb == "add" and len(rows) < MOST_ROWS:
        rows.append(Row())
        told = "A field is added at the end."
    elif 0 <= at < len(rows):
        name = rows[at].label or "The field"
        if verb == "remove":
            del rows[at]
            told = f"{name} is removed; it counts when you save."
        elif verb == "up" and at > 0:
            rows[at - 1], rows[at] = rows[at], rows[at - 1]
            told = f"{name} is number {at} now."
        elif verb == "down" and at < len(rows) - 1:
            rows[at + 1], rows[at] = rows[at], rows[at + 1]
            told = f"{name} is number {at + 2} now."
    return replace(written, rows=rows), told


def caught_up(mine: WrittenApp, now: App) -> WrittenApp:
    """The editor after somebody else changed the app: the fields that they added are there too."""
    seen = {one.key for one in mine.seen.fields} if mine.seen is not None else set()
    there = {row.field_key for row in mine.rows}
    kept = {one.key for one in now.fields}
    rows = [
        replace(row, was=row.field_key) if row.field_key in kept else replace(row, was="", key=row.field_key)
        for row in mine.rows
    ]
    added = [row_of(one) for one in now.fields if one.key not in seen and one.key not in there]
    return replace(mine, rows=[*rows, *added], seen=now)


def of_the_form(written: WrittenApp) -> frozenset[str]:
    """The keys of errors that belong to the app itself; a field may well be called `name`, too."""
    keys = {"key", "fields", "confirmation"} if written.seen is None else {"fields", "confirmation"}
    name = " ".join(written.name.split())
    return frozenset(keys if 0 < len(name) <= MAX_NAME else {*keys, "name"})


def in_words(written: WrittenApp, errors: Mapping[str, str]) -> Mapping[str, str]:
    """Errors of fields as somebody reads them who has the editor before them, and no command."""
    missing = {
        FieldType.CHOICE: "write what can be chosen, one a line",
        FieldType.REFERENCE: "choose the app whose items it refers to",
    }
    ours = {
        row.field_key: missing[row.type]
        for row in written.rows
        if row.type in missing and not row.more.strip()
    }
    return {key: ours.get(key, reason) for key, reason in errors.items()}


def seen_text(app: App | None) -> str:
    """What the editor carries of the app as it was when it was opened."""
    return json.dumps(app_to_plain(app), ensure_ascii=False) if app is not None else ""


def _seen(text: str) -> App | None:
    try:
        plain = json.loads(text)
        return app_from_plain(plain) if isinstance(plain, dict) else None
    except (ValueError, InvalidApp, TypeError, RecursionError):
        return None


def _field(row: Row) -> Field:
    more = row.more.strip()
    choices: tuple[str, ...] = ()
    app = locale = None
    if row.type is FieldType.CHOICE:
        choices = tuple(line.strip() for line in more.splitlines() if line.strip())
    elif row.type is FieldType.REFERENCE:
        app = more or None
    elif row.type is FieldType.PHONE:
        locale = more.upper() or None
    elif row.type is FieldType.DATETIME:
        locale = more or None
    return Field(row.field_key, row.label, row.type, row.is_required, choices, row.help, app, locale)


def _key_of(words: str) -> str:
    plain = normalize("NFKD", words).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "_", plain).strip("_").lstrip("0123456789_")[:40].rstrip("_")
