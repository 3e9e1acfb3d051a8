"""Characters that a JSON string may hold and our stores and the homeserver do not take.

PostgreSQL refuses a statement for one NUL, and half of a surrogate pair cannot be written as UTF-8.
"""

import re
from typing import Any

from livechat_plugin.matrix.malformed import MalformedContent

MAX_DEPTH = 20
"""How deeply content may be nested: several times as deep as the specification's."""

_NEVER = re.compile("[\0\ud800-\udfff]")
_HALVES = re.compile("[\ud800-\udfff]")


def is_storable(text: str) -> bool:
    """Whether the text can be kept and sent as it stands."""
    return _NEVER.search(text) is None


def storable(text: str) -> str:
    """The text without NULs, and with a replacement character for each half of a pair."""
    return text if is_storable(text) else _HALVES.sub("\N{REPLACEMENT CHARACTER}", text.replace("\0", ""))


def storable_json(value: Any, depth: int = MAX_DEPTH) -> Any:
    """The same for all strings in a JSON value, keys included.

    Raises:
        MalformedContent: the value is nested too deeply.
    """
    if isinstance(value, str):
        return storable(value)
    if not isinstance(value, dict | list):
        return value
    if depth == 0:
        raise MalformedContent("the content is nested too deeply")
    if isinstance(value, list):
        return [storable_json(item, depth - 1) for item in value]
    return {storable(key): storable_json(item, depth - 1) for key, item in value.items()}
