"""Finding a live chat: the list of those open to somebody, and their own space "Live chats" (requirement S1)."""

from collections.abc import Sequence
from dataclasses import dataclass

from livechat_plugin.core.conversations import MATRIX, CustomerRoomState
from livechat_plugin.core.live_chats import LiveChat
from livechat_plugin.core.naming import Naming
from livechat_plugin.services.access import open_to
from livechat_plugin.services.deliveries import ShowLiveChats, finding_lane
from livechat_plugin.services.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class Found:
    """A live chat that is open to somebody; `room` is the one where they wrote to it before, if they did."""

    live_chat: LiveChat
    room: str | None


async def find_live_chats(work: UnitOfWork, naming: Naming, user_id: str) -> Sequence[Found]:
    """The live chats that are open to somebody of this homeserver, by name.

    Their space "Live chats" is brought up to date with them: made if they have none, and what is no longer open to
    them leaves it.
    """
    open_now = await open_to(work, naming, user_id)
    if open_now:
        await work.customer_spaces.ensure(user_id)
    await look_again(work, user_id)
    rooms = {
        known.live_chat_id: known.customer_room
        for known in await work.conversations.of_customer(MATRIX, user_id)
        if known.customer_state in {CustomerRoomState.JOINED, CustomerRoomState.JOINING}
    }
    return [Found(live_chat, rooms.get(live_chat.id)) for live_chat in open_now]


async def look_again(work: UnitOfWork, user_id: str, after: str | None = None) -> None:
    """Owe somebody who has a space "Live chats" another look at what belongs into it.

    Args:
        work: the unit of work.
        user_id: whose space.
        after: the lane whose deliveries up to now must be made first, if there is one.
    """
    if await work.customer_spaces.get(user_id) is not None:
        await work.outbox.add(after or finding_lane(user_id), ShowLiveChats(user_id))
