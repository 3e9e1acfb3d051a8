"""What hooks answer, checked to the last field: nothing checks a dataclass when somebody else's code makes it."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from typing import Any, Union

from pydantic import ConfigDict, TypeAdapter, ValidationError

from livechat_plugin.core.apps import AppUnavailable, InvalidItem

Expected = type[Any] | tuple[type[Any], ...]

Refusal = InvalidItem | AppUnavailable
"""What a hook may raise as its answer."""

_STRICTLY = ConfigDict(strict=True, revalidate_instances="always")
_adapters: dict[Expected, TypeAdapter[Any]] = {}


class Nonsense(Exception):
    """The answer is of no use; the message says why, without repeating it."""


def checked(answer: object, expected: Expected) -> Any:
    """The answer, known to be what it claims to be, with clean words in it.

    Words are cleaned rather than refused: a hook that greets a customer by name is not to blame for the name.

    Raises:
        Nonsense: it, or one of its fields, is of another type.
    """
    if not isinstance(answer, expected):
        raise Nonsense(f"answered {type(answer).__name__}, which is of no use")
    try:
        _adapter(expected).validate_python([answer])
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        field = ".".join(str(part) for part in first["loc"][1:])
        raise Nonsense(
            f"answered {type(answer).__name__} with something wrong in it ({field}: {first['type']})"
        ) from None
    return _clean(answer)


def checked_refusal(refusal: Refusal) -> Refusal:
    """A refusal that a hook raised, known to hold words only, and clean ones.

    Raises:
        Nonsense: there is something else in it.
    """
    if isinstance(refusal, AppUnavailable):
        if not isinstance(refusal.reason, str):
            raise Nonsense("raised AppUnavailable without words")
        return AppUnavailable(_clean(refusal.reason))
    errors: Any = refusal.errors
    if not errors or not all(isinstance(word, str) for pair in errors.items() for word in pair):
        raise Nonsense("raised InvalidItem without a reason for each field in words")
    return InvalidItem(_clean(errors))


def _adapter(expected: Expected) -> TypeAdapter[Any]:
    if expected not in _adapters:
        # In a list, because pydantic lets nobody configure the adapter of a bare dataclass.
        union = Union[expected] if isinstance(expected, tuple) else expected  # noqa: UP007 - made at run time
        _adapters[expected] = TypeAdapter(list[union], config=_STRICTLY)  # type: ignore[valid-type]
    return _adapters[expected]


def _clean(value: Any) -> Any:
    """The same without U+0000, which PostgreSQL cannot keep, and with "?" for halves of characters."""
    if isinstance(value, str) and not isinstance(value, Enum):
        return value.encode(errors="replace").decode().replace("\0", "")
    if isinstance(value, Mapping):
        return {_clean(key): _clean(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(map(_clean, value))
    if is_dataclass(value) and not isinstance(value, type):
        named = {field.name: getattr(value, field.name) for field in fields(value) if field.init}
        return replace(value, **{name: _clean(item) for name, item in named.items()})
    return value
