"""What happens in the rooms that groups follow, and to us in them."""

from dataclasses import dataclass

from livechat_plugin.services.deliveries import JoinGroupRoom, LoseGroupRoom, group_room_lane
from livechat_plugin.services.delivering.group_rooms import GroupRoomDelivery
from livechat_plugin.services.groups import is_awaited
from livechat_plugin.services.ports import Clock
from livechat_plugin.services.room_events import (
    AnyRoomEvent,
    MembershipChanged,
    RoomReplaced,
    SpaceChildChanged,
)
from livechat_plugin.services.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class GroupEvents:
    """Owes a look at whatever may have changed; what people write in such rooms is none of our business."""

    following: GroupRoomDelivery
    clock: Clock

    async def handle(self, work: UnitOfWork, event: AnyRoomEvent) -> None:
        """One event of a room that some group follows."""
        if isinstance(event, MembershipChanged | SpaceChildChanged | RoomReplaced):
            await self.following.take_in(work, [event])

    async def invited(self, work: UnitOfWork, event: MembershipChanged, *, by_administrator: bool) -> bool:
        """The bot was invited into a room with others: accepted if a group follows it, or is about to.

        Returns:
            Whether the invitation is left standing: it is accepted, or it may be of use soon.
        """
        if await is_awaited(work, event.room_id, self.clock.now()) or await work.groups.following(
            event.room_id
        ):
            await work.outbox.add(group_room_lane(event.room_id), JoinGroupRoom(event.room_id))
            return True
        return by_administrator

    async def removed(self, work: UnitOfWork, room_id: str) -> None:
        """The bot was put out of a room that some group follows."""
        await work.outbox.add(group_room_lane(room_id), LoseGroupRoom(room_id))
