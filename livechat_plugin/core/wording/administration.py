"""What is said to administrators about live chats."""

from collections.abc import Sequence
from html import escape

from livechat_plugin.core.live_chats import LiveChat

WHAT_DELETING_DOES = (
    "Its open sessions end with a word to the customers, everybody leaves its rooms, and its short name stays"
    " taken. What was said stays for administrators."
)


def live_chat_made(live_chat: LiveChat, ghost: str) -> str:
    """For the administrator who made it."""
    return f"{live_chat.name} is made. In a moment customers can write to {ghost}."


def live_chat_changed(live_chat: LiveChat, *, is_other: bool) -> str:
    """For the administrator who changed it, or wanted it to be what it is already."""
    return f"{live_chat.name} is changed." if is_other else f"{live_chat.name} is like this already."


def live_chat_deleted(live_chat: LiveChat) -> str:
    """For the administrator who deleted it."""
    return (
        f"{live_chat.name} is deleted. You are invited to its supervisors' room; through it you can join the rooms"
        " of its sessions and read what was said."
    )


def live_chat_settings(sections: Sequence[tuple[str, Sequence[tuple[str, str]]]]) -> tuple[str, str]:
    """All settings of a live chat, section by section."""
    lines, html = list[str](), list[str]()
    for title, rows in sections:
        lines.append(title)
        lines.extend(f"  {label}: {value}" for label, value in rows)
        items = "".join(f"<li>{escape(label)}: {escape(value)}</li>" for label, value in rows)
        html.append(f"<b>{escape(title)}</b><ul>{items}</ul>")
    return "\n".join(lines), "".join(html)
