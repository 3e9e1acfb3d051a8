"""What comes before we know what it points at.

A ghost's event can be seen, and answered with an emoji, before its id is kept: the homeserver shows it at once, and a
process that is killed in between learns the id only when it sends it again, under the same token. So a reaction or
deletion whose target is unknown waits in the lane in which the target may be owed, and is looked at once more behind it.
"""

from livechat_plugin.core.sessions import Session
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

LOOKED_AT = 1_000
"""So many of those who wait last in a live chat are looked through for cards that are under way."""

CARDS_UNDER_WAY = 50
"""Of those that have none, so many may be under way: more than are sent at once."""


async def session_of_card(work: UnitOfWork, live_chat_id: int, reaction: ReactionSent) -> Session | None:
    """The session to whose card somebody reacted; if there is none, it is kept until the cards under way are known.

    Several replicas read and write at once: a card whose id is kept just now is either known at the second look, or
    was missing before.
    """
    if (session := await work.sessions.by_card(reaction.target)) is not None:
        return session
    numbers = await work.sessions.without_card(live_chat_id, LOOKED_AT, CARDS_UNDER_WAY)
    if (session := await work.sessions.by_card(reaction.target)) is not None:
        return session
    for number in numbers:
        await work.outbox.add(session_lane(number), TakeByCard(number, reaction))
    return None


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
