"""The messages of the bus: what gathered is put into as few as possible, none longer than PostgreSQL takes."""

import json
from collections.abc import Collection, Iterable
from typing import Any

from livechat_plugin.services.bus import EVERYTHING, News

LONGEST = 7_900
"""Bytes; PostgreSQL refuses 8,000. JSON is written in ASCII, so a character is a byte."""

MOST = 1_000
"""Beyond so many topics or slots that have gathered, "everything" is cheaper for all."""

HELLO, BYE, WELCOME = "hello", "bye", "welcome"


class Gathered:
    """What is to be told, each thing once."""

    def __init__(self) -> None:
        self._slots: set[int] = set()
        self._topics: set[str] = set()
        self._is_everything = False

    def __bool__(self) -> bool:
        return self._is_everything or bool(self._slots or self._topics)

    def add(self, slots: Collection[int], topics: Collection[str]) -> None:
        """Take note of it."""
        if self._is_everything:
            return
        self._slots.update(slots)
        self._topics.update(topics)
        if len(self._slots) + len(self._topics) > MOST:
            self.add_everything()

    def add_everything(self) -> None:
        """Nobody knows any more what it was."""
        self._is_everything = True
        self._slots.clear()
        self._topics.clear()

    def take(self) -> list[str]:
        """The messages that tell it; from then on nothing is to be told."""
        slots, topics, is_everything = sorted(self._slots), sorted(self._topics), self._is_everything
        self._slots, self._topics, self._is_everything = set(), set(), False
        if is_everything or any(len(json.dumps(topic)) > LONGEST // 2 for topic in topics):
            return [_written(everything=True)]
        return [*_split("slots", slots), *_split("topics", topics)]


def note(kind: str, to: int | None = None) -> str:
    """A message about the bus itself: somebody came or went, or greets one who came."""
    return _written(kind=kind, to=to)


def read(message: str) -> tuple[News | None, str, int | None]:
    """A message: its news, or what it says about the bus and to whom.

    What a newer version has to say is "everything" to an older one, which does not understand it.
    """
    try:
        told = json.loads(message)
        if "kind" in told:
            return None, str(told["kind"]), told.get("to")
        if "slots" in told:
            return News(slots=frozenset(map(int, told["slots"]))), "", None
        if "topics" in told:
            return News(topics=frozenset(map(str, told["topics"]))), "", None
    except (ValueError, TypeError, OverflowError, RecursionError):
        pass
    return EVERYTHING, "", None


def _split(name: str, entries: Iterable[Any]) -> list[str]:
    messages: list[str] = []
    current: list[Any] = []
    length = 0
    for entry in entries:
        size = len(json.dumps(entry)) + 2
        if current and length + size > LONGEST - 50:
            messages.append(_written(**{name: current}))
            current, length = [], 0
        current.append(entry)
        length += size
    if current:
        messages.append(_written(**{name: current}))
    return messages


def _written(**told: Any) -> str:
    return json.dumps({key: value for key, value in told.items() if value is not None})
