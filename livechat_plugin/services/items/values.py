"""The values of an item or a form: every field's errors at once (requirement S21)."""

from collections.abc import Callable, Mapping, Sequence
from difflib import get_close_matches
from typing import Any

from livechat_plugin.core import field_values
from livechat_plugin.core.apps import SYSTEM_FIELDS, Field, FieldType, InvalidItem
from livechat_plugin.core.field_values import NotAValue
from livechat_plugin.services.items.addresses import read_email, read_phone, shown_phone

_READERS: Mapping[FieldType, Callable[[Field, str], Any]] = {
    FieldType.STRING: lambda _, raw: field_values.read_string(raw),
    FieldType.TEXT: lambda _, raw: field_values.read_text(raw),
    FieldType.NUMBER: lambda _, raw: field_values.read_number(raw),
    FieldType.DATE: lambda _, raw: field_values.read_date(raw),
    FieldType.DATETIME: lambda field, raw: field_values.read_datetime(raw, field.locale),
    FieldType.BOOLEAN: lambda _, raw: field_values.read_boolean(raw),
    FieldType.CHOICE: field_values.read_choice,
    FieldType.EMAIL: lambda _, raw: read_email(raw),
    FieldType.PHONE: lambda field, raw: read_phone(raw, field.locale),
    FieldType.LINK: lambda _, raw: field_values.read_link(raw),
    FieldType.FILE: lambda _, raw: field_values.read_file(raw),
    FieldType.USER: lambda _, raw: field_values.read_user(raw),
    FieldType.ACCOUNT: lambda _, raw: field_values.read_accounts(raw),
    FieldType.REFERENCE: field_values.read_reference,
}


def read_values(fields: Sequence[Field], raw: Mapping[str, str]) -> dict[str, Any]:
    """What people wrote, as values by field key; an empty field is absent.

    Args:
        fields: of the app or the form.
        raw: by a field's key or label, in any case.

    Raises:
        InvalidItem: with the errors of all fields.
    """
    return _without_empty(_collect(fields, raw, _read, is_whole=True))


def read_changes(fields: Sequence[Field], raw: Mapping[str, str]) -> dict[str, Any]:
    """The same for some of the fields; None stands for one that is emptied.

    Raises:
        InvalidItem: with the errors of all fields.
    """
    return _collect(fields, raw, _read, is_whole=False)


def check_values(fields: Sequence[Field], values: Mapping[str, Any]) -> dict[str, Any]:
    """Values that come as JSON, by field key, in the form in which they are kept; an empty field is absent.

    Raises:
        InvalidItem: with the errors of all fields.
    """
    return _without_empty(_collect(fields, values, check_value, is_whole=True))


def check_changes(fields: Sequence[Field], values: Mapping[str, Any]) -> dict[str, Any]:
    """The same for some of the fields; None stands for one that is emptied.

    Raises:
        InvalidItem: with the errors of all fields.
    """
    return _collect(fields, values, check_value, is_whole=False)


def check_value(field: Field, value: Any) -> Any:
    """One value that comes as JSON, in the form in which it is kept; None if it is empty.

    Raises:
        NotAValue: it is none of this field.
    """
    if value is None:
        return None
    if isinstance(value, bool):
        if field.type is FieldType.BOOLEAN:
            return value
    elif isinstance(value, int | float):
        if field.type is FieldType.NUMBER:
            return field_values.check_number(value)
    elif isinstance(value, str):
        return _read(field, value)
    elif (
        isinstance(value, list | tuple)
        and field.type is FieldType.ACCOUNT
        and all(isinstance(account, str) for account in value)
    ):
        return _read(field, "\n".join(value))
    raise NotAValue(f"cannot hold a value of the type {type(value).__name__}")


def show_value(field: Field, value: Any) -> str:
    """A value as people read it and could write it again; an empty text for an empty field."""
    if field.type is FieldType.PHONE and isinstance(value, str):
        return shown_phone(value)
    return field_values.show_value(field, value)


def _read(field: Field, raw: str) -> Any:
    """The value of what somebody wrote; None if that is nothing."""
    # Without what no database keeps: U+0000 and halves of characters.
    written = raw.encode(errors="replace").decode().replace("\0", "")
    if not written.strip():
        return None
    value = _READERS[field.type](field, written)
    return None if value in ("", []) else value


def _collect(
    fields: Sequence[Field],
    given: Mapping[str, Any],
    read: Callable[[Field, Any], Any],
    *,
    is_whole: bool,
) -> dict[str, Any]:
    errors: dict[str, str] = {}
    values: dict[str, Any] = {}
    for name, value in given.items():
        field = find_field(fields, name)
        if field is None:
            errors[name] = _unknown(fields, name)
            continue
        try:
            values[field.key] = read(field, value)
        except NotAValue as error:
            errors[field.key] = str(error)
    for field in fields:
        is_asked = is_whole or field.key in values
        if field.is_required and is_asked and values.get(field.key) is None and field.key not in errors:
            errors[field.key] = "is required and must not be empty"
    if errors:
        raise InvalidItem(errors)
    return values


def find_field(fields: Sequence[Field], name: str) -> Field | None:
    """The field with this key or label, in any case."""
    wanted = name.strip().casefold()
    by_key = next((field for field in fields if field.key.casefold() == wanted), None)
    return by_key or next((field for field in fields if field.label.casefold() == wanted), None)


def _unknown(fields: Sequence[Field], name: str) -> str:
    if find_field(SYSTEM_FIELDS, name) is not None:
        return "is filled in by the plugin; leave it out"
    keys = [field.key for field in fields]
    near = get_close_matches(name.casefold(), keys, 1)
    hint = f"did you mean {near[0]}? " if near else ""
    return f"there is no such field; {hint}the fields are: {', '.join(keys) or 'none'}"


def _without_empty(values: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value is not None}
