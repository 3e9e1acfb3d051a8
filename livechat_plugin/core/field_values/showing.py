"""Values as people read them."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from livechat_plugin.core.apps import Field, FieldType


def show_value(field: Field, value: Any) -> str:
    """A value as people read it and could write it again; an empty text for an empty field."""
    show = _SHOWN.get(field.type)
    if value is None:
        return ""
    return show(value) if show is not None else str(value)


def _moment(value: Any) -> str:
    """The system fields hold moments; a field of an app their ISO 8601 text."""
    try:
        moment = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    except ValueError:
        return str(value)
    shown = moment.strftime("%Y-%m-%d %H:%M")
    offset = moment.utcoffset()
    if offset is None:
        return shown
    return (
        f"{shown} UTC"
        if offset == timedelta()
        else f"{shown} {moment.strftime('%z')[:3]}:{moment.strftime('%z')[3:5]}"
    )


def _number(value: Any) -> str:
    """Never with an exponent."""
    if isinstance(value, float) and "e" in repr(value):
        return format(value, ".15f").rstrip("0")
    return str(value)


def _accounts(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


_SHOWN: Mapping[FieldType, Callable[[Any], str]] = {
    FieldType.NUMBER: _number,
    FieldType.DATETIME: _moment,
    FieldType.BOOLEAN: lambda value: "yes" if value is True else "no",
    FieldType.ACCOUNT: _accounts,
    FieldType.REFERENCE: lambda value: f"#{value}",
}
