"""Making groups that follow rooms: the homeserver is asked first, then everything is kept at once or nothing is."""

from dataclasses import dataclass

from livechat_plugin.core import wording
from livechat_plugin.core.errors import GroupExists, GroupNotFound, InvalidGroup, Refused, RoomNotJoined
from livechat_plugin.core.groups import Group, GroupSource, check_group_name
from livechat_plugin.services.again import anew
from livechat_plugin.services.deliveries import Delivery, MakeGroup, SayInRoom, room_lane
from livechat_plugin.services.delivering.outcome import Done, Effects
from livechat_plugin.services.group_look import GroupLook, Looked
from livechat_plugin.services.groups import Groups, await_invitation, check_follows
from livechat_plugin.services.ports import Store
from livechat_plugin.services.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class GroupMaking:
    """The use case for every interface: the command line and others call `make`, the bot owes `MakeGroup`."""

    store: Store
    groups: Groups
    looking: GroupLook

    @anew
    async def make(self, actor: str, name: str, source: GroupSource, address: str, *, is_new: bool) -> str:
        """A group that follows a room or space, or another one than before; returns what to tell the person.

        Raises:
            NotAnAdministrator: the actor is none.
            InvalidGroup: a field is refused, we cannot come into the room, or its spaces stand in a circle.
            GroupNotFound: a group that is to follow another room is not there.
            HomeserverUnavailable: it may succeed later.
        """
        try:
            group, looked = await self._look(actor, name, source, address, is_new=is_new)
        except InvalidGroup as error:
            await self._await_invitation(error)
            raise
        async with self.store.begin() as work:
            await self.groups.keep_followed(work, actor, group, looked, is_new=is_new)
            await work.commit()
        return wording.group_made(group, looked.name, len(looked.people), looked.unseen)

    async def deliver(self, _: Delivery, payload: MakeGroup) -> Done:
        """The same for the bot's command, whose answer is a word in the administrator's chat."""
        name, source, address = payload.name, payload.source, payload.address
        try:
            group, looked = await self._look(payload.actor, name, source, address, is_new=payload.is_new)
        except Refused as error:
            if isinstance(error, InvalidGroup):
                await self._await_invitation(error)
            return Done(_say(payload, self.looking.naming.bot, str(error)))

        async def keep(work: UnitOfWork) -> None:
            words = wording.group_made(group, looked.name, len(looked.people), looked.unseen)
            try:  # whatever is refused is refused before anything is written
                await self.groups.keep_followed(work, payload.actor, group, looked, is_new=payload.is_new)
            except Refused as error:
                words = str(error)
            await _say(payload, self.looking.naming.bot, words)(work)

        return Done(keep)

    async def _look(
        self, actor: str, name: str, source: GroupSource, address: str, *, is_new: bool
    ) -> tuple[Group, Looked]:
        """Ask everything that can be asked before anything is kept; the cheap questions first."""
        async with self.store.read() as work:
            await self.groups.roles.require_administrator(work, actor)
            name = check_group_name(name)
            known = await work.groups.get(name)
        if is_new and known is not None:
            raise GroupExists(name)
        if not is_new and known is None:
            raise GroupNotFound(name)
        if known is not None:
            check_follows(known)
        group = Group(name, source, await self.looking.resolve(address))
        return group, await self.looking.look(group, is_strict=True)

    @anew
    async def _await_invitation(self, error: InvalidGroup) -> None:
        """If it failed because we are not in a room: the next invitation into it is accepted."""
        if isinstance(error, RoomNotJoined):
            async with self.store.begin() as work:
                await await_invitation(work, error.room_id, self.groups.clock.now())
                await work.commit()


def _say(payload: MakeGroup, bot: str, words: str) -> Effects:
    async def keep(work: UnitOfWork) -> None:
        say = SayInRoom(payload.answer_in, bot, words, None, payload.answer_to, payload.actor)
        await work.outbox.add(room_lane(payload.answer_in), say)

    return keep
