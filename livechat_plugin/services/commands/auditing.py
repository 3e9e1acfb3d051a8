"""The audit log, for administrators in the bot's direct chat."""

from html import escape

from livechat_plugin.core import wording
from livechat_plugin.core.command_lines import read_arguments, read_number
from livechat_plugin.core.errors import Refused
from livechat_plugin.core.help_topics import Topic
from livechat_plugin.core.moments import read_moment
from livechat_plugin.services.commands.calling import Call, Command, Reply
from livechat_plugin.services.repositories.audit import AuditFilter
from livechat_plugin.services.repositories.rooms import RoomKind

_KEYS = ("chat", "by", "since", "until", "before")
AT_ONCE = 20
"""Entries in one answer."""


async def _audit(call: Call) -> Reply:
    arguments = read_arguments(call.argument)
    named = arguments.named
    if unknown := [key for key in named if key not in _KEYS]:
        raise Refused(f"{unknown[0]}: is not known here. There are {', '.join(f'{key}=…' for key in _KEYS)}.")
    if len(arguments.words) > 1:
        raise Refused("Write one action, or its noun, as in !audit session since=2026-11-01.")
    before = read_number(named["before"]) if "before" in named else None
    if "before" in named and before is None:
        raise Refused(f"before: {named['before'][:50]!r} is not the number of an entry.")
    wanted = AuditFilter(
        live_chat=named.get("chat"),
        actor=named.get("by"),
        action=arguments.words[0] if arguments.words else None,
        since=read_moment("since", named["since"]) if "since" in named else None,
        until=read_moment("until", named["until"]) if "until" in named else None,
    )
    entries = await call.services.audit.entries(
        call.work, call.event.sender, wanted, limit=AT_ONCE, before=before
    )
    if not entries:
        return Reply(wording.NOTHING_AUDITED)
    lines = [wording.audit_line(entry) for entry in entries]
    if len(entries) == AT_ONCE:
        lines.append(wording.audit_goes_on(entries[-1].id))
    return Reply("\n".join(lines), "<br>".join(escape(line) for line in lines))


AUDITING = (
    Command(
        "audit",
        "!audit [action] [chat=…] [by=…] [since=…] [until=…] [before=…]",
        "Show who changed, assigned, linked and registered what.",
        frozenset({RoomKind.BOT}),
        _audit,
        Topic.ADMINISTRATION,
    ),
)
