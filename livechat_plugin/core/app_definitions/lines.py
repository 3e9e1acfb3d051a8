"""A field in one line of a command: `level:choice(gold,silver)! Level`."""

import re
from collections.abc import Iterable
from difflib import get_close_matches

from livechat_plugin.core.app_definitions.checking import InvalidApp, check_field
from livechat_plugin.core.apps import Field, FieldType

_LINE = re.compile(
    r"(?P<key>[^\s:()!]+)"
    r"(?::(?P<type>[^\s:()!]+)"
    r"(?:\((?P<more>[^()]*)\))?)?"
    r"(?P<required>!)?"
    r"(?:\s+(?P<label>(?!--\s)\S.*?))?"
    r"(?:\s+--\s+(?P<help>\S.*))?"
)
_OTHER_NAMES = {
    "email": FieldType.EMAIL,
    "mail": FieldType.EMAIL,
    "bool": FieldType.BOOLEAN,
    "url": FieldType.LINK,
    "employee": FieldType.USER,
}
_PATTERN = "key:type, key:type! for a required one, or key:choice(gold,silver) Label"


def read_field(line: str) -> Field:
    """The field that a line defines, `key:type(more)! Label -- help`; only the key must be there.

    `more` depends on the type: the choices, the app that a reference leads to, a phone's country, the time zone.

    Raises:
        InvalidApp: something is wrong with it.
    """
    found = _LINE.fullmatch(" ".join(line.split()))
    if found is None:
        raise InvalidApp({line.partition(":")[0].strip()[:40] or "field": f"write it as {_PATTERN}"})
    key, more = found["key"].lower(), found["more"]
    type_ = _type(key, found["type"])
    label = found["label"] or key.replace("_", " ").replace("-", " ").capitalize()
    choices: tuple[str, ...] = ()
    app = locale = None
    if more is not None:
        if type_ is FieldType.CHOICE:
            choices = tuple(choice.strip() for choice in more.split(",") if choice.strip())
        elif type_ is FieldType.REFERENCE:
            app = more.strip()
        elif type_ in {FieldType.PHONE, FieldType.DATETIME}:
            locale = more.strip()
        else:
            raise InvalidApp({key: f"the type {type_} takes nothing in brackets"})
    return check_field(
        Field(key, label, type_, found["required"] is not None, choices, found["help"] or "", app, locale)
    )


def read_fields(lines: Iterable[str]) -> tuple[Field, ...]:
    """The fields that lines define, with what is wrong in all of them.

    Raises:
        InvalidApp: something is wrong.
    """
    fields: list[Field] = []
    errors: dict[str, str] = {}
    for line in lines:
        try:
            fields.append(read_field(line))
        except InvalidApp as error:
            errors |= error.errors
    if errors:
        raise InvalidApp(errors)
    return tuple(fields)


def field_line(field: Field) -> str:
    """A field as `read_field` reads it."""
    more = ", ".join(field.choices) or field.app or field.locale
    type_ = f"{field.type.value}({more})" if more else field.type.value
    help_ = f" -- {field.help}" if field.help else ""
    return f"{field.key}:{type_}{'!' if field.is_required else ''} {field.label}{help_}"


def _type(key: str, word: str | None) -> FieldType:
    if word is None:
        return FieldType.STRING
    known = {**{type_.value: type_ for type_ in FieldType}, **_OTHER_NAMES}
    if word.lower() in known:
        return known[word.lower()]
    near = get_close_matches(word.lower(), known, 1)
    hint = f"did you mean {known[near[0]].value}? " if near else ""
    types = ", ".join(type_.value for type_ in FieldType)
    raise InvalidApp({key: f"there is no type {word[:40]!r}; {hint}the types are: {types}"})
