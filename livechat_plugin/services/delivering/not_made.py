"""Waiting for rooms that are still to be made, as long as they are."""

from livechat_plugin.core.errors import HomeserverRefused, HomeserverUnavailable
from livechat_plugin.core.live_chats import LiveChat


def not_made(live_chat: LiveChat, what: str) -> HomeserverUnavailable | HomeserverRefused:
    """Why something needs a room that is not there: it comes soon, or never if its live chat was deleted before."""
    if live_chat.deleted_at is not None:
        return HomeserverRefused("M_NOT_FOUND", f"the live chat was deleted before {what} was made", 404)
    return HomeserverUnavailable(f"{what} is still being made")
