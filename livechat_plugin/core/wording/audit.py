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


def audit_details(details: Mapping[str, Any]) -> str:
    """What changed, in one line."""
    return ", ".join(f"{name.replace('_', ' ')}: {_shown(value)}" for name, value in details.items())


def _shown(value: Any) -> str:
    match value:
        case None | "" | []:
            return "none"
        case True | False:
            return "yes" if value else "no"
        case list():
            return " ".join(_shown(item) for item in value)
        case dict():
            return f"({audit_details(value)})"
        case _:
            return " ".join(str(value).split())
