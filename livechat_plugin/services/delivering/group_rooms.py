"""Following the rooms that groups are made of.

What the homeserver tells of such a room is only a reason to look: each look asks how things stand now, and the looks
at a room come one after another in its lane. So the last word is always the newest, in whatever order events came.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta

import structlog

from livechat_plugin.core import wording
from livechat_plugin.core.errors import HomeserverRefused, InvalidGroup
from livechat_plugin.core.groups import GroupSource
from livechat_plugin.services.deliveries import (
    ADMINISTRATORS_LANE,
    GROUPS_LANE,
    CatchUpGroups,
    Delivery,
    EndGroupRoom,
    FollowGroup,
    FollowSuccessor,
    JoinGroupRoom,
    LeaveGroupRoom,
    LoseGroupRoom,
    ReadGroupMember,
    ReadGroupRoom,
    TellAdministrators,
    group_room_lane,
    room_lane,
)
from livechat_plugin.services.delivering.outcome import Done, Effects
from livechat_plugin.services.group_look import GroupLook
from livechat_plugin.services.groups import is_former, keep_rooms, people_changed
from livechat_plugin.services.ports import Clock, Homeserver, Store
from livechat_plugin.services.room_events import AnyRoomEvent, MembershipChanged, RoomReplaced
from livechat_plugin.services.unit_of_work import UnitOfWork
from livechat_plugin.services.upgrades import group_room_before

log = structlog.get_logger()

GRACE = timedelta(hours=24)
"""How long the members of a room stay in its groups after we were put out of it.

