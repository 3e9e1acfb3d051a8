"""Holding back what a customer writes too fast, so that it harms nobody else and nothing is lost."""

from datetime import datetime, timedelta

from livechat_plugin.services.deliveries import PassOnSlowed, slowed_lane
from livechat_plugin.services.repositories.conversations import ConversationView
from livechat_plugin.services.room_events import AnyRoomEvent
from livechat_plugin.services.unit_of_work import UnitOfWork

EVERY = timedelta(seconds=5)
"""How often the next ones are passed on."""


async def hold_back(work: UnitOfWork, view: ConversationView, event: AnyRoomEvent, now: datetime) -> bool:
    """Keep an event until its turn comes; whether it is the first that has to wait."""
    conversation = view.conversation
    await work.inbox.hold(conversation.id, event)
    if conversation.is_slowed:
        return False
    await work.conversations.slow(conversation.id, is_slowed=True)
    await owe_passing_on(work, conversation.id, now)
    return True


async def owe_passing_on(work: UnitOfWork, conversation_id: int, now: datetime) -> None:
    """Owe the next ones, a little later."""
    await work.outbox.add(slowed_lane(conversation_id), PassOnSlowed(conversation_id), now + EVERY)
