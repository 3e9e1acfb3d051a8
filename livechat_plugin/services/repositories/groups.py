"""The groups of people, as the use cases see them."""

from collections.abc import Collection
from typing import Protocol


class GroupRepository(Protocol):
    """The groups of people."""

    async def set_members(self, name: str, members: Collection[str]) -> None:
        """Make a group, or give it these members."""
        ...

    async def names(self) -> frozenset[str]:
        """Every group."""
        ...

    async def members(self, group: str) -> frozenset[str]:
        """Who is in a group."""
        ...

    async def of(self, user_id: str) -> frozenset[str]:
        """The groups that somebody is in."""
        ...
