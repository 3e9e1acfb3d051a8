"""Why what an employee writes reaches no customer: the same for session rooms and for the console."""

from datetime import datetime

from livechat_plugin.core import wording
from livechat_plugin.core.conversations import CustomerRoomState
from livechat_plugin.core.employees import NotOnDuty, require_on_duty
from livechat_plugin.services.repositories.conversations import ConversationView
from livechat_plugin.services.unit_of_work import UnitOfWork

Told = tuple[str, str | None]
"""Words of ours, as text and maybe as HTML."""


def obstacle(view: ConversationView, sender: str) -> Told | None:
    """Why what this person writes does not reach the customer; None if it does."""
    session = view.session
    if session is None or not session.is_served_by(sender):
        return wording.not_relayed(session)
    if is_gone(view):
        return wording.not_delivered(wording.customer_left(view.account)), None
    return None


async def off_duty(work: UnitOfWork, sender: str, at: datetime) -> Told | None:
    """Why what an offline or disabled operator does reaches no customer (requirement E1)."""
    try:
        require_on_duty(await work.employees.get(sender, at))
    except NotOnDuty as error:
        return wording.not_sent(error), None
    return None


def is_gone(view: ConversationView) -> bool:
    """Whether the customer has left, so that nothing reaches them any more."""
    return view.conversation.customer_state is CustomerRoomState.LEFT
