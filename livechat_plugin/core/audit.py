"""The audit log: who changed, assigned, linked and registered what, and when (requirement E18)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

PLUGIN = "plugin"
"""The actor of what a rule of ours did, or a change of `plugin.toml`, whose author nobody knows."""

ACTIONS: Mapping[str, str] = {
    "app.created": "An app was made; the details tell its fields.",
    "app.changed": "An app got another name or other fields; the details tell which.",
    "app.deleted": "An app was deleted, with all its items.",
    "live_chat.created": "A live chat was made; the details are what was said of it.",
    "live_chat.changed": "A live chat was changed; the details are the new values.",
    "live_chat.deleted": "A live chat was deleted.",
    "plugin.switched_on": "The plugin was switched on in `plugin.toml`.",
    "plugin.switched_off": "The plugin was switched off in `plugin.toml`.",
    "hook.switched_on": "A hook was switched on in `plugin.toml`.",
    "hook.switched_off": "A hook was switched off in `plugin.toml`.",
    "account.linked": "A customer's account was connected to an item.",
    "conversation.exported": "Somebody exported a customer's conversation; the details tell the format.",
    "customer.erased": "An administrator had the data of a customer erased; a pseudonym stands for them.",
    "console.signed_in": "Somebody signed in to the console with a link.",
    "item.created": "An item was made in the console; the details tell its app.",
    "item.changed": "An item was changed in the console; the details tell which fields, not their values.",
    "item.deleted": "An item was deleted in the console.",
    "message.registered": "An item was created from a session.",
    "hook.configured": "A hook got other settings in `plugin.toml`; the details name them, without their values.",
    "operator.disabled": "An administrator keeps an employee from taking sessions and answering.",
    "operator.enabled": "An administrator lets an employee serve again.",
    "session.assigned": "A supervisor, or the plugin by its routing rule, gave a session to an operator.",
    "session.closed": "A session was closed.",
    "session.prioritized": "A session got another priority.",
    "session.renamed": "A session got a name, or lost it.",
    "session.taken": "An operator took a session.",
    "session.taken_over": "A supervisor took a session that was another's.",
    "session.transferred": "A session was handed to another operator or a group.",
    "group.created": "A group was made; the details hold its members, or the room that it follows.",
    "group.changed": "A group got other members, or another room to follow.",
    "group.deleted": "A group was deleted.",
}
"""Every action that is ever written down, and what it means: noun and past participle."""


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One thing that somebody did.

    Attributes:
        actor: Matrix id of who did it; `cli:<account>` for a command on the machine, `plugin` for a rule of ours.
        action: one of `ACTIONS`.
        subject: what it was done to, as people call it: a slug, `#12`, a group's name.
        details: what changed; never what customers or operators wrote.
        live_chat: slug of the live chat concerned, if there is one.
    """

    id: int
    at: datetime
    actor: str
    action: str
    subject: str
    details: Mapping[str, Any] = field(default_factory=dict)
    live_chat: str | None = None
