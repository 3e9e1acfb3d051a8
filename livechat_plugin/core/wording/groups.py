"""What is said about groups and who is in the rooms that follow from them."""

from livechat_plugin.core.live_chats import LiveChat


def not_entitled(live_chat: LiveChat) -> str:
    """For somebody who is taken out of a live chat's rooms, because their groups changed."""
    return f"You are no longer in the groups of {live_chat.name}."


def removal_failed(user_id: str, reason: str) -> str:
    """In the queue room, when somebody who should not be in a room of the live chat cannot be taken out."""
    return f"{user_id} is no longer in the groups of this live chat, but could not be removed ({reason})."
