"""What stands on the card of a session in the queue room."""

from html import escape

from livechat_plugin.core.conversations import Account
from livechat_plugin.core.sessions import Session, SessionState
from livechat_plugin.core.wording.mentions import pill

TAKE_REACTION = "✋"

NETWORKS = {"matrix": "Matrix"}
"""How networks are called on cards."""


def card(session: Session, account: Account, operator_name: str | None = None) -> tuple[str, str]:
    """The card of a session in the queue room, as text and as HTML."""
    network = NETWORKS.get(account.network, account.network)
    state, state_html = _standing(session, operator_name)
    head = f"#{session.number} {account.display_name} · {network}"
    body = f"{head}\n{session.subject}\n{state}"
    html = f"<b>{escape(head)}</b><br>{escape(session.subject)}<br>{state_html}"
    return body, html


def _standing(session: Session, operator_name: str | None) -> tuple[str, str]:
    number = session.number
    operator = operator_name or session.operator or ""
    mention = pill(session.operator or "", operator_name)
    match session.state:
        case SessionState.OPENING | SessionState.WAITING:
            text = f"Waiting. Take it with a reaction to this message or with !take {number}"
            html = f"🟡 <i>Waiting. Take it with a reaction to this message or with <code>!take {number}</code></i>"
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
