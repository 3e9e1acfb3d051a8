"""Groups of people: named sets that live chats and access are configured with."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from livechat_plugin.core.errors import InvalidGroup

MAX_GROUP_NAME = 60
MAX_DEPTH = 12
"""How many spaces may stand below each other in an organizational unit."""
MAX_SPACES = 500
"""How many spaces a unit may have in all."""


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

    @property
    def is_followed(self) -> bool:
        """Whether its members are those of rooms."""
        return self.source in {GroupSource.ROOM, GroupSource.UNIT}


@dataclass(frozen=True, slots=True)
class DirectoryGroup:
    """A group that a hook knows the members of.

    Attributes:
        name: what live chats, commands and access lists call it by.
        description: what administrators read about it.
    """

    name: str
    description: str = ""


def check_group_name(name: str) -> str:
    """A group's name, trimmed.

    Raises:
        InvalidGroup: it is empty, too long, or could be taken for something else.
    """
    name = " ".join(name.split())
    if not name:
        raise InvalidGroup("name", "must not be empty")
    if len(name) > MAX_GROUP_NAME:
        raise InvalidGroup("name", f"has {len(name)} characters; at most {MAX_GROUP_NAME} are possible")
    if name[0] in "@#!" or any(character in ",*?[]=\"'" or not character.isprintable() for character in name):
        raise InvalidGroup(
            "name", f"{name!r} must not begin with @, # or !, nor hold any of , * ? [ ] = \" '"
        )
    return name


def check_members(members: Sequence[str]) -> tuple[str, ...]:
    """The members of a list: whole Matrix ids, each once, in order.

    Raises:
        InvalidGroup: one of them is none.
    """
    for member in members:
        localpart, colon, server = member.partition(":")
        is_whole = member.startswith("@") and len(localpart) > 1 and colon and server
        if not is_whole or any(character in "*?[] ," for character in member):
            raise InvalidGroup("members", f"{member!r} is not a Matrix id such as @anna:example.org")
    return tuple(sorted(set(members)))


def find_loop(children: Mapping[str, Sequence[str]], root: str) -> tuple[str, str] | None:
    """Two spaces of which each stands below the other, the lower one first; None if there are none.

    A space that stands below two others is no loop: its members count once.

    Args:
        children: the spaces right below each space.
        root: where the tree begins.
    """
    done: set[str] = set()
    above: set[str] = {root}
    path: list[tuple[str, list[str]]] = [(root, list(children.get(root, ())))]
    while path:
        space, rest = path[-1]
        if not rest:
            path.pop()
            above.discard(space)
            done.add(space)
            continue
        child = rest.pop(0)
        if child in above:
            return space, child
        if child not in done:
            above.add(child)
            path.append((child, list(children.get(child, ()))))
    return None
