"""The audit log, for administrators."""

from collections.abc import Mapping
from typing import Any

from livechat_plugin.core.audit import AuditEntry
from livechat_plugin.core.moments import show_moment

NOTHING_AUDITED = "Nothing of this kind was written down."


def audit_line(entry: AuditEntry) -> str:
    """One entry in one line."""
    where = (
        f" in {entry.live_chat}" if entry.live_chat is not None and entry.live_chat != entry.subject else ""
    )
    details = audit_details(entry.details)
    told = f" ({details})" if details else ""
    return f"{entry.id}. {show_moment(entry.at)} {entry.actor}: {entry.action} {entry.subject}{where}{told}"


def audit_goes_on(last: int) -> str:
    """Under a page of entries: how to get the next one."""
    return f"Older ones: !audit before={last}"


def audit_pairs(details: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What changed, as pairs of a name and what it is."""
    return [(name.replace("_", " ").capitalize(), _shown(value)) for name, value in details.items()]


def audit_sentence(entry: AuditEntry) -> tuple[str, str, str]:
    """What was done: the words before what it was done to, that, and the words after it."""
    noun, _, verb = entry.action.replace("_", " ").partition(".")
    before, after = _SENTENCES.get(entry.action, (f"{verb} the {noun}", ""))
    return before, entry.subject, after


_SENTENCES: Mapping[str, tuple[str, str]] = {
    "console.signed_in": ("signed in to the console as", ""),
    "app.created": ("made the app", ""),
    "app.changed": ("changed the app", ""),
    "app.deleted": ("deleted the app", "with all its items"),
    "live_chat.created": ("made the live chat", ""),
    "live_chat.changed": ("changed the live chat", ""),
    "live_chat.deleted": ("deleted the live chat", ""),
    "plugin.switched_on": ("was switched on:", ""),
    "plugin.switched_off": ("was switched off:", ""),
    "hook.switched_on": ("switched on the hook", ""),
    "hook.switched_off": ("switched off the hook", ""),
    "hook.configured": ("has other settings for the hook", ""),
    "account.linked": ("connected the customer of", "to an item"),
    "item.created": ("made the item", ""),
    "item.changed": ("changed the item", ""),
    "item.deleted": ("deleted the item", ""),
    "message.registered": ("registered an item from", ""),
    "operator.disabled": ("disabled", ""),
    "operator.enabled": ("enabled", ""),
    "session.assigned": ("assigned", ""),
    "session.closed": ("closed", ""),
    "session.prioritized": ("set the priority of", ""),
    "session.renamed": ("renamed", ""),
    "session.taken": ("took", ""),
    "session.taken_over": ("took over", ""),
    "session.transferred": ("transferred", ""),
    "group.created": ("made the group", ""),
    "group.changed": ("changed the group", ""),
    "group.deleted": ("deleted the group", ""),
}


def audit_details(details: Mapping[str, Any]) -> str:
    """What changed, in one line."""
    return ", ".join(f"{name.replace('_', ' ')}: {_shown(value)}" for name, value in details.items())


def _shown(value: Any) -> str:
    match value:
        case None | "" | []:
            return "none"
        case dict() if not value:
            return "none"
        case True | False:
            return "yes" if value else "no"
        case list():
            return " ".join(_shown(item) for item in value)
        case dict():
            return f"({audit_details(value)})"
        case _:
            return " ".join(str(value).split())
