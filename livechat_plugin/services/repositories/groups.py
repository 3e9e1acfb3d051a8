"""The groups of people, as the use cases see them."""

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

from livechat_plugin.core.groups import Group


class GroupRepository(Protocol):
    """The groups of people, wherever their members come from (issue 3, groups and units)."""

    async def add(self, group: Group) -> None:
        """Keep a new group, which has no members yet.

        Raises:
            GroupExists: there is one of this name.
        """
        ...

    async def save(self, group: Group) -> None:
        """Keep its source and the room that it follows."""
        ...

    async def get(self, name: str) -> Group | None:
        """The group with this name."""
        ...

    async def all(self) -> Sequence[Group]:
        """Every group, by name."""
        ...

    async def delete(self, name: str) -> None:
        """Forget a group, with its members and the rooms that it follows."""
        ...

    async def set_members(self, name: str, members: Collection[str]) -> None:
        """Give a group these members of its own; a list is made if there is no group of this name."""
        ...

    async def names(self) -> frozenset[str]:
        """Every group's name."""
        ...

    async def members(self, group: str) -> frozenset[str]:
        """Who is in a group: its own members, and those of the rooms that it follows."""
        ...

    async def of(self, user_id: str) -> frozenset[str]:
        """The groups that somebody is in, in one indexed query."""
        ...

    async def rooms(self, name: str) -> Mapping[str, str | None]:
        """The rooms that a group follows, each with the space above it."""
        ...

    async def set_rooms(self, name: str, rooms: Mapping[str, str | None]) -> None:
        """Let a group follow these rooms and no others."""
        ...

    async def following(self, room_id: str) -> frozenset[str]:
        """The groups that follow a room."""
        ...

    async def followed(self) -> frozenset[str]:
        """Every room that some group follows."""
        ...
