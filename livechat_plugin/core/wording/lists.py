"""How lists of sessions look."""

from collections.abc import Sequence
from datetime import datetime
from html import escape

from livechat_plugin.core.conversations import Account
from livechat_plugin.core.durations import in_words
from livechat_plugin.core.moments import show_moment
from livechat_plugin.core.sessions import Session, SessionState
from livechat_plugin.core.wording.cards import PRIORITIES, card_head
from livechat_plugin.core.wording.mentions import pill


def session_line(session: Session, account: Account, name: str, now: datetime) -> tuple[str, str]:
    """One session in a list: what it is called, how things stand, and why it went to whom it went."""
    head = card_head(session, account, name)
    parts = [(head, f"<b>{escape(head)}</b>")]
    if session.priority in PRIORITIES:
        parts.append((words := " ".join(PRIORITIES[session.priority]), words))
    parts.append(_standing(session, now))
    if session.is_open and session.routing:
        parts.append((session.routing, escape(session.routing)))
    return " · ".join(text for text, _ in parts), " · ".join(html for _, html in parts)


def past_session_line(session: Session, messages: int) -> tuple[str, str]:
    """An earlier session in a history."""
    number = f"#{session.number}"
    how_many = "1 message" if messages == 1 else f"{messages} messages"
    closed = f" to {show_moment(session.closed_at)}" if session.closed_at else ""
    when = f"{show_moment(session.opened_at)}{closed}"
    by = f"served by {session.operator}" if session.operator else "served by nobody"
    by_html = f"served by {pill(session.operator)}" if session.operator else by
    name = f" ({session.name})" if session.name else ""
    end = [session.outcome] if session.outcome else []
    text = " · ".join([f"{number}{name}", when, by, how_many, session.subject, *end])
    html = " · ".join(
        [
            f"<b>{number}</b>{escape(name)}",
            when,
            by_html,
            how_many,
            escape(session.subject),
            *map(escape, end),
        ]
    )
    return text, html


def room_link(room_id: str, server_name: str) -> tuple[str, str]:
    """A link that opens a room; its id alone does not say where it is."""
    address = f"https://matrix.to/#/{room_id}?via={server_name}"
    return address, f'<a href="{escape(address)}">open its room</a>'


def listed(title: str, lines: Sequence[tuple[str, str]], end: str = "") -> tuple[str, str]:
    """A list with its title, and maybe a last line."""
    text = "\n".join([title, *(line for line, _ in lines), *([end] if end else [])])
    rows = "".join(f"<li>{html}</li>" for _, html in lines)
    return text, f"{escape(title)}<ul>{rows}</ul>{escape(end)}"


def _standing(session: Session, now: datetime) -> tuple[str, str]:
    match session.state:
        case SessionState.ACTIVE:
            return f"served by {session.operator}", f"served by {pill(session.operator or '')}"
        case SessionState.CLOSED:
            closed = f"closed {show_moment(session.closed_at)}" if session.closed_at else "closed"
            if session.operator is None:
                return closed, closed
            return f"{closed}, served by {session.operator}", f"{closed}, served by {pill(session.operator)}"
        case _:
            waits = f"waiting for {in_words(now - (session.waiting_since or session.opened_at))}"
            if session.offered_to:
                waits = f"{waits}, handed to {session.offered_to}"
            return waits, escape(waits)
