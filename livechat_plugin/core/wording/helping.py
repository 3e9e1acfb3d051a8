"""What `!help` answers."""

from collections.abc import Sequence
from html import escape

HELP_IN_QUEUE = "Each waiting session has a card here. A reaction to the card takes the session."
HELP_FOR_SUPERVISORS = "You see every session of the live chat, and give them to whom you like."
HELP_IN_SESSION = "What the operator of the session writes here reaches the customer; commands stay inside."
HELP_FROM_BOT = "I am the live chat's bot. This is what you can write to me:"

Lines = Sequence[tuple[str, str]]
"""Commands: how each is written, and what it does."""


def help_shown(explanation: str, groups: Sequence[tuple[str, Lines]]) -> tuple[str, str]:
    """The commands that somebody may use, under their headings; as text and HTML. A single group needs no heading."""
    text, html = [explanation], [f"<p>{escape(explanation)}</p>"]
    for heading, lines in groups:
        if len(groups) > 1:
            text += ["", f"{heading}:"]
            html.append(f"<p><strong>{escape(heading)}</strong></p>")
        text += [f"{usage}  {summary}" for usage, summary in lines]
        rows = "".join(f"<li><code>{escape(usage)}</code> {escape(summary)}</li>" for usage, summary in lines)
        html.append(f"<ul>{rows}</ul>")
    return "\n".join(text), "".join(html)
