"""Groups of people: making, changing and deleting them (administrators only), and what follows from a change.

Whoever follows a room or comes from a directory is dealt with in `group_look`, `delivering/group_rooms` and
`directory`; what they find is kept through the functions here.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from livechat_plugin.core.errors import GroupInUse, GroupNotFound, InvalidGroup
from livechat_plugin.core.groups import Group, GroupSource, check_group_name, check_members
from livechat_plugin.services.deliveries import (
    DIRECTORY_LANE,
    GROUPS_LANE,
    AlignMembers,
    AlignPerson,
    FollowGroup,
    LeaveGroupRoom,
    ReadGroupRoom,
    RefreshDirectory,
    group_room_lane,
    members_lane,
)
from livechat_plugin.services.group_look import Looked
from livechat_plugin.services.ports import Clock
from livechat_plugin.services.repositories.rooms import RoomBinding, RoomKind
from livechat_plugin.services.roles import Roles
from livechat_plugin.services.unit_of_work import UnitOfWork

AWAITED_FOR = timedelta(days=1)
"""How long an invitation into a room is accepted after a group wanted to follow it."""

MANY = 50
"""How many rooms of one group are waited for at most."""

FEW = 20
"""Up to so many people are let in and out one by one; for more, the whole of a live chat is looked at."""


@dataclass(frozen=True, slots=True)
class GroupView:
    """A group as administrators see it.

    Attributes:
        members: everybody in it, sorted.
        rooms: the rooms that it follows, each with the space above it.
        users: what is configured with it, in words.
    """

    group: Group
    members: Sequence[str]
    rooms: Mapping[str, str | None]
    users: Sequence[str]


@dataclass(frozen=True, slots=True)
class Groups:
    """The use cases of groups; each asks who calls it, and writes down what was done."""

    roles: Roles
    clock: Clock

    async def all(self, work: UnitOfWork, actor: str) -> Sequence[Group]:
        """Every group, by name.

        Raises:
            NotAnAdministrator: the actor is none.
        """
        await self.roles.require_administrator(work, actor)
        return await work.groups.all()

    async def show(self, work: UnitOfWork, actor: str, name: str) -> GroupView:
        """One group with its members and what it is used for.

        Raises:
            NotAnAdministrator: the actor is none.
            GroupNotFound: there is no such group.
        """
        await self.roles.require_administrator(work, actor)
        group = await _existing(work, name)
        members = sorted(await work.groups.members(group.name))
        users = await self._users(work, group.name)
        return GroupView(group, members, await work.groups.rooms(group.name), users)

    async def make_list(self, work: UnitOfWork, actor: str, name: str, members: Sequence[str]) -> Group:
        """A new group whose members administrators name.

        Raises:
            NotAnAdministrator: the actor is none.
            InvalidGroup: the name or a member is refused.
        """
        await self.roles.require_administrator(work, actor)
        group, people = Group(check_group_name(name)), check_members(members)
        await work.groups.add(group)
        await work.groups.set_members(group.name, people)
        await self._audit(work, actor, "group.created", group, members=list(people))
        return group

    async def change_list(
        self,
        work: UnitOfWork,
        actor: str,
        name: str,
        *,
        added: Sequence[str] = (),
        removed: Sequence[str] = (),
    ) -> Group:
        """Other members of a list; live chats' rooms follow.

        Raises:
            NotAnAdministrator: the actor is none.
            GroupNotFound: there is no such group.
            InvalidGroup: a member is refused, or the group is no list.
        """
        await self.roles.require_administrator(work, actor)
        group = await _existing(work, name)
        if group.source is not GroupSource.LIST:
            raise InvalidGroup(
                "members", f"the members of {group.name!r} are not kept here; {_WHERE[group.source]}"
            )
        coming, going = check_members(added), check_members(removed)
        before = await work.groups.members(group.name)
        if missing := [user for user in going if user not in before]:
            raise InvalidGroup("members", f"{missing[0]} is not in {group.name!r}")
        after = (before | set(coming)) - set(going)
        await work.groups.set_members(group.name, after)
        await people_changed(work, {group.name}, before ^ after)
        await self._audit(
            work, actor, "group.changed", group, added=sorted(after - before), removed=sorted(before - after)
        )
        return group

    async def keep_followed(
        self, work: UnitOfWork, actor: str, group: Group, looked: Looked, *, is_new: bool
    ) -> None:
        """A new group that follows a room, or an existing one that follows another room from now on.

        Everything is kept at once, and what came in between is read right afterwards.

        Raises:
            NotAnAdministrator: the actor is none.
            InvalidGroup: the name is refused, or the room is one of ours.
            GroupNotFound: an existing one is not there.
        """
        await self.roles.require_administrator(work, actor)
        bindings = await work.rooms.bindings(looked.rooms.keys())
        if ours := [room_id for room_id, bound in bindings.items() if bound.kind is not RoomKind.GROUP]:
            raise InvalidGroup("room", f"{ours[0]} is one of the live chats' own rooms; name another one")
        if is_new:
            check_group_name(group.name)
            await work.groups.add(group)
        else:
            former = await _existing(work, group.name)
            check_follows(former)
            await work.groups.save(group)
        await keep_rooms(work, group, looked, self.clock.now())
        await self._audit(
            work,
            actor,
            "group.created" if is_new else "group.changed",
            group,
            room=group.room,
            source=group.source,
        )

    async def refresh(self, work: UnitOfWork, actor: str, name: str) -> Group:
        """Read anew who is in a group's rooms, or ask the directory again; for when something was amiss.

        Raises:
            NotAnAdministrator: the actor is none.
            GroupNotFound: there is no such group.
            InvalidGroup: it follows no room.
        """
        await self.roles.require_administrator(work, actor)
        group = await _existing(work, name)
        if group.source is GroupSource.DIRECTORY:
            await work.outbox.add(DIRECTORY_LANE, RefreshDirectory())
            return group
        check_follows(group)
        await work.outbox.add(GROUPS_LANE, FollowGroup(group.name, is_thorough=True))
        return group

    async def delete(self, work: UnitOfWork, actor: str, name: str) -> Group:
        """Forget a group that nothing is configured with.

        Raises:
            NotAnAdministrator: the actor is none.
            GroupNotFound: there is no such group.
            GroupInUse: a live chat or the configuration needs it; it is named.
        """
        await self.roles.require_administrator(work, actor)
        group = await _existing(work, name)
        if users := await self._users(work, group.name):
            raise GroupInUse(group.name, "; ".join(users))
        await forget_rooms(work, group.name)
        await work.groups.delete(group.name)
        await self._audit(work, actor, "group.deleted", group)
        return group

    async def _users(self, work: UnitOfWork, name: str) -> list[str]:
        users: list[str] = []
        for chat in await work.live_chats.all():
            if chat.deleted_at is not None:
                continue
            uses = {
                "operators": chat.operators == name,
                "supervisors": chat.supervisors == name,
                "customers": name in chat.customers,
                "routing rule": name in chat.routing_settings.values(),
            }
            if parts := [part for part, is_used in uses.items() if is_used]:
                users.append(f"{' and '.join(parts)} of {chat.slug}")
        if name in self.roles.administrators:
            users.append("the administrators in plugin.toml")
        return users

    async def _audit(self, work: UnitOfWork, actor: str, action: str, group: Group, **details: Any) -> None:
        await work.audit.add(self.clock.now(), actor, action, group.name, **details)


_WHERE = {
    GroupSource.LIST: "it is a list; change its members with !groups edit",
    GroupSource.ROOM: "they are those of its room: invite and remove people there",
    GroupSource.UNIT: "they are those of its spaces: invite and remove people there",
    GroupSource.DIRECTORY: "they come from a directory: change them there",
}


async def _existing(work: UnitOfWork, name: str) -> Group:
    group = await work.groups.get(" ".join(name.split()))
    if group is None:
        raise GroupNotFound(name)
    return group


def check_follows(group: Group) -> None:
    """Go on for groups that follow rooms only.

    Raises:
        InvalidGroup: it follows none.
    """
    if not group.is_followed:
        raise InvalidGroup("room", f"the group {group.name!r} follows no room; {_WHERE[group.source]}")


async def await_invitation(work: UnitOfWork, room_id: str, at: datetime) -> None:
    """Accept the next invitation into a room with others: a group would follow it if we were in it."""
    await work.inbox.keep_note(_awaited(room_id), at.isoformat())


async def is_awaited(work: UnitOfWork, room_id: str, at: datetime) -> bool:
    """Whether an invitation into this room is waited for."""
    since = await work.inbox.note(_awaited(room_id))
    return since is not None and at - datetime.fromisoformat(since) < AWAITED_FOR


def _awaited(room_id: str) -> str:
    return f"group_room_awaited:{room_id}"


async def keep_rooms(work: UnitOfWork, group: Group, looked: Looked, at: datetime) -> None:
    """Let a group follow the rooms that were looked at, with their members of that moment."""
    for room_id in looked.awaited[:MANY]:
        await await_invitation(work, room_id, at)
    before = await work.groups.members(group.name)
    former = await work.groups.rooms(group.name)
    rooms = dict(looked.rooms)
    kept = await _former(work, group.name, at)
    if kept in former:
        rooms.setdefault(kept, None)
    await work.groups.set_rooms(group.name, rooms)
    for room_id in looked.rooms:
        await work.rooms.bind(RoomBinding(room_id, RoomKind.GROUP))
        members = looked.members.get(room_id)
        if members is not None and room_id not in former:
            await work.room_members.replace(room_id, members)
        if members is not None or room_id not in former:
            # What happened between the look and this moment was not for us: one more, in the room's own order.
            await work.outbox.add(group_room_lane(room_id), ReadGroupRoom(room_id))
    for room_id in former.keys() - rooms.keys():
        await _forget_room(work, room_id)
    await people_changed(work, {group.name}, before ^ await work.groups.members(group.name))


async def keep_former(work: UnitOfWork, name: str, room_id: str, until: datetime) -> None:
    """Until then, who is in the room that a group followed before it was upgraded counts as well."""
    await work.inbox.keep_note(f"group_room_former:{name}", f"{until.isoformat()} {room_id}")


async def is_former(work: UnitOfWork, groups: Collection[str], room_id: str) -> bool:
    """Whether all these groups follow the room's successor already."""
    notes = [await work.inbox.note(f"group_room_former:{name}") or "" for name in groups]
    return all(note.partition(" ")[2] == room_id for note in notes)


