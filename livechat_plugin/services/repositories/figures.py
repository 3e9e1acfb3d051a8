"""Figures of the live chats, as the use cases see them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from livechat_plugin.core.figures import Figures


@dataclass(frozen=True, slots=True)
class HourOf:
    """The sessions of one operator (None: nobody so far) that opened in one hour.

    Attributes:
        hour: when the hour began.
    """

    hour: datetime
    operator: str | None
    figures: Figures


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

    async def hours(self, live_chats: Collection[int], since: datetime) -> Sequence[HourOf]:
        """The sessions that opened since then, by hour and operator, the earliest hour first."""
        ...

    async def open_now(self, live_chats: Collection[int]) -> OpenNow:
        """What goes on now."""
        ...
