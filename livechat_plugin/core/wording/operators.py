"""What is said to one operator, about what they did or tried."""

from html import escape

from livechat_plugin.core.conversations import Account
from livechat_plugin.core.errors import NotItsOperator
from livechat_plugin.core.live_chats import LiveChat
from livechat_plugin.core.sessions import Session
from livechat_plugin.core.wording.mentions import pill

NOTED_REACTION = "📝"


def already_taken(number: int, operator: str) -> tuple[str, str]:
    """For the operator who was a moment too late."""
    return f"{operator} already has session #{number}.", f"{pill(operator)} already has session #{number}."


def now_yours(number: int) -> str:
    """For the operator who took a session by command."""
    return f"Session #{number} is yours. Accept the invitation to its room."


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


def not_sent(why: Exception) -> str:
    """For an operator whose words stay inside for a reason that stands for itself."""
    return f"Not sent to the customer. {why}"


def command_slipped() -> str:
    """For somebody whose command is none, and might be a note: after a space, or as the caption of a file."""
    return (
        "Not sent to the customer: this looks like a command. A command begins with ! at once, and is no caption; "
        "what begins with !! is sent."
    )


def edit_is_no_command() -> str:
    """For somebody who turned an earlier message into a command."""
    return "Not carried out, and not sent to the customer: a command must be a new message, not an edit."


def edit_of_unsent() -> str:
    """For an operator who edits what was not sent, such as a mistyped command, into an answer."""
    return "Not sent to the customer: they never got the message that you edited. Write it as a new one."


def reply_stays_inside() -> str:
    """For an operator who replies to a note, or to a word of ours, which may be meant for colleagues."""
    return (
        "Not sent to the customer: you replied to something that they never saw. "
        "If it is meant for them, write it without the reply."
    )


def only_its_operator(refusal: NotItsOperator) -> tuple[str, str]:
    """For somebody who wants to close, transfer or rename a session that is not theirs."""
    text = str(refusal)
    if refusal.operator is None:
        return text, escape(text)
    start, end = text.split(refusal.operator, 1)
    return text, escape(start) + pill(refusal.operator) + escape(end)


def not_delivered(reason: str) -> str:
    """For the operator whose message did not reach the customer."""
    return f"This did not reach the customer: {reason}"


def name_not_shown(operator: str, live_chat: LiveChat, reason: str) -> str:
    """For the operators, when the customer cannot be shown who serves them."""
    return f"The customer does not see the name of {operator}, but only {live_chat.name} ({reason})."


def name_put_out(operator: str, account: Account, live_chat: LiveChat) -> str:
    """For the operators, when the customer put the operator's ghost out of the chat."""
    return f"{account.display_name} removed {operator} from the chat, and sees only {live_chat.name} from now on."


def customer_keeps(account: Account) -> str:
    """For an operator who deletes a message that the customer took along."""
    return f"{account.display_name} has left the chat, and still has the message that you deleted."


def removal_reason(number: int) -> str:
    """What an operator reads who is taken out of the room of a closed session."""
    return f"Session #{number} is closed, there is nothing more to do here. You are invited again when you take another."


BOT_NAME = "Live chats"
BOT_HELLO = "Hello! I am the live chat's bot. Write !help to see what I can do."

INTERNAL_ERROR = "an internal error; the administrators find it in the log"