async def _former(work: UnitOfWork, name: str, at: datetime) -> str:
    until, _, room_id = (await work.inbox.note(f"group_room_former:{name}") or "").partition(" ")
    return room_id if until and at < datetime.fromisoformat(until) else ""


async def forget_rooms(work: UnitOfWork, name: str) -> None:
    """Let a group follow nothing any more."""
    former = await work.groups.rooms(name)
    await work.groups.set_rooms(name, {})
    for room_id in former:
        await _forget_room(work, room_id)


async def people_changed(work: UnitOfWork, groups: Collection[str], people: Collection[str]) -> None:
    """Owe what follows from people coming into groups or leaving them, in the rooms of live chats."""
    if not people:
        return
    for live_chat in await work.live_chats.of_groups(groups):
        if len(people) > FEW:
            await work.outbox.add(members_lane(live_chat.id), AlignMembers(live_chat.id))
            continue
        for user_id in sorted(people):
            await work.outbox.add(members_lane(live_chat.id), AlignPerson(live_chat.id, user_id))


async def _forget_room(work: UnitOfWork, room_id: str) -> None:
    if await work.groups.following(room_id):
        return
    await work.rooms.forget(room_id)
    await work.room_members.replace(room_id, ())
    await work.outbox.add(GROUPS_LANE, LeaveGroupRoom(room_id))
