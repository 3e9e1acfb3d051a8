"""What is said to somebody who fills in a form, question by question."""

from collections.abc import Mapping
from html import escape

from livechat_plugin.core.apps import Field

NOTHING_IS_ASKED = "Nothing is being asked here. Write !help for the commands."
CANCELLED = "Ended. Nothing was changed."
FORM_IS_GONE = "These questions cannot go on after an update. Please write the command again."


def questions_broke(reason: str) -> str:
    """For somebody whose answers led to a fault of ours."""
    return f"The questions cannot go on: {reason}. Nothing was changed."


def question(field: Field, errors: Mapping[str, str], *, is_among_colleagues: bool) -> tuple[str, str]:
    """The next question of a form, after what was wrong with the answers before.

    Args:
        field: what is asked.
        errors: the reasons by field key.
        is_among_colleagues: whether it is asked in a session room, where plain words go to the customer.
    """
    wrong = [reason if key == field.key else f"{key}: {reason}" for key, reason in errors.items()]
    wrong = [f"{reason[:1].upper()}{reason[1:].rstrip('.')}." for reason in wrong]
    mark = "" if field.label.endswith("?") else "?"
    asked, explained = f"{field.label}{mark}", field.help.strip()
    hints = ["Reply to this message, or write !answer and your answer."] if is_among_colleagues else []
    if field.choices:
        hints.append("A number is enough.")
    if not field.is_required:
        hints.append("- leaves it empty.")
    hints.append("!cancel ends the questions.")
    choices = [f"{number}. {choice}" for number, choice in enumerate(field.choices, start=1)]
    text = "\n".join([*wrong, " ".join(filter(None, (asked, explained))), *choices, " ".join(hints)])
    html = "<br>".join(
        [
            *(escape(reason) for reason in wrong),
            " ".join(filter(None, (f"<b>{escape(asked)}</b>", escape(explained)))),
        ]
    )
    if choices:
        html += "<ol>" + "".join(f"<li>{escape(choice)}</li>" for choice in field.choices) + "</ol>"
    else:
        html += "<br>"
    return text, f"{html}<i>{escape(' '.join(hints))}</i>"
