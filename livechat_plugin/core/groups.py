"""Groups of people: named sets that live chats and access are configured with."""

from dataclasses import dataclass
from enum import StrEnum


class GroupSource(StrEnum):
    """Where a group's members come from."""

    LIST = "list"
    """Administrators keep the list."""
    ROOM = "room"
    """The members of a Matrix room or space, followed live."""
    UNIT = "unit"
    """An organizational unit: the members of a Matrix space and of all spaces below it, followed live."""
    DIRECTORY = "directory"
    """A hook knows them, such as one that asks a company's directory."""


@dataclass(frozen=True, slots=True)
class Group:
    """A named set of people.

    Attributes:
        name: what live chats, commands and access lists call it by.
        room: the room or space that it follows, for the sources room and unit.
    """

    name: str
    source: GroupSource = GroupSource.LIST
    room: str | None = None
