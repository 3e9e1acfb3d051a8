"""Every word that the plugin itself says to people, in one place."""

from html import escape

from livechat_plugin.core.conversations import Account
from livechat_plugin.core.live_chats import LiveChat
from livechat_plugin.core.sessions import Session, SessionState

TAKE_REACTION = "✋"
NOTED_REACTION = "📝"

NETWORKS = {"matrix": "Matrix"}
"""How networks are called on cards."""


def pill(user_id: str, name: str | None = None) -> str:
    """A mention in HTML; clients show the person's name, at least where they are in the room."""
    return f'<a href="https://matrix.to/#/{escape(user_id)}">{escape(name or user_id)}</a>'


def room_name(session: Session, account: Account) -> str:
    """Name of the session room while this session is open."""
    return f"#{session.number} {account.display_name}"


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


def already_taken(number: int, operator: str) -> tuple[str, str]:
    """For the operator who was a moment too late."""
    return f"{operator} already has session #{number}.", f"{pill(operator)} already has session #{number}."


def not_relayed(session: Session | None) -> tuple[str, str]:
    """Why something written in a session room was not sent to the customer."""
    if session is None:
        text = "Not sent to the customer: no session is open here. It opens again when the customer writes."
        return text, escape(text)
    if session.operator:
        start = f"Not sent to the customer: session #{session.number} is served by "
        end = ". Notes for colleagues begin with !note."
        return start + session.operator + end, escape(start) + pill(session.operator) + escape(end)
    text = f"Not sent to the customer: nobody has taken session #{session.number} yet. Take it with !take."
    return text, escape(text)


def edit_is_no_command() -> str:
    """For somebody who turned an earlier message into a command."""
    return "Not carried out, and not sent to the customer: a command must be a new message, not an edit."


def edit_of_unsent() -> str:
    """For an operator who edits what was not sent, such as a mistyped command, into an answer."""
    return "Not sent to the customer: they never got the message that you edited. Write it as a new one."


def only_its_operator(session: Session) -> tuple[str, str]:
    """For somebody who wants to close a session that is not theirs."""
    if session.operator is None:
        text = f"Nobody has taken session #{session.number} yet. Take it with !take first."
        return text, escape(text)
    start, end = f"Session #{session.number} is served by ", ". Only they or a supervisor can close it."
    return start + session.operator + end, escape(start) + pill(session.operator) + escape(end)


def not_delivered(reason: str) -> str:
    """For the operator whose message did not reach the customer."""
    return f"This did not reach the customer: {reason}"


def customer_keeps(account: Account) -> str:
    """For an operator who deletes a message that the customer took along."""
    return f"{account.display_name} has left the chat, and still has the message that you deleted."


def customer_not_delivered(live_chat: LiveChat) -> str:
    """For the customer whose message did not reach the operators."""
    return f"Sorry, this message could not be passed on to {live_chat.name}. Please send it again."


def access_refused(live_chat: LiveChat, administrators: tuple[str, ...]) -> str:
    """For somebody who is not among the live chat's customers (requirement S3)."""
    whom = f" Please ask {' or '.join(administrators)}." if administrators else ""
    return f"{live_chat.name} is not open to you.{whom}"


def direct_chats_only(live_chat_name: str) -> str:
    """For somebody who invited a live chat into a room with others."""
    return f"{live_chat_name} answers in direct chats only. Start a direct chat with me."


CUSTOMER_ROOM_IS_EMPTY = "The customer has left."
"""In the room that a customer has left, when we leave it too."""


def moved_elsewhere(live_chat: LiveChat) -> str:
    """In the room that a customer leaves behind by opening a second direct chat."""
    return f"Your conversation with {live_chat.name} goes on in the chat that you opened last."


def encrypted(live_chat: LiveChat) -> str:
    """For a customer whose room is encrypted."""
    return (
        f"{live_chat.name} cannot read encrypted messages yet. "
        "Please leave this chat, start a new one with encryption switched off, and write again."
    )


def customer_left(account: Account) -> str:
    """For the operators: nothing can be sent any more."""
    return f"{account.display_name} has left the chat. Nothing can be sent until they open it again."


def closed_by(session: Session, operator: str) -> tuple[str, str]:
    """In the session room, when an operator closes the session."""
    start = f"Session #{session.number} was closed by "
    return f"{start}{operator}.", f"{escape(start)}{pill(operator)}."


def removal_reason(number: int) -> str:
    """What an operator reads who is taken out of the room of a closed session."""
    return f"Session #{number} is closed, there is nothing more to do here. You are invited again when you take another."


def now_yours(number: int) -> str:
    """For the operator who took a session by command."""
    return f"Session #{number} is yours. Accept the invitation to its room."


def waiting_again(session: Session) -> str:
    """In the queue room, when a session is sent back to it; a changed card alone notifies nobody."""
    return f"Session #{session.number} is waiting again."


def operator_left(operator: str) -> str:
    """On the card, when the operator of a session is gone from its room."""
    return f"{operator} left the session."


def invitation_failed(operator: str, reason: str) -> str:
    """On the card, when the operator who took the session cannot be brought into its room."""
    return f"{operator} could not be invited ({reason})."


def room_failed(session: Session, reason: str) -> str:
    """In the queue room, when a session cannot be given its room."""
    return (
        f"The room of session #{session.number} could not be made ({reason}). It is tried again each minute."
    )


INTERNAL_ERROR = "an internal error; the administrators find it in the log"

BOT_HELLO = "Hello! I am the live chat's bot. Write !help to see what I can do."
