"""What stands on the card of a session in the queue room."""

from html import escape

from livechat_plugin.core.conversations import Account
from livechat_plugin.core.session_names import CHANNELS
from livechat_plugin.core.sessions import Priority, Session, SessionState
from livechat_plugin.core.wording.mentions import pill

TAKE_REACTION = "✋"

PRIORITIES = {
    Priority.LOW: ("🔵", "low priority"),
    Priority.MEDIUM: ("🟠", "medium priority"),
    Priority.HIGH: ("🔴", "high priority"),
}
"""How priorities are marked."""


def card(session: Session, account: Account, name: str, operator_name: str | None = None) -> tuple[str, str]:
    """The card of a session in the queue room, as text and as HTML.

    Args:
        session: as it stands now.
        account: its customer.
        name: how the session is called.
        operator_name: how its operator is called, if it has one.
    """
    state, state_html = _standing(session, operator_name)
    head = card_head(session, account, name)
    head_html = f"<b>{escape(head)}</b>"
    if session.priority in PRIORITIES:
        sign, priority = PRIORITIES[session.priority]
        head, head_html = f"{head} · {sign} {priority}", f"{head_html} · {sign} <b>{priority}</b>"
    if session.routing is not None and session.is_open:
        state, state_html = f"{session.routing}\n{state}", f"<i>{escape(session.routing)}</i><br>{state_html}"
    body = f"{head}\n{session.subject}\n{state}"
    return body, f"{head_html}<br>{escape(session.subject)}<br>{state_html}"


def card_head(session: Session, account: Account, name: str) -> str:
    """Name, customer and network; the number is always there, since people call the session by it."""
    words = name if f"#{session.number}" in name.split() else f"#{session.number} {name}"
    if account.display_name not in words:
        words = f"{words} · {account.display_name}"
    return f"{words} · {CHANNELS.get(account.network, account.network)}"


def _standing(session: Session, operator_name: str | None) -> tuple[str, str]:
    number = session.number
    operator = operator_name or session.operator or ""
    mention = pill(session.operator or "", operator_name)
    match session.state:
        case SessionState.OPENING | SessionState.WAITING:
            text = f"Waiting. Take it with a reaction to this message or with !take {number}"
            html = f"🟡 <i>Waiting. Take it with a reaction to this message or with <code>!take {number}</code></i>"
            if session.alerts:
                text, html = f"⏰ Waiting for too long. {text}", f"⏰ <b>Waiting for too long.</b> {html}"
            if session.outcome:
                text, html = f"{session.outcome} {text}", f"<i>{escape(session.outcome)}</i> {html}"
            return text, html
        case SessionState.ACTIVE:
            return f"Taken by {operator}", f"🟢 Taken by {mention}"
        case SessionState.CLOSED:
            by = f" Served by {operator}." if operator else ""
            by_html = f" Served by {mention}." if operator else ""
            why = f" {session.outcome}" if session.outcome else ""
            return f"Closed.{by}{why}", f"⚪ Closed.{by_html}{escape(why)}"


def operator_left(operator: str) -> str:
    """On the card, when the operator of a session is gone from its room."""
    return f"{operator} left the session."


def invitation_failed(operator: str, reason: str) -> str:
    """On the card, when the operator who took the session cannot be brought into its room."""
    return f"{operator} could not be invited ({reason})."


def not_available(operator: str, obstacle: str) -> str:
    """On the card, when somebody was given the session who cannot use their account."""
    return f"{operator} {obstacle}."
