"""A form that was filled in while somebody else changed the same live chat: nothing is overwritten, nothing is lost.

The form carries what its writer saw. What they left alone becomes what it is now; what they changed stays theirs, and
the page tells what it is now. They look, and save again.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from livechat_plugin.core.audit import AuditEntry
from livechat_plugin.core.live_chats import LiveChat
from livechat_plugin.services.repositories.audit import AuditFilter
from livechat_plugin.services.unit_of_work import UnitOfWork
from livechat_plugin.web.console.live_chat_form import LONGEST, Written

_PEOPLE = frozenset({"operators", "supervisors"})


def _flag(value: Any) -> str:
    return "shown" if value else "hidden"


def _rule(value: Any) -> str:
    rule, settings = value
    told = ", ".join(f"{key.removeprefix('rule_')}: {one}" for key, one in settings)
    return f"{rule} ({told})" if told else str(rule)


def _keys(value: Any) -> str:
    return ", ".join(value)


_PARTS: Sequence[tuple[str, str, Callable[[Any], str]]] = (
    ("name", "Name", str),
    ("account_app", "Bind account", str),
    ("message_apps", "Register messages", _keys),
    ("customers", "Internal customers", str),
    ("show_operator_name", "Operator's name", _flag),
    ("show_operator_name_to_external", "Operator's name to external customers", _flag),
    ("rule", "Routing rule", _rule),
    ("operators", "Operators", str),
    ("supervisors", "Supervisors", str),
    ("session_name", "Names of sessions", str),
    ("waiting_alert", "Waiting alert", str),
)

LABELS = {"slug": "Short name", **{key: label for key, label, _ in _PARTS}}
"""What the fields are called."""


@dataclass(frozen=True, slots=True)
class Meanwhile:
    """One field that somebody else changed.

    Attributes:
        now: what it is now.
        mine: what its writer has written instead, and is kept in the form; None if they left it alone.
    """

    key: str
    label: str
    now: str
    mine: str | None


@dataclass(frozen=True, slots=True)
class Conflict:
    """What the page tells.

    Attributes:
        changes: the entries of the audit log since the form was opened, the newest first.
    """

    fields: Sequence[Meanwhile]
    changes: Sequence[AuditEntry]


def seen_text(written: Written) -> str:
    """What the form carries of what its writer saw."""
    return json.dumps(asdict(written), ensure_ascii=False, separators=(",", ":"))


def seen_in(text: object) -> Written | None:
    """The same, read again; None if it is not ours."""
    try:
        kept: Any = json.loads(text[:LONGEST]) if isinstance(text, str) else None
        settings = {str(key): str(value) for key, value in kept["settings"].items()}
        apps = tuple(str(key) for key in kept["message_apps"])
        texts = {key: str(kept[key]) for key in ("slug", "name", "account_app", "customers", "rule")}
        more = {key: str(kept[key]) for key in ("operators", "supervisors", "session_name", "waiting_alert")}
        flags = {key: kept[key] is True for key in ("show_operator_name", "show_operator_name_to_external")}
    except (ValueError, TypeError, KeyError, AttributeError):
        return None
    return Written(**texts, **more, **flags, message_apps=apps, settings=settings)  # type: ignore[arg-type]


def is_stale(seen: Written | None, version: object, now: Written, live_chat: LiveChat) -> bool:
    """Whether the live chat, or one of its own lists of people, is not any more what the writer saw."""
    if version != str(live_chat.version) or seen is None:
        return True
    return any(getattr(seen, key) != getattr(now, key) for key in _PEOPLE)


def merged(seen: Written | None, now: Written, mine: Written) -> tuple[Written, Sequence[Meanwhile]]:
    """What the form shows now, and what somebody else changed.

    Args:
        seen: what the writer began with, if that is known.
        now: what the live chat is now.
        mine: what they wrote.
    """
    result, told = mine, []
    for key, label, words in _PARTS:
        theirs, ours = _part(now, key), _part(mine, key)
        before = _part(seen, key) if seen is not None else None
        if theirs in (before, ours):
            continue
        is_mine = seen is None or ours != before
        told.append(
            Meanwhile(key, label, words(theirs) or "empty", (words(ours) or "empty") if is_mine else None)
        )
        if not is_mine:
            result = replace(result, **_values(now, key))
    return result, told


async def changes_since(work: UnitOfWork, live_chat: LiveChat, version: object) -> Sequence[AuditEntry]:
    """What was written down about a live chat since this version of it: each change counts it up by one."""
    if not isinstance(version, str) or not version.isascii() or not version.isdecimal():
        return ()
    count = live_chat.version - int(version[:9])
    if count <= 0:
        return ()
    wanted = AuditFilter(live_chat=live_chat.slug, action="live_chat")
    return await work.audit.entries(wanted, limit=min(count, 10))


def _part(written: Written, key: str) -> Any:
    if key == "rule":
        return written.rule, tuple(sorted(written.settings.items()))
    return getattr(written, key)


def _values(written: Written, key: str) -> dict[str, Any]:
    if key == "rule":
        return {"rule": written.rule, "settings": written.settings}
    return {key: getattr(written, key)}
