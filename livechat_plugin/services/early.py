"""What comes before we know what it points at.

A ghost's event can be seen, and answered with an emoji, before its id is kept: the homeserver shows it at once, and a
process that is killed in between learns the id only when it sends it again, under the same token. So a reaction or
deletion whose target is unknown waits in the lane in which the target may be owed, and is looked at once more behind it.
"""

from livechat_plugin.services.deliveries import (
    RelayEarly,
    TakeByCard,
    session_lane,
    to_customer_lane,
    to_operators_lane,
)
from livechat_plugin.services.repositories.conversations import ConversationView
from livechat_plugin.services.repositories.messages import Side
from livechat_plugin.services.room_events import AnyRoomEvent, EventRedacted, ReactionSent
from livechat_plugin.services.unit_of_work import UnitOfWork

CARDS_UNDER_WAY = 200
"""So many of a live chat's last sessions are looked through for those whose card may be under way."""


async def keep_for_card(work: UnitOfWork, live_chat_id: int, reaction: ReactionSent) -> None:
    """Keep a reaction in the queue room until the cards that are under way are known."""
    for number in await work.sessions.without_card(live_chat_id, CARDS_UNDER_WAY):
        await work.outbox.add(session_lane(number), TakeByCard(number, reaction))


async def keep_for_copy(work: UnitOfWork, view: ConversationView, side: Side, event: AnyRoomEvent) -> bool:
    """Keep what points at a copy that may be under way to the room it comes from; whether it was kept."""
    if not isinstance(event, ReactionSent | EventRedacted):
        return False
    if await work.messages.by_event(side, event.target) is not None:
        return False
    number = view.conversation.id
    lane = to_customer_lane(number) if side == "customer" else to_operators_lane(number)
    if not await work.outbox.owes(lane):
        return False
    await work.outbox.add(lane, RelayEarly(number, side, event))
    return True
