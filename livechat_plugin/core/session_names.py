"""How a session is called: a name that somebody gave it, or what the live chat's template makes (requirement E6)."""

import re
from datetime import UTC, datetime, tzinfo

from livechat_plugin.core.conversations import Account
from livechat_plugin.core.disguises import undisguised
from livechat_plugin.core.errors import InvalidLiveChat, Refused
from livechat_plugin.core.live_chats import LiveChat
from livechat_plugin.core.sessions import Session, SessionState

PLACEHOLDERS = {
    "client": "the customer's name",
    "date": "the day on which the session opened, such as 2026-11-22",
    "live_chat": "the live chat's name",
    "channel": "the messenger that the customer uses, such as Matrix",
    "subject": "the customer's first words",
    "number": "the session's number",
}
"""What a template may contain, in braces, and what stands for it in the name."""

MAX_TEMPLATE = 200
MAX_NAME = 100

CHANNELS = {"matrix": "Matrix"}
"""How networks are called; one that is not here is called what it is."""

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


class InvalidSessionName(Refused):
    """A session cannot be called so; says why."""


def check_template(template: str) -> str:
    """A live chat's template of session names, trimmed.

    Raises:
        InvalidLiveChat: it is empty or too long, a placeholder is unknown, or a brace has no partner.
    """
    template = " ".join(template.split())
    known = ", ".join(f"{{{name}}}" for name in PLACEHOLDERS)
    if not template:
        raise InvalidLiveChat("session_name", f"must not be empty; placeholders are {known}")
    if len(template) > MAX_TEMPLATE:
        raise InvalidLiveChat(
            "session_name", f"has {len(template)} characters; at most {MAX_TEMPLATE} are possible"
        )
    for name in _PLACEHOLDER.findall(template):
        if name not in PLACEHOLDERS:
            raise InvalidLiveChat("session_name", f"there is no placeholder {{{name}}}; there are {known}")
    if set(_PLACEHOLDER.sub("", template)) & {"{", "}"}:
        raise InvalidLiveChat("session_name", f"a brace has no partner; placeholders are {known}")
    return template


def check_session_name(name: str) -> str | None:
    """A name for one session, trimmed; None for an empty one, which brings back the template's.

    Raises:
        InvalidSessionName: it is longer than 100 characters.
    """
    name = _one_line(name)
    if len(name) > MAX_NAME:
        raise InvalidSessionName(f"The name has {len(name)} characters; at most {MAX_NAME} are possible.")
    return name or None


def session_name(session: Session, live_chat: LiveChat, account: Account, zone: tzinfo | None = None) -> str:
    """How the session is called, at most 100 characters on one line.

    Args:
        session: the session.
        live_chat: whose template counts.
        account: the session's customer.
        zone: where the day of `{date}` is taken from; without it, the machine's own time zone.
    """
    if session.name:
        return session.name
    values = {
        "client": account.display_name,
        "date": session.opened_at.astimezone(zone).date().isoformat(),
        "live_chat": live_chat.name,
        "channel": CHANNELS.get(account.network, account.network),
        "subject": session.subject,
        "number": str(session.number),
    }
    # In one go, so that braces in what a customer wrote stay what they are.
    name = _one_line(_PLACEHOLDER.sub(lambda found: values.get(found[1], found[0]), live_chat.session_name))
    if not name:
        return f"#{session.number}"
    return name if len(name) <= MAX_NAME else name[: MAX_NAME - 1].rstrip() + "…"


def example_name(template: str, live_chat: str, at: datetime) -> str:
    """What a template makes of a session that could be, for whoever writes one.

    Raises:
        InvalidLiveChat: the template is refused.
    """
    chat = LiveChat(0, "example", live_chat, "", session_name=check_template(template))
    session = Session(42, 0, SessionState.WAITING, "My order has not arrived", at)
    return session_name(session, chat, Account(0, "matrix", "@carla:example.org", "Carla Weber"), UTC)


def _one_line(words: str) -> str:
    """Without line breaks, control characters and changes of direction, which would disguise a name."""
    return " ".join(undisguised(words).split())
