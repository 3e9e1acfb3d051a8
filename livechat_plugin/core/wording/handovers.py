"""What is said when a session goes from one person to another."""

from html import escape

from livechat_plugin.core.sessions import Session
from livechat_plugin.core.wording.mentions import pill


def taken_by(session: Session) -> str:
    """For those who leave the session room because somebody took the session."""
    return f"Session #{session.number} is served by {session.operator} now."


def given_to_you(number: int, by: str) -> tuple[str, str]:
    """For the operator to whom somebody gave a session."""
    end = f" gave you session #{number}. Accept the invitation to its room."
    return f"{by}{end}", f"{pill(by)}{escape(end)}"


def given_away(number: int, by: str, to: str) -> tuple[str, str]:
    """For the operator whose session somebody gave to another."""
    middle = f" gave session #{number} to "
    return f"{by}{middle}{to}.", f"{pill(by)}{escape(middle)}{pill(to)}."


def taken_over(number: int, by: str) -> tuple[str, str]:
    """For the operator whose session a supervisor took."""
    end = f" took session #{number} over."
    return f"{by}{end}", f"{pill(by)}{escape(end)}"


def now_given(number: int, to: str) -> tuple[str, str]:
    """For the supervisor who gave a session to somebody."""
    start = f"Session #{number} is given to "
    return f"{start}{to}.", f"{escape(start)}{pill(to)}."


def handed_over(number: int, by: str, to: str, note: str) -> tuple[str, str]:
    """In the session room, for the new operator to read."""
    start, end = f" handed session #{number} to ", f".{_note(note)}"
    return f"{by}{start}{to}{end}", f"{pill(by)}{escape(start)}{pill(to)}{escape(end)}"


def handed_to_group(by: str, group: str) -> str:
    """On the card of a session that was handed to a group."""
    return f"{by} handed it to the group {group}."


def for_the_group(number: int, by: str, group: str, note: str) -> tuple[str, str]:
    """In the session room, for the members of the group to read."""
    start = f" handed session #{number} to the group {group}. Who writes !take serves it."
    end = _note(note)
    return f"{by}{start}{end}", f"{pill(by)}{escape(start)}{escape(end)}"


def _note(note: str) -> str:
    return f" Note: {note}" if note else ""
