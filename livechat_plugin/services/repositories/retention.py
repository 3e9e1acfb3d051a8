"""What is deleted because it is old, as the use cases see it (requirement E18)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from livechat_plugin.services.files_said import Said


@dataclass(frozen=True, slots=True)
class Expired:
    """Some of what was old.

    Attributes:
        deleted: how many rows went.
        after: where the next look goes on; None when there is nothing more for now.
        contents: what was said in them, for the files in it.
    """

    deleted: int
    after: int | None
    contents: Sequence[Said] = ()


class RetentionRepository(Protocol):
    """Deletes what is old, some at a time."""

    async def messages(self, closed_before: datetime, after: int, limit: int) -> Expired:
        """Forget messages of sessions that ended before a moment, and what else tells of those sessions.

        Looks at the next messages after an id, at most so many. Their sessions lose what people wrote about them;
        who had read those messages is forgotten.
        """
        ...

    async def audit(self, before: datetime, limit: int) -> int:
        """Forget the oldest entries of the audit log; returns how many."""
        ...
