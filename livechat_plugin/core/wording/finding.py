"""What is said to those who look for a live chat."""

from collections.abc import Sequence
from html import escape

from livechat_plugin.core.live_chats import LiveChat

LIVE_CHATS_SPACE = ("Live chats", "The live chats that you can write to. Enter one and write.")
"""Name and topic of a customer's own space."""


def room_made_ahead(live_chat: LiveChat) -> str:
    """Topic of the room that waits for a customer in their space."""
    return f"Write here, and {live_chat.name} answers."


def live_chats_found(found: Sequence[tuple[str, str, str | None]], server: str) -> tuple[str, str]:
    """The live chats that are open to somebody, with links that open them, as text and as HTML.

    Args:
        found: name, Matrix id and, if they wrote there before, the room of each.
        server: where the rooms are.
    """
    lines, rows = [], []
    for name, user_id, room in found:
        link = f"https://matrix.to/#/{room}?via={server}" if room else f"https://matrix.to/#/{user_id}"
        what, before, linked = (
            ("your chat", "", "your chat") if room else (f"write to {user_id}", "write to ", user_id)
        )
        lines.append(f"{name}: {what}, {link}")
        # Clients put something of their own in the place of such a link, often the bare id; so the name stands before it.
        rows.append(
            f'<li><strong>{escape(name)}</strong>: {before}<a href="{escape(link)}">{escape(linked)}</a></li>'
        )
    start = "Live chats you can write to:"
    end = 'They are in your space "Live chats", too.'
    return "\n".join([start, *lines, end]), f"{start}<ul>{''.join(rows)}</ul>{end}"


def no_live_chats(administrators: str) -> str:
    """For somebody to whom no live chat is open."""
    return f"No live chat is open to you. Please ask {administrators}."
