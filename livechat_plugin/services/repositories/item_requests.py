"""Requests of pages about items, as the use cases see them."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Protocol

from livechat_plugin.core.item_requests import ItemRequest, RequestState

KEPT_FOR = timedelta(days=1)
"""They hold what was written into the form; who does not come back for the outcome finds it in the session."""


class ItemRequestRepository(Protocol):
    """What was asked for in forms about items, and what became of it."""

    async def add(self, request: ItemRequest) -> bool:
        """Keep a request; False if there is one with this token that was not refused, or is somebody else's.

        Raises:
            ConcurrentChange: there is no such conversation or account.
        """
        ...

    async def get(self, token: str, actor: str) -> ItemRequest | None:
        """What somebody asked for themselves."""
        ...

    async def answer(
        self, token: str, state: RequestState, told: str, errors: Mapping[str, str] | None = None
    ) -> None:
        """Keep what became of it; nothing happens if it is forgotten already."""
        ...

    async def forget(self, before: datetime) -> None:
        """Forget what was asked for before this time."""
        ...
