"""When a delivery cannot be made: the person concerned is told in their room (invariant 5)."""

from dataclasses import dataclass, replace

from livechat_plugin.core import wording
from livechat_plugin.core.conversations import CustomerRoomState
from livechat_plugin.services.assignments import Assignments
from livechat_plugin.services.deliveries import (
    ActForCustomer,
    ActInSessionRoom,
    AdmitOperator,
    Delivery,
    JoinCustomerRoom,
    to_operators_lane,
)
from livechat_plugin.services.relay import Relay, explain_not_delivered
from livechat_plugin.services.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class GivingUp:
    """Tells whom it concerns, and undoes what was founded on the delivery."""

    relay: Relay
    assignments: Assignments

    async def tell(self, work: UnitOfWork, delivery: Delivery, reason: str) -> None:
        """Owe the news of a delivery that was given up."""
        match delivery.payload:
            case ActForCustomer(conversation_id=conversation_id, warn_event=str(event)):
                warning = explain_not_delivered(reason, event, conversation_id)
                await work.outbox.add(to_operators_lane(conversation_id), warning)
            case ActInSessionRoom(conversation_id=conversation_id, as_customer=True):
                view = await work.conversations.view(conversation_id)
                await self.relay.tell_customer(work, view, wording.customer_not_delivered(view.live_chat))
            case AdmitOperator(conversation_id=conversation_id, operator=operator):
                view = await work.conversations.view(conversation_id)
                if view.session is not None and view.session.is_served_by(operator):
                    why = wording.invitation_failed(operator, reason)
                    await self.assignments.requeue(work, view.session, why)
            case JoinCustomerRoom(conversation_id=conversation_id, room_id=room_id):
                view = await work.conversations.view(conversation_id)
                if view.conversation.customer_room == room_id:
                    left = replace(view.conversation, customer_state=CustomerRoomState.LEFT)
                    await work.conversations.save(left)
            case _:
                return
