"""Looking once more at what came before we knew what it points at (see `services/early`)."""

from dataclasses import dataclass

from livechat_plugin.services.customers import CustomerSide
from livechat_plugin.services.deliveries import Delivery, RelayEarly, TakeByCard
from livechat_plugin.services.delivering.outcome import Done
from livechat_plugin.services.operators import OperatorSide
from livechat_plugin.services.queue_room import QueueRoom
from livechat_plugin.services.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class EarlyDelivery:
    """Its turn has come: what is not known now was never ours."""

    queue: QueueRoom
    customers: CustomerSide
    operators: OperatorSide

    async def take(self, _: Delivery, payload: TakeByCard) -> Done:
        """The session goes to who reacted, if it was to its card."""

        async def keep(work: UnitOfWork) -> None:
            work.outbox.because_of(payload.reaction.event_id)
            await self.queue.handle_early(work, payload.reaction, payload.session_number)

        return Done(keep)

    async def relay(self, _: Delivery, payload: RelayEarly) -> Done:
        """The other side sees it, if it was to a message of theirs."""
        side = self.customers if payload.side == "customer" else self.operators

        async def keep(work: UnitOfWork) -> None:
            work.outbox.because_of(payload.event.event_id)
            await side.handle_early(work, payload.event, payload.conversation_id)

        return Done(keep)
