"""The events of a transaction that is no JSON as a whole, one by one.

The homeserver brings a transaction again until it is acknowledged, and nothing newer before it. So one event that
cannot be read (half a surrogate pair, a number or a nesting beyond all bounds: one reader of JSON is stricter than
another) must not make the whole unreadable: it is passed over, and the events beside it are taken in.
"""

import json
import re
from typing import Any

import orjson

_TOKEN = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*(?:"|\Z)|[{}\[\],]', re.DOTALL)
_EVENTS = b'"events"'
_ID = re.compile(rb'"event_id"\s*:\s*"(\$[^"\\\x00-\x1f]{1,255})"')
_IN_EVENTS = 2
"""How deep the elements of the list stand: in an object, in a list."""


class Unreadable(ValueError):
    """There is no list of events in it."""


def events_of(body: bytes) -> list[Any]:
    """Each event as it can be read; of one that cannot be read at most its id.

    Raises:
        Unreadable: the body is no whole object with a list of events.
    """
    return [_event(written) for written in _written(body) if written]


def _written(body: bytes) -> list[bytes]:
    """The elements of the list `events`, as they are written."""
    depth = 0
    start: int | None = None
    found: list[bytes] | None = None
    before = b""
    for token in _TOKEN.finditer(body):
        sign = token.group()
        if start is not None and found is not None and depth == _IN_EVENTS and sign in {b",", b"]"}:
            found.append(body[start : token.start()].strip())
            start = token.end() if sign == b"," else None
        if sign in {b"{", b"["}:
            depth += 1
            if depth == _IN_EVENTS and before == _EVENTS and found is None:
                found, start = [], token.end()
        depth -= sign in {b"}", b"]"}
        before = sign if depth == 1 else b""
    if found is None or start is not None or depth != 0 or not body.lstrip().startswith(b"{"):
        raise Unreadable("the body is no whole object with a list of events")
    return found


def _event(written: bytes) -> Any:
    try:
        return orjson.loads(written)
    except orjson.JSONDecodeError:
        pass
    try:
        # Python's own reader takes more. What of it can be kept is decided by who reads the event.
        return json.loads(written.decode(errors="replace"), parse_constant=lambda _: None)
    except (ValueError, RecursionError):
        found = _ID.search(written)
        return {"event_id": found[1].decode(errors="replace")} if found else None
