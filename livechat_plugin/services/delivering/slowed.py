"""Passing on, little by little, what customers wrote too fast (see `services/pace`)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from livechat_plugin.core import wording
from livechat_plugin.services.customers import CustomerSide
from livechat_plugin.services.deliveries import Delivery, PassOnSlowed
from livechat_plugin.services.delivering.outcome import Done
from livechat_plugin.services.gate import Gate
from livechat_plugin.services.room_events import AnyRoomEvent, MessageSent
from livechat_plugin.services.slowing import EVERY, owe_passing_on
from livechat_plugin.services.unit_of_work import UnitOfWork

NO_LIMIT_ANY_MORE = 600
"""Events a minute of what still waits from a time when there was a limit."""


@dataclass(frozen=True, slots=True)
class SlowedDelivery:
    """Handles what was held of one customer; others are not touched by it."""

    customers: CustomerSide
    gate: Gate

    @property
    def at_once(self) -> int:
        """How many events each time."""
        per_minute = self.customers.pace.per_minute or NO_LIMIT_ANY_MORE
        return max(1, int(per_minute * EVERY / timedelta(minutes=1)))

    async def pass_on(self, _: Delivery, payload: PassOnSlowed) -> Done:
        """The next ones, in the order in which they came; while the plugin is switched off they wait."""

        async def keep(work: UnitOfWork) -> None:
            for event in await self._next(work, payload.conversation_id):
                work.outbox.because_of(event.event_id)
                await self.customers.handle_slowed(work, event, payload.conversation_id)

        async def keep_without_them(work: UnitOfWork) -> None:
            """One of them cannot be handled: they are given up, and the customer is told."""
            for event in await self._next(work, payload.conversation_id):
                await work.inbox.reject(event.event_id, "CannotBePassedOn", self.customers.clock.now())
                if isinstance(event, MessageSent):
                    work.outbox.because_of(event.event_id)
                    view = await work.conversations.view(payload.conversation_id)
                    words = wording.customer_not_delivered(view.live_chat)
                    await self.customers.relay.tell_customer(work, view, words)

        return Done(keep, keep_without_them)

    async def _next(self, work: UnitOfWork, conversation_id: int) -> Sequence[AnyRoomEvent]:
        try:
            view = await work.conversations.view(conversation_id)  # locks it: nothing is held meanwhile
        except LookupError:
            return ()  # it was erased, and with it what was held
        events: Sequence[AnyRoomEvent] = ()
        if self.gate.is_on:
            events = await work.inbox.release(conversation_id, self.at_once)
        if not self.gate.is_on or len(events) == self.at_once:
            await owe_passing_on(work, conversation_id, self.customers.clock.now())
        elif view.conversation.is_slowed:
            await work.conversations.slow(conversation_id, is_slowed=False)
        return events
