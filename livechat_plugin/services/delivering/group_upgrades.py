"""Following a room or space that groups are made of into the one that goes on in its place."""

from contextlib import suppress
from dataclasses import dataclass, replace

from livechat_plugin.core import wording
from livechat_plugin.core.errors import HomeserverRefused, InvalidGroup
from livechat_plugin.core.groups import Group
from livechat_plugin.services.deliveries import (
    ADMINISTRATORS_LANE,
    Delivery,
    FollowGroup,
    FollowSuccessor,
    TellAdministrators,
    group_room_lane,
)
from livechat_plugin.services.delivering.group_rooms import GRACE, refollow
from livechat_plugin.services.delivering.outcome import Done, Effects
from livechat_plugin.services.group_look import GroupLook, Looked
from livechat_plugin.services.groups import await_invitation, keep_former, keep_rooms
from livechat_plugin.services.ports import Clock, Homeserver, Store
from livechat_plugin.services.repositories.rooms import RoomKind
from livechat_plugin.services.unit_of_work import UnitOfWork
from livechat_plugin.services.upgrades import await_group_room, group_room_before


@dataclass(frozen=True, slots=True)
class GroupUpgradeDelivery:
    """Whoever may upgrade a room may also say who is in it; so the new one counts as the old one did."""

    store: Store
    homeserver: Homeserver
    looking: GroupLook
    clock: Clock

    async def follow(self, _: Delivery, payload: FollowSuccessor) -> Done:
        """Look at the new room, and let every group follow it whose room the old one is.

        What the homeserver tells at this moment counts, and both rooms must name each other: nobody can lead a
        group to a room that was not made in its place. For a while who is only in the old room counts as well,
        since people come into the new one one by one.
        """
        old, bot = payload.room_id, self.looking.naming.bot
        async with self.store.read() as work:
            names = await work.groups.following(old)
            groups = [group for name in sorted(names) if (group := await work.groups.get(name)) is not None]
        if not groups:
            return Done()
        with suppress(HomeserverRefused):  # we are in the old one no more, which is seen to by itself
            if (new := await self.homeserver.successor(old, bot)) is not None:
                return Done(await self._look(old, new, groups))
        return Done()

    async def _look(self, old: str, new: str, groups: list[Group]) -> Effects:
        bot = self.looking.naming.bot
        try:
            await self.homeserver.join(new, bot)
            former = await self.homeserver.predecessor(new, bot)
        except HomeserverRefused:
            return self._awaited(old, new, groups)
        if former != old:
            return self._refused(old, new, groups)
        looked: list[tuple[Group, Group, Looked]] = []
        try:
            for group in groups:
                if group.room == old:
                    going_on = replace(group, room=new)
                    looked.append((group, going_on, await self.looking.look(going_on, is_strict=False)))
        except InvalidGroup:
            return self._refused(old, new, groups)
        return self._followed(old, new, looked)

    def _followed(self, old: str, new: str, looked: list[tuple[Group, Group, Looked]]) -> Effects:
        async def keep(work: UnitOfWork) -> None:
            bound = (await work.rooms.bindings({new})).get(new)
            if bound is not None and bound.kind is not RoomKind.GROUP:
                return  # one of the live chats' own rooms
            now = self.clock.now()
            for group, going_on, found in looked:
                if await work.groups.get(group.name) != group:
                    continue  # an administrator changed it meanwhile
                await work.groups.save(going_on)
                await keep_former(work, group.name, old, now + GRACE)
                await keep_rooms(work, going_on, found, now)
                # Not in the room's lane: what is due later would hold up all that follows.
                end = FollowGroup(group.name)
                await work.outbox.add(f"{group_room_lane(old)}:{group.name}:end", end, now + GRACE)
                await work.audit.add(now, self.looking.naming.bot, "group.changed", group.name, room=new)
                await self._tell(work, wording.group_room_upgraded(group.name, old, new))
            await refollow(work, old)

        return keep

    def _awaited(self, old: str, new: str, groups: list[Group]) -> Effects:
        async def keep(work: UnitOfWork) -> None:
            await await_invitation(work, new, self.clock.now())
            if await group_room_before(work, new) != old:
                await await_group_room(work, new, old)
                names = [group.name for group in groups]
                bot = self.looking.naming.bot
                await self._tell(work, wording.group_room_upgraded_without_us(names, old, new, bot))

        return keep

    def _refused(self, old: str, new: str, groups: list[Group]) -> Effects:
        async def keep(work: UnitOfWork) -> None:
            names = [group.name for group in groups]
            await self._tell(work, wording.group_room_wrongly_upgraded(names, old, new))

        return keep

    async def _tell(self, work: UnitOfWork, words: str) -> None:
        await work.outbox.add(ADMINISTRATORS_LANE, TellAdministrators(words))
