"""Figures of the live chats, as the use cases see them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from livechat_plugin.core.figures import Figures


@dataclass(frozen=True, slots=True)
class OpenNow:
    """What goes on in some live chats.

    Attributes:
        waiting_since: since when the session waits that waits longest.
    """

    waiting: int = 0
    active: int = 0
    waiting_since: datetime | None = None


class FiguresRepository(Protocol):
    """Figures of the live chats."""

    async def hours(self, live_chats: Collection[int], since: datetime) -> Sequence[tuple[datetime, Figures]]:
        """The sessions that opened since then, by the hour in which they did, the earliest first."""
        ...

    async def operators(self, live_chats: Collection[int], since: datetime) -> Sequence[tuple[str, Figures]]:
        """The same by who serves or served them, by id; those that nobody has taken are left out."""
        ...

    async def open_now(self, live_chats: Collection[int]) -> OpenNow:
        """What goes on now."""
        ...
