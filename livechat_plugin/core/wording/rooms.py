"""What is said in the operators' rooms, to everybody there."""

from html import escape

from livechat_plugin.core.conversations import Account
from livechat_plugin.core.sessions import Session
from livechat_plugin.core.wording.mentions import pill


def queue_room_name(live_chat: str) -> str:
    """Name of a live chat's queue room."""
    return f"{live_chat}: queue"


def supervisors_room_name(live_chat: str) -> str:
    """Name of a live chat's supervisors' room."""
    return f"{live_chat}: supervisors"


SESSION_PANEL_NAME = "Customer Information"
"""Title of the session panel in clients that show it beside a session room."""


def waiting_again(session: Session) -> str:
    """In the queue room, when a session is sent back to it; a changed card alone notifies nobody."""
    return f"Session #{session.number} is waiting again."


def room_failed(session: Session, reason: str) -> str:
    """In the queue room, when a session cannot be given its room."""
    return (
        f"The room of session #{session.number} could not be made ({reason}). It is tried again each minute."
    )


def closed_by(session: Session, operator: str) -> tuple[str, str]:
    """In the session room, when an operator closes the session."""
    start = f"Session #{session.number} was closed by "
    return f"{start}{operator}.", f"{escape(start)}{pill(operator)}."


def customer_slowed(account: Account) -> str:
    """For the operators of a customer who writes faster than people do."""
    return f"{account.display_name} writes very fast: their messages are shown little by little, and none is lost."


def customer_upgraded(account: Account) -> str:
    """For the operators: the customer's room is closed, and another one goes on."""
    return (
        f"{account.display_name} has upgraded the room of the chat. Nothing can be sent until they invite the live chat"
        " into the new one."
    )


def customer_left(account: Account) -> str:
    """For the operators: nothing can be sent any more."""
    return f"{account.display_name} has left the chat. Nothing can be sent until they open it again."
