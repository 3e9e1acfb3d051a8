"""What is said to supervisors."""

from collections.abc import Sequence
from html import escape

from livechat_plugin.core.live_chats import LiveChat
from livechat_plugin.core.sessions import Session
from livechat_plugin.core.wording.mentions import pill


def waits_too_long(session: Session, name: str, minutes: int, supervisors: Sequence[str]) -> tuple[str, str]:
    """In the supervisors' room, when nobody has taken a session for as long as the live chat allows."""
    how_long = "1 minute" if minutes == 1 else f"{minutes} minutes"
    words = (
        f"⏰ {name} has been waiting for {how_long}."
        f" Give session #{session.number} to somebody with !assign {session.number} @operator."
    )
    return f"{words} {' '.join(supervisors)}", f"{escape(words)} {' '.join(map(pill, supervisors))}"


def settings_hint(live_chat: LiveChat) -> str:
    """Below the settings that a supervisor looks at."""
    return f"Administrators change this in the bot's chat, with !chats edit {live_chat.slug}."
