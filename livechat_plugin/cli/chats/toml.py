"""The file of `livechat chats export` and `apply`: readable TOML, and every wrong key told at once."""

import difflib
import tomllib
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Any

import tomlkit

from livechat_plugin.core.app_definitions import InvalidApp, app_from_plain, app_to_plain
from livechat_plugin.core.apps import App
from livechat_plugin.core.errors import ConfigurationError
from livechat_plugin.core.groups import GroupSource
from livechat_plugin.core.sizes import size_in_words
from livechat_plugin.refused_settings import refusal
from livechat_plugin.services.live_chats.documents import Document, GroupEntry

_SECTIONS = ("live_chats", "groups", "apps")
_HEAD = (
    "What is configured for live chats. `livechat chats apply` makes it true; what is left out stays as it is.",
    "Operators and supervisors are the name of a group, or Matrix ids.",
)

LARGEST = 16_000_000
"""Bytes of a file: a hundred thousand people in groups, several times over."""

_Convert = Callable[[Any], Any]


def _texts(value: Any) -> tuple[str, ...]:
    if isinstance(value, str):
        return (value,) if value else ()
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise TypeError("must be a list of texts")
    return tuple(value)


def _of(kind: type, words: str) -> _Convert:
    def convert(value: Any) -> Any:
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            raise TypeError(f"must be {words}")
        return value

    return convert


_TEXT = _of(str, "a text")
_LIVE_CHAT: Mapping[str, _Convert] = {
    "name": _TEXT,
    "account_app": lambda value: _TEXT(value) or None,
    "message_apps": _texts,
    "customers": _texts,
    "show_operator_name": _of(bool, "true or false"),
    "show_operator_name_to_external": _of(bool, "true or false"),
    "rule": _TEXT,
    "rule_settings": _of(dict, "a table"),
    "operators": _texts,
    "supervisors": _texts,
    "session_name": _TEXT,
    "waiting_alert": _of(int, "a whole number of minutes"),
}
_GROUP: Mapping[str, _Convert] = {"source": _TEXT, "members": _texts, "room": _TEXT}


def write_document(document: Document) -> str:
    """The text of a document."""
    toml = tomlkit.document()
    for line in _HEAD:
        toml.add(tomlkit.comment(line))
    chats = {slug: _chat_to_plain(values) for slug, values in document.live_chats.items()}
    groups = {name: _group_to_plain(entry) for name, entry in document.groups.items()}
    apps = {
        key: {name: value for name, value in app_to_plain(app).items() if name != "key"}
        for key, app in document.apps.items()
    }
    for section, entries in zip(_SECTIONS, (chats, groups, apps), strict=True):
        if entries:
            toml.add(tomlkit.nl())
            toml.add(section, tomlkit.item(entries))
    return tomlkit.dumps(toml)


def read_document(file: Path) -> Document:
    """The document in a file.

    Raises:
        ConfigurationError: it cannot be read, or something in it is wrong; every place is told.
    """
    try:
        with file.open("rb") as opened:
            written = opened.read(LARGEST + 1)
        if len(written) > LARGEST:
            raise ConfigurationError(str(file), "", f"has more than {size_in_words(LARGEST)}")
        content = tomllib.loads(written.decode())
    except FileNotFoundError:
        raise ConfigurationError(str(file), "", "does not exist") from None
    except OSError as error:
        raise ConfigurationError(str(file), "", f"cannot be read: {error.strerror}") from error
    except RecursionError:
        raise ConfigurationError(str(file), "", "is not valid TOML: it is nested too deeply") from None
    except ValueError as error:  # no TOML, no UTF-8, or a number beyond all bounds
        raise ConfigurationError(str(file), "", f"is not valid TOML: {error}") from error
    return _Reader(str(file)).document(content)


class _Reader:
    """Collects what is wrong."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._problems: list[ConfigurationError] = []

    def document(self, content: Mapping[str, Any]) -> Document:
        for section in content:
            if section not in _SECTIONS:
                self._wrong(section, _unknown(section, _SECTIONS))
        chats = {
            slug: self._values(f"live_chats.{slug}", entry, _LIVE_CHAT)
            for slug, entry in self._entries(content, "live_chats")
        }
        groups = {name: self._group(name, entry) for name, entry in self._entries(content, "groups")}
        apps: dict[str, App] = {}
        for key, entry in self._entries(content, "apps"):
            try:
                apps[key] = app_from_plain({"key": key, **entry})
            except InvalidApp as error:
                for name, reason in error.errors.items():
                    self._wrong(f"apps.{key}.{name}".rstrip("."), reason)
        if self._problems:
            raise refusal(self._problems)
        return Document(chats, groups, apps)

    def _entries(self, content: Mapping[str, Any], section: str) -> list[tuple[str, dict[str, Any]]]:
        found = content.get(section, {})
        if not isinstance(found, dict):
            self._wrong(section, "must be a table")
            return []
        for name, entry in found.items():
            if not isinstance(entry, dict):
                self._wrong(f"{section}.{name}", "must be a table")
        return [(name, entry) for name, entry in found.items() if isinstance(entry, dict)]

    def _values(self, where: str, entry: Mapping[str, Any], known: Mapping[str, _Convert]) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for key, value in entry.items():
            if key not in known:
                self._wrong(f"{where}.{key}", _unknown(key, known))
                continue
            try:
                values[key] = known[key](value)
            except TypeError as error:
                self._wrong(f"{where}.{key}", str(error))
        return values

    def _group(self, name: str, entry: Mapping[str, Any]) -> GroupEntry:
        values = self._values(f"groups.{name}", entry, _GROUP)
        source = values.get("source", GroupSource.LIST.value)
        if source not in set(GroupSource):
            self._wrong(f"groups.{name}.source", f"must be one of {', '.join(GroupSource)}")
            return GroupEntry()
        is_followed = source in {GroupSource.ROOM, GroupSource.UNIT}
        if is_followed and not values.get("room"):
            self._wrong(f"groups.{name}.room", "is missing: the room or space that the group follows")
        if values.get("members") and source != GroupSource.LIST:
            self._wrong(f"groups.{name}.members", f"are not kept here in a group of the source {source}")
        members = tuple(sorted(set(values.get("members", ()))))
        return GroupEntry(GroupSource(source), members, values.get("room") if is_followed else None)

    def _wrong(self, key: str, reason: str) -> None:
        self._problems.append(ConfigurationError(self._file, key, reason))


def _unknown(key: str, known: Collection[str]) -> str:
    near = difflib.get_close_matches(key, known, 1)
    return (
        f"unknown key: did you mean {near[0]}?"
        if near
        else f"unknown key: expected one of {', '.join(known)}"
    )


def _chat_to_plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """All of them, the empty ones too, so that the file brings everything back."""
    plain = {key: list(value) if isinstance(value, tuple) else value for key, value in values.items()}
    return {key: "" if plain[key] is None else plain[key] for key in _LIVE_CHAT}


def _group_to_plain(entry: GroupEntry) -> dict[str, Any]:
    if entry.source is GroupSource.LIST:
        return {"members": list(entry.members)}
    return {"source": entry.source.value} | ({"room": entry.room} if entry.room else {})
