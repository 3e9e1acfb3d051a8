"""Apps as plain values, for files and the web: texts, true or false, lists and mappings."""

from collections.abc import Mapping
from typing import Any

from livechat_plugin.core.app_definitions.checking import InvalidApp, check_app
from livechat_plugin.core.apps import App, Field, FieldType

_APP_KEYS = ("key", "name", "fields")
_TEXTS = ("key", "label", "type", "help", "app", "locale")
_FIELD_KEYS = (*_TEXTS, "required", "choices")


def app_to_plain(app: App) -> dict[str, Any]:
    """What `app_from_plain` reads; what has its usual value is left out."""
    return {"key": app.key, "name": app.name, "fields": [_field_to_plain(field) for field in app.fields]}


def app_from_plain(plain: Mapping[str, Any]) -> App:
    """The app that somebody wrote into a file.

    Raises:
        InvalidApp: with everything that is wrong, such as a key that does not exist here.
    """
    errors = {
        str(key): f"is unknown; the keys are: {', '.join(_APP_KEYS)}" for key in plain if key not in _APP_KEYS
    }
    errors |= {key: "must be a text" for key in ("key", "name") if not isinstance(plain.get(key), str)}
    written = plain.get("fields")
    fields: list[Field] = []
    if not isinstance(written, list | tuple):
        errors["fields"] = "must be a list of fields"
    else:
        for number, field in enumerate(written, start=1):
            try:
                fields.append(_field_from_plain(field))
            except InvalidApp as error:
                name = field.get("key") if isinstance(field, Mapping) else None
                where = name if isinstance(name, str) else f"field {number}"
                errors |= {f"{where}.{key}" if key else where: why for key, why in error.errors.items()}
    if errors:
        raise InvalidApp(errors)
    return check_app(App(plain["key"], plain["name"], tuple(fields)))


def _field_to_plain(field: Field) -> dict[str, Any]:
    plain: dict[str, Any] = {"key": field.key, "label": field.label, "type": field.type.value}
    if field.is_required:
        plain["required"] = True
    if field.choices:
        plain["choices"] = list(field.choices)
    optional = {"help": field.help, "app": field.app, "locale": field.locale}
    return plain | {key: value for key, value in optional.items() if value}


def _field_from_plain(plain: Any) -> Field:
    if not isinstance(plain, Mapping):
        raise InvalidApp({"": "must be a mapping with key, label and type"})
    errors = {
        str(key): f"is unknown; the keys are: {', '.join(_FIELD_KEYS)}"
        for key in plain
        if key not in _FIELD_KEYS
    }
    errors |= {key: "must be a text" for key in _TEXTS if not isinstance(plain.get(key, ""), str)}
    errors |= {key: "is missing" for key in ("key", "type") if key not in plain}
    if not isinstance(plain.get("required", False), bool):
        errors["required"] = "must be true or false"
    choices = plain.get("choices", ())
    if not isinstance(choices, list | tuple) or not all(isinstance(choice, str) for choice in choices):
        errors["choices"] = "must be a list of texts"
    types = [type_.value for type_ in FieldType]
    if "type" not in errors and plain["type"] not in types:
        errors["type"] = f"there is no type {plain['type'][:40]!r}; the types are: {', '.join(types)}"
    if errors:
        raise InvalidApp(errors)
    return Field(
        plain["key"],
        plain.get("label", plain["key"].replace("_", " ").capitalize()),
        FieldType(plain["type"]),
        plain.get("required", False),
        tuple(choices),
        plain.get("help", ""),
        plain.get("app"),
        plain.get("locale"),
    )
