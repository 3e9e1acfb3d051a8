"""How the values of the core are kept in columns, the same on every database."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

import orjson
from sqlalchemy import BigInteger, DateTime, Dialect, Enum, Integer, Text
from sqlalchemy.types import TypeDecorator

GrowingId = BigInteger().with_variant(Integer(), "sqlite")
"""For tables that grow with every message. SQLite counts up only in a column declared as INTEGER."""

_NEVER = re.compile("[\0\ud800-\udfff]")
_LARGEST_NUMBER = 2**31 - 1
LARGEST_GROWING_ID = 2**63 - 1


def is_number(number: int) -> bool:
    """Whether an `Integer` column could hold it; a database that is asked for more answers with an error."""
    return 0 < number <= _LARGEST_NUMBER


def is_growing_id(number: int) -> bool:
    """The same of a `GrowingId`."""
    return 0 < number <= LARGEST_GROWING_ID


class UtcDateTime(TypeDecorator[datetime]):
    """A moment. Naive values are refused, and what comes back is always in UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """To UTC."""
        del dialect
        if value is None or value.tzinfo is UTC:
            return value
        if value.tzinfo is None:
            raise ValueError(f"{value!r} has no time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """From UTC: SQLite keeps no time zones."""
        del dialect
        if value is None or value.tzinfo is UTC:
            return value
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Key(TypeDecorator[str]):
    """An id or a name by which something is found, and that somebody may have made up in an address or a form.

    In the place of what no database can hold (U+0000 on PostgreSQL, halves of characters) stands U+FFFD, which no key
    has: what has such a key is not there, and a request for it is no failure of ours. Ids that only the homeserver tells
    are looked at where they come in.
    """

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """As it is, nearly always."""
        del dialect
        if value is None or (value.isascii() and "\0" not in value):
            return value
        return _NEVER.sub("\N{REPLACEMENT CHARACTER}", value)


class Words(TypeDecorator[str]):
    """What people wrote, without what a database cannot keep.

    That is U+0000, on PostgreSQL, which nobody can see, and halves of characters (lone surrogates), which stand
    for what could not be read somewhere else. Without this, one of them could hold up everything.
    """

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Take the first out, and put question marks for the second."""
        del dialect
        if value is None:
            return None
        return value.encode(errors="replace").decode().replace("\0", "")


class JsonObject(TypeDecorator[Mapping[str, Any]]):
    """A JSON object, as text."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Mapping[str, Any] | None, dialect: Dialect) -> str | None:
        """To text."""
        del dialect
        return orjson.dumps(dict(value)).decode() if value is not None else None

    def process_result_value(self, value: str | None, dialect: Dialect) -> Mapping[str, Any] | None:
        """From text."""
        del dialect
        return orjson.loads(value) if value is not None else None


class Names(TypeDecorator[tuple[str, ...]]):
    """Some names in their order, as a JSON array."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: tuple[str, ...] | None, dialect: Dialect) -> str | None:
        """To text."""
        del dialect
        return orjson.dumps(value).decode() if value is not None else None

    def process_result_value(self, value: str | None, dialect: Dialect) -> tuple[str, ...] | None:
        """From text."""
        del dialect
        return tuple(orjson.loads(value)) if value is not None else None


def word_of(choices: type[StrEnum]) -> Enum:
    """One word out of an enumeration, kept as its text, so that a new word needs no migration."""
    return Enum(
        choices,
        native_enum=False,
        create_constraint=False,
        length=20,
        values_callable=lambda members: [member.value for member in members],
    )