Long enough for administrators to mend it before anybody is locked out, short enough that nobody keeps for ever what
nobody can take from them any more.
"""


@dataclass(frozen=True, slots=True)
class GroupRoomDelivery:
    """Looks at rooms and keeps who is in them."""

    store: Store
    homeserver: Homeserver
    looking: GroupLook
    clock: Clock

    async def follow(self, _: Delivery, payload: FollowGroup) -> Done:
        """Find out which rooms a group is made of; what cannot be followed is left out and told."""
        async with self.store.read() as work:
            group = await work.groups.get(payload.group)
            rooms = await work.groups.rooms(payload.group)
        if group is None or not group.is_followed or group.room is None:
            return Done()
        room_id = group.room
        try:
            known = () if payload.is_thorough else rooms.keys()
            looked = await self.looking.look(group, is_strict=False, known=known)
        except InvalidGroup as error:
            log.warning("a group cannot be followed", group=group.name, reason=error.reason)
            return Done(_lost(room_id))

        async def keep(work: UnitOfWork) -> None:
            if await work.groups.get(group.name) == group:
                await keep_rooms(work, group, looked, self.clock.now())
                await self._tell_troubles(work, group.name, looked.troubles)

        return Done(keep)

    async def read_room(self, _: Delivery, payload: ReadGroupRoom) -> Done:
        """Read everybody in a room; those whom we missed come in and go out."""
        room_id = payload.room_id
        async with self.store.read() as work:
            if not await work.groups.following(room_id):
                return Done()
        try:
            members = await self.looking.members(room_id)
            is_closed = await self.homeserver.successor(room_id, self.looking.naming.bot) is not None
        except HomeserverRefused:
            return Done(_lost(room_id))

        async def keep(work: UnitOfWork) -> None:
            groups = await work.groups.following(room_id)
            before = await work.room_members.of(room_id)
            if groups and members != before:
                await work.room_members.replace(room_id, members)
                await people_changed(work, groups, members ^ before)
            if groups and is_closed and not await is_former(work, groups, room_id):
                await work.outbox.add(group_room_lane(room_id), FollowSuccessor(room_id))
            await work.inbox.keep_note(_note_lost(room_id), "")

        return Done(keep)

    async def read_member(self, _: Delivery, payload: ReadGroupMember) -> Done:
        """Read whether one person is in a room: the cost of a change does not grow with the room."""
        room_id, user_id = payload.room_id, payload.user_id
        try:
            membership = await self.homeserver.membership(room_id, self.looking.naming.bot, user_id)
        except HomeserverRefused:
            return Done(_lost(room_id))

        async def keep(work: UnitOfWork) -> None:
            groups = await work.groups.following(room_id)
            if not groups:
                return
            if membership == "join":
                await work.room_members.add(room_id, user_id)
            else:
                await work.room_members.remove(room_id, user_id)
            await people_changed(work, groups, {user_id})

        return Done(keep)

    async def join(self, _: Delivery, payload: JoinGroupRoom) -> Done:
        """Somebody lets us in: all groups that follow the room are looked at anew."""
        await self.homeserver.join(payload.room_id, self.looking.naming.bot)

        async def keep(work: UnitOfWork) -> None:
            await work.inbox.keep_note(_note_lost(payload.room_id), "")
            if await work.groups.following(payload.room_id):
                await work.outbox.add(group_room_lane(payload.room_id), ReadGroupRoom(payload.room_id))
            former = await group_room_before(work, payload.room_id)
            if former is not None:
                await work.outbox.add(group_room_lane(former), FollowSuccessor(former))
            await refollow_units(work)

        return Done(keep)

    async def leave(self, _: Delivery, payload: LeaveGroupRoom) -> Done:
        """Leave a room, unless a group follows it by now."""
        async with self.store.read() as work:
            if await work.groups.following(payload.room_id):
                return Done()
        reason = "No group of the live chats follows this room any more."
        await self.homeserver.leave(payload.room_id, self.looking.naming.bot, reason)
        return Done()

    async def lose(self, _: Delivery, payload: LoseGroupRoom) -> Done:
        """We were put out: administrators are told at once, and members stay for a while."""
        room_id, bot = payload.room_id, self.looking.naming.bot
        if await self._is_inside(room_id):
            return Done(_look_again(room_id))

        async def keep(work: UnitOfWork) -> None:
            groups = sorted(await work.groups.following(room_id))
            if not groups or await work.inbox.note(_note_lost(room_id)):
                return  # nobody needs it, or all this was said already
            now = self.clock.now()
            await work.inbox.keep_note(_note_lost(room_id), now.isoformat())
            hours = int(GRACE.total_seconds() // 3600)
            words = wording.group_room_lost(room_id, groups, bot, hours)
            await work.outbox.add(ADMINISTRATORS_LANE, TellAdministrators(words))
            # Not in the room's lane: what is due later would hold up all that follows.
            await work.outbox.add(f"{room_lane(room_id)}:end", EndGroupRoom(room_id), now + GRACE)

        return Done(keep)

    async def end(self, _: Delivery, payload: EndGroupRoom) -> Done:
        """The time is over: without us, nobody can tell who is in the room, so nobody counts."""
        room_id = payload.room_id
        if await self._is_inside(room_id):
            return Done(_look_again(room_id))

        async def keep(work: UnitOfWork) -> None:
            groups = sorted(await work.groups.following(room_id))
            if not groups or not await work.inbox.note(_note_lost(room_id)):
                return
            before = await work.room_members.of(room_id)
            await work.room_members.replace(room_id, ())
            await people_changed(work, groups, before)
            words = wording.group_room_ended(room_id, groups)
            await work.outbox.add(ADMINISTRATORS_LANE, TellAdministrators(words))

        return Done(keep)

    async def catch_up(self, _: Delivery, payload: CatchUpGroups) -> Done:
        """What nobody told us: of each room only what happened since, or its members if that is too much."""
        async with self.store.read() as work:
            rooms = sorted(await work.groups.followed())
        missed: list[AnyRoomEvent] = []
        doubtful: list[str] = []
        lost: list[str] = []
        for room_id in rooms:
            try:
                events = await self.homeserver.missed(room_id, self.looking.naming.bot, payload.mark)
            except HomeserverRefused:
                lost.append(room_id)
                continue
            if events is None:
                doubtful.append(room_id)
            else:
                missed += events

        async def keep(work: UnitOfWork) -> None:
            for room_id in doubtful:
                await work.outbox.add(group_room_lane(room_id), ReadGroupRoom(room_id))
                await refollow(work, room_id)
            for room_id in lost:
                await work.outbox.add(group_room_lane(room_id), LoseGroupRoom(room_id))
            await self.take_in(work, missed)

        return Done(keep)

    async def take_in(self, work: UnitOfWork, events: Collection[AnyRoomEvent]) -> None:
        """Owe the looks that these events are a reason for, each once."""
        people: dict[tuple[str, str], None] = {}
        spaces: dict[str, None] = {}
        replaced: dict[str, None] = {}
        for event in events:
            if isinstance(event, RoomReplaced):
                replaced[event.room_id] = None
            elif not isinstance(event, MembershipChanged):
                spaces[event.room_id] = None
            elif self.looking.counts(event.user_id) and event.membership != event.previous:
                people[event.room_id, event.user_id] = None
        for room_id, user_id in people:
            await work.outbox.add(group_room_lane(room_id), ReadGroupMember(room_id, user_id))
        for room_id in spaces:
            await refollow(work, room_id)
        for room_id in replaced:
            await work.outbox.add(group_room_lane(room_id), FollowSuccessor(room_id))

    async def _is_inside(self, room_id: str) -> bool:
        """Whether we are in the room; we come in again where that is possible without an invitation."""
        try:
            await self.homeserver.join(room_id, self.looking.naming.bot)
        except HomeserverRefused:
            return False
        return True

    async def _tell_troubles(self, work: UnitOfWork, group: str, troubles: Collection[str]) -> None:
        """Each trouble is told once, until it is over."""
        note, told = f"group_troubles:{group}", "\n".join(troubles)
        if (await work.inbox.note(note) or "") == told:
            return
        await work.inbox.keep_note(note, told)
        for trouble in troubles:
            words = TellAdministrators(wording.group_amiss(group, trouble))
            await work.outbox.add(ADMINISTRATORS_LANE, words)


async def refollow(work: UnitOfWork, room_id: str) -> None:
    """The units that this space belongs to may have other spaces now."""
    for name in sorted(await work.groups.following(room_id)):
        group = await work.groups.get(name)
        if group is not None and group.source is GroupSource.UNIT:
            await work.outbox.add(GROUPS_LANE, FollowGroup(name))


async def refollow_units(work: UnitOfWork) -> None:
    """Somebody let us into a room: it may be a sub-unit that we could not see into."""
    for group in await work.groups.all():
        if group.source is GroupSource.UNIT:
            await work.outbox.add(GROUPS_LANE, FollowGroup(group.name))


def _note_lost(room_id: str) -> str:
    return f"group_room_lost:{room_id}"


def _lost(room_id: str) -> Effects:
    async def keep(work: UnitOfWork) -> None:
        await work.outbox.add(group_room_lane(room_id), LoseGroupRoom(room_id))

    return keep


def _look_again(room_id: str) -> Effects:
    async def keep(work: UnitOfWork) -> None:
        if await work.groups.following(room_id):
            await work.outbox.add(group_room_lane(room_id), ReadGroupRoom(room_id))
            await refollow(work, room_id)

    return keep
