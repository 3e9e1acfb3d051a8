"""Live chats, groups and apps as one document, and what would have to change to make it true."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any, Literal

from livechat_plugin.core.app_definitions import app_to_plain
from livechat_plugin.core.apps import App
from livechat_plugin.core.groups import GroupSource
from livechat_plugin.services.live_chats.form import LiveChatForm

Action = Literal["create", "change", "delete"]
Kind = Literal["app", "group", "live chat"]


@dataclass(frozen=True, slots=True)
class GroupEntry:
    """A group as it stands in a document.

    Attributes:
        members: of a list; the others have theirs elsewhere.
        room: that it follows, for the sources room and unit.
    """

    source: GroupSource = GroupSource.LIST
    members: tuple[str, ...] = ()
    room: str | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """What is configured, or what is wanted.

    Attributes:
        live_chats: by slug, each field that is told by its name; in a document that was exported all of them are.
    """

    live_chats: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    groups: Mapping[str, GroupEntry] = field(default_factory=dict)
    apps: Mapping[str, App] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to create, change or delete.

    Attributes:
        changes: what it has and what it is to have, by field.
    """

    action: Action
    kind: Kind
    name: str
    changes: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)


def told(form: LiveChatForm) -> dict[str, Any]:
    """Every field of a live chat but its slug, by name."""
    return {one.name: getattr(form, one.name) for one in fields(form) if one.name != "slug"}


def steps(now: Document, wanted: Document, *, prune: bool) -> Sequence[Step]:
    """What makes the wanted document true: apps first, then groups, then the live chats that need both.

    What the document leaves out stays as it is; live chats that it does not name are deleted if `prune` says so.
    """
    found = [
        *_each(
            "app", {k: _plain(a) for k, a in now.apps.items()}, {k: _plain(a) for k, a in wanted.apps.items()}
        ),
        *_each("group", _groups(now), _groups(wanted)),
        *_each("live chat", now.live_chats, {s: _settled(c, s, now) for s, c in wanted.live_chats.items()}),
    ]
    if prune:
        found += [
            Step("delete", "live chat", slug) for slug in now.live_chats if slug not in wanted.live_chats
        ]
    return found


def _each(
    kind: Kind, now: Mapping[str, Mapping[str, Any]], wanted: Mapping[str, Mapping[str, Any]]
) -> Sequence[Step]:
    found: list[Step] = []
    for name, values in wanted.items():
        present = now.get(name)
        if present is None:
            found.append(Step("create", kind, name, {key: (None, value) for key, value in values.items()}))
            continue
        changes = {
            key: (present.get(key), value) for key, value in values.items() if present.get(key) != value
        }
        if changes:
            found.append(Step("change", kind, name, changes))
    return found


def _plain(app: App) -> dict[str, Any]:
    plain = app_to_plain(app)
    shown: dict[str, Any] = {"name": plain["name"], "order": [one["key"] for one in plain["fields"]]}
    return shown | {one["key"]: {k: v for k, v in one.items() if k != "key"} for one in plain["fields"]}


def _groups(document: Document) -> dict[str, dict[str, Any]]:
    return {
        name: {"source": entry.source.value, "members": list(entry.members), "room": entry.room}
        for name, entry in document.groups.items()
    }


def _settled(changes: Mapping[str, Any], slug: str, now: Document) -> dict[str, Any]:
    """With the live chat's own group in place of exactly its members, so that nothing seems to change."""
    settled = dict(changes)
    for key in ("operators", "supervisors"):
        own = f"{slug}-{key}"
        entry, named = now.groups.get(own), tuple(settled.get(key) or ())
        present = now.live_chats.get(slug, {}).get(key)
        if entry is not None and present == (own,) and named and set(named) == set(entry.members):
            settled[key] = (own,)
    return settled
