"""The audit log: who changed, assigned, linked and registered what, and when (requirement E18)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One thing that somebody did.

    Attributes:
        actor: Matrix id of who did it; `cli:<account>` for a command on the machine, `plugin` for a rule of ours.
        action: noun and past participle, such as `live_chat.changed`, `session.assigned`.
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
