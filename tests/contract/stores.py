"""The stores that keep the same promises, and what the tests say to them most often."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from livechat_plugin.core.conversations import Conversation
from livechat_plugin.core.live_chats import LiveChat
from livechat_plugin.services.deliveries import Delivery, Payload
from livechat_plugin.services.ports import Store
from livechat_plugin.services.repositories.conversations import ConversationView
from livechat_plugin.services.unit_of_work import UnitOfWork

NOW = datetime(2026, 3, 29, 1, 59, 59, 999_999, tzinfo=UTC)


@dataclass(slots=True)
class Announced:
    """What commits have announced, one entry per call."""

    deliveries: list[Sequence[Delivery]] = field(default_factory=list)
    events: list[Sequence[object]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Kept:
    """A store and what it has announced."""

    store: Store
    announced: Announced


async def add_live_chat(unit: UnitOfWork, slug: str = "support") -> LiveChat:
    """A live chat like any other."""
    return await unit.live_chats.add(LiveChat(0, slug, slug.capitalize(), operators="operators"))


async def add_conversation(unit: UnitOfWork, customer: str = "@carla:example.org") -> Conversation:
    """A conversation of a customer in the live chat "support"."""
    live_chat = await unit.live_chats.by_slug("support") or await add_live_chat(unit)
    account = await unit.conversations.account("matrix", customer, "Carla")
    return await unit.conversations.add(live_chat.id, account.id, f"!room-of-{customer}")


async def committed_conversation(kept: Kept, customer: str = "@carla:example.org") -> Conversation:
    """The same, committed."""
    async with kept.store.begin() as unit:
        conversation = await add_conversation(unit, customer)
        await unit.commit()
    return conversation


async def owe(unit: UnitOfWork, lane: str, payload: Payload, due_at: datetime | None = None) -> Delivery:
    """A delivery by itself; those that are added one after another are written together."""
    await unit.outbox.add(lane, payload, due_at)
    await unit.outbox.done(0)  # all that was added is written before anything else is done
    added: list[Delivery] = unit.outbox.added  # type: ignore[attr-defined]
    return added[-1]


async def seen_by_reader(kept: Kept, conversation_id: int) -> ConversationView:
    """A conversation as somebody else sees it now."""
    async with kept.store.read() as unit:
        return await unit.conversations.view(conversation_id)
