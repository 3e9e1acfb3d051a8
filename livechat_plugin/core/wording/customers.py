"""What is said to customers."""

from livechat_plugin.core.live_chats import LiveChat
from livechat_plugin.core.wording.people import whom_to_ask


def customer_not_delivered(live_chat: LiveChat) -> str:
    """For the customer whose message did not reach the operators."""
    return f"Sorry, this message could not be passed on to {live_chat.name}. Please send it again."


LIVE_CHAT_DELETED = "The live chat was deleted."
"""On the cards of sessions that ended with their live chat."""


def live_chat_closed(live_chat: LiveChat) -> str:
    """For the customers of a live chat that was deleted."""
    return f"{live_chat.name} has been closed for good. Nobody reads what is written here any more."


def access_refused(live_chat: LiveChat, administrators: tuple[str, ...]) -> str:
    """For somebody who is not among the live chat's customers (requirement S3); nobody is, once it is deleted."""
    if live_chat.deleted_at is not None:
        return live_chat_closed(live_chat)
    whom = f" Please ask {whom_to_ask(administrators)}." if administrators else ""
    return f"{live_chat.name} is not open to you.{whom}"


ROOM_IN_USE = "Another live chat answers in this room. Start a direct chat with me."
"""For somebody who invites one of our users where another one is already."""


def direct_chats_only(live_chat_name: str) -> str:
    """For somebody who invited a live chat into a room with others."""
    return f"{live_chat_name} answers in direct chats only. Start a direct chat with me."


def encrypted(live_chat: LiveChat) -> str:
    """For a customer whose room is encrypted."""
    return (
        f"{live_chat.name} cannot read encrypted messages yet. "
        "Please leave this chat, start a new one with encryption switched off, and write again."
    )


def slowed_down(live_chat: LiveChat) -> str:
    """For a customer who writes faster than people do."""
    return (
        f"You are writing very fast, so {live_chat.name} sees your messages a little later. None is lost; there is no"
        " need to send any again."
    )


def moved_elsewhere(live_chat: LiveChat) -> str:
    """In the room that a customer leaves behind by opening a second direct chat."""
    return f"Your conversation with {live_chat.name} goes on in the chat that you opened last."


CUSTOMER_ROOM_IS_EMPTY = "The customer has left."
"""In the room that a customer has left, when we leave it too."""
