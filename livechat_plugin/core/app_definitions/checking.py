"""What an app and its fields can be (requirement S21)."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from livechat_plugin.core.apps import SYSTEM_FIELDS, App, Field, FieldType
from livechat_plugin.core.errors import Refused
from livechat_plugin.core.field_values.moments import known_zone

MAX_NAME = 100
MAX_HELP = 500
MAX_CHOICE = 255
MOST_FIELDS = 100
MOST_CHOICES = 200

_APP_KEY = re.compile(r"[a-z][a-z0-9_-]{0,39}")
_FIELD_KEY = re.compile(r"[a-z][a-z0-9_-]{0,39}")
_REGION = re.compile(r"[A-Z]{2}")
_GRAMMAR = "must consist of a-z, 0-9, '_' and '-', start with a letter, and have at most 40 characters"
_RESERVED = frozenset(field.key for field in SYSTEM_FIELDS)


class InvalidApp(Refused):
    """An app is refused; `errors` tells the reason by `key`, `name`, `fields` or a field's key, all at once."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        self.errors = dict(errors)
        super().__init__("\n".join(f"{where}: {reason}" for where, reason in errors.items()))


def check_app(app: App) -> App:
    """The same with names and words trimmed.

    Raises:
        InvalidApp: with everything that is wrong.
    """
    app = replace(app, name=_trimmed(app.name), fields=tuple(map(_clean, app.fields)))
    errors = dict(_wrong_with_app(app))
    for field in app.fields:
        for reason in _wrong_with(field):
            errors.setdefault(field.key, reason)
    if errors:
        raise InvalidApp(errors)
    return app


def check_field(field: Field) -> Field:
    """The same with its words trimmed.

    Raises:
        InvalidApp: with the first thing that is wrong.
    """
    field = _clean(field)
    for reason in _wrong_with(field):
        raise InvalidApp({field.key: reason})
    return field


def _wrong_with_app(app: App) -> Iterator[tuple[str, str]]:
    if not _APP_KEY.fullmatch(app.key):
        yield "key", f"{app.key[:50]!r} {_GRAMMAR}"
    if app.key == "new":
        yield "key", "'new' is where new apps are made; choose another word"
    if not app.name:
        yield "name", "must not be empty"
    if len(app.name) > MAX_NAME:
        yield "name", f"has {len(app.name)} characters; at most {MAX_NAME} are possible"
    if not app.fields:
        yield "fields", "an app needs at least one field, such as name:string"
    if len(app.fields) > MOST_FIELDS:
        yield "fields", f"there are {len(app.fields)}; at most {MOST_FIELDS} are possible"
    keys: set[str] = set()
    labels: set[str] = set()
    for field in app.fields:
        if field.key in keys:
            yield field.key, "there are two fields with this key"
        elif field.label.casefold() in labels:
            yield field.key, f"there is another field with the label {field.label!r}"
        keys.add(field.key)
        labels.add(field.label.casefold())


def _wrong_with(field: Field) -> Iterator[str]:
    if not _FIELD_KEY.fullmatch(field.key):
        yield f"the key {_GRAMMAR}"
    if field.key in _RESERVED:
        yield "every item has this field already; choose another key"
    if not field.label:
        yield "the label must not be empty"
    if len(field.label) > MAX_NAME:
        yield f"the label has {len(field.label)} characters; at most {MAX_NAME} are possible"
    if len(field.help) > MAX_HELP:
        yield f"the help has {len(field.help)} characters; at most {MAX_HELP} are possible"
    yield from _wrong_with_type(field)


def _wrong_with_type(field: Field) -> Iterator[str]:
    if field.type is FieldType.CHOICE:
        yield from _wrong_with_choices(field)
    elif field.choices:
        yield f"only a field of the type choice has choices, this one is of the type {field.type}"
    if field.type is FieldType.REFERENCE:
        if not field.app:
            yield f"to the items of which app? Write {field.key}:reference(the app's key)"
    elif field.app is not None:
        yield f"only a field of the type reference names an app, this one is of the type {field.type}"
    if field.locale is not None:
        yield from _wrong_with_locale(field, field.locale)


def _wrong_with_locale(field: Field, locale: str) -> Iterator[str]:
    if field.type is FieldType.PHONE:
        if not _REGION.fullmatch(locale):
            yield f"{locale[:50]!r} is no country; write it with two letters, like phone(DE)"
    elif field.type is FieldType.DATETIME:
        if known_zone(locale) is None:
            yield f"there is no time zone {locale[:50]!r}; write it like datetime(Europe/Berlin)"
    else:
        yield f"a field of the type {field.type} has no country and no time zone"


def _wrong_with_choices(field: Field) -> Iterator[str]:
    if not field.choices:
        yield f"what can be chosen? Write {field.key}:choice(gold,silver)"
    if len(field.choices) > MOST_CHOICES:
        yield f"there are {len(field.choices)} choices; at most {MOST_CHOICES} are possible"
    if any(not choice or len(choice) > MAX_CHOICE for choice in field.choices):
        yield f"each choice needs from 1 to {MAX_CHOICE} characters"
    if len({choice.casefold() for choice in field.choices}) < len(field.choices):
        yield "the same choice stands there twice"


def _clean(field: Field) -> Field:
    return replace(
        field,
        label=_trimmed(field.label),
        help=_trimmed(field.help),
        choices=tuple(map(_trimmed, field.choices)),
    )


def _trimmed(words: str) -> str:
    return " ".join(words.split())
