"""What is said about groups, the rooms that they follow, and the rooms that follow from them."""

from collections.abc import Sequence

from livechat_plugin.core.groups import Group, GroupSource
from livechat_plugin.core.live_chats import LiveChat

_SOURCES = {
    GroupSource.LIST: "a list",
    GroupSource.ROOM: "the members of a room",
    GroupSource.UNIT: "a unit: the members of a space and of all spaces below it",
    GroupSource.DIRECTORY: "a directory",
}

MANY = 30
"""How many names are listed before the rest is only counted."""


def not_entitled(live_chat: LiveChat) -> str:
    """For somebody who is taken out of a live chat's rooms, because their groups changed."""
    return f"You are no longer in the groups of {live_chat.name}."


def removal_failed(user_id: str, reason: str) -> str:
    """In the queue room, when somebody who should not be in a room of the live chat cannot be taken out."""
    return f"{user_id} is no longer in the groups of this live chat, but could not be removed ({reason})."


def room_called(name: str | None, room_id: str) -> str:
    """A room by its name and id, or by its id if it has no name."""
    return f'"{name}" ({room_id})' if name else room_id


def no_such_room(address: str) -> str:
    """When nobody knows the room that a group is to follow."""
    return f"there is no room {address} on this homeserver; check the spelling, or use the room's id"


def room_closed_to_us(room_id: str, bot: str) -> str:
    """When we cannot come into a room that a group is to follow."""
    return f"I am not in {room_id} and cannot join it; invite {bot} to it, then try again"


def not_a_space(room: str) -> str:
    """When a unit is to follow something else than a space."""
    return f"{room} is a room, and a unit is a tree of spaces; let a group follow the room instead"


def loop_of_spaces(below: str, above: str) -> str:
    """When spaces stand in a circle."""
    return (
        f"the space {below} holds the space {above}, which it stands below itself; take one out of the other"
    )


def too_many_spaces(space: str, depth: int, size: int) -> str:
    """When a unit is larger than any company's."""
    return f"what stands below {space} is left out: a unit has at most {depth} levels and {size} spaces"


def group_made(group: Group, room: str | None, people: int, unseen: Sequence[str] = ()) -> str:
    """For the administrator who made a group."""
    following = f", following {room}," if room else ""
    words = f"The group {group.name!r}{following} has {_count(people)}."
    if people == 0:
        words += " As long as it is empty, it lets nobody in."
    if unseen:
        rooms = ", ".join(unseen[:5]) + (" and others" if len(unseen) > 5 else "")
        words += (
            f" Nobody tells me whether {rooms} are spaces. If they are sub-units, invite me to them and write"
            f" !groups refresh {group.name}."
        )
    return words


def group_deleted(group: Group) -> str:
    """For the administrator who deleted a group."""
    return f"The group {group.name!r} is deleted."


def group_refreshed(group: Group) -> str:
    """For the administrator who wants a group's rooms read anew."""
    whence = "the directory" if group.source is GroupSource.DIRECTORY else "its rooms"
    return f"I ask anew who is in {group.name!r}, from {whence}."


def group_amiss(group: str, trouble: str) -> str:
    """For administrators, when a group can be followed only in part."""
    return f"The group {group!r} is followed in part only: {trouble}."


def group_room_lost(room_id: str, groups: Sequence[str], bot: str, hours: int) -> str:
    """For administrators, when we were put out of a room that a group follows."""
    return (
        f"I am no longer in {room_id}, which {_named(groups)} follows. Its members stay as they were for {hours} hours;"
        f" then they are in the group no more. Invite {bot} to the room again, or let the group follow another one."
    )


def group_room_upgraded(group: str, old: str, new: str) -> str:
    """For administrators, when a group follows the room that goes on for the one it followed."""
    return (
        f"The room of the group {group!r} was upgraded, and the group follows the new one: {new} instead of {old}."
        " For 24 hours those who are still in the old room only count as well: whoever is to go is taken out of both."
    )


def group_room_upgraded_without_us(groups: Sequence[str], old: str, new: str, bot: str) -> str:
    """For administrators, when we cannot come into the room that goes on."""
    return (
        f"{old}, which {_named(groups)} follows, was upgraded, and I am not in the new room {new}. Who is in the old one"
        f" counts until then. Invite {bot} to the new room, or let the group follow another one."
    )


def group_room_wrongly_upgraded(groups: Sequence[str], old: str, new: str) -> str:
    """For administrators, when a room is said to go on in one that was not made for it."""
    return (
        f"{old}, which {_named(groups)} follows, is said to go on in {new}, but that room was not made in its place, or"
        " cannot be followed. Nothing is changed. Look who closed the old room, and let the group follow another one."
    )


def group_room_ended(room_id: str, groups: Sequence[str]) -> str:
    """For administrators, when the time to let us in again is over."""
    return f"I am still not in {room_id}: its members are no longer in {_named(groups)}."


def group_shown(group: Group, members: Sequence[str], rooms: int, users: Sequence[str]) -> str:
    """A group with its members and what it is used for."""
    source = _SOURCES[group.source] + (f" ({group.room})" if group.room else "")
    lines = [f"{group.name}: {source}, {_count(len(members))}"]
    if rooms > 1:
        lines.append(f"Spaces: {rooms}")
    lines.append(f"Used by: {', '.join(users) or 'nothing'}")
    lines += members[:MANY]
    if len(members) > MANY:
        lines.append(f"… and {len(members) - MANY} more")
    return "\n".join(lines)


def groups_listed(groups: Sequence[Group]) -> str:
    """All groups, one a line."""
    if not groups:
        return "There are no groups yet. !groups add makes one."
    return "\n".join(
        f"{group.name}: {_SOURCES[group.source]}" + (f" ({group.room})" if group.room else "")
        for group in groups
    )


def directory_clash(name: str) -> str:
    """For administrators, when a directory has a group whose name is taken."""
    return (
        f"A directory offers a group {name!r}, but there is another group of this name. "
        "Rename or delete one of them; until then the directory's is not used."
    )


def _count(people: int) -> str:
    return "1 member" if people == 1 else f"{people} members"


def _named(groups: Sequence[str]) -> str:
    named = ", ".join(repr(group) for group in groups)
    return f"the group {named}" if len(groups) == 1 else f"each of the groups {named}"
