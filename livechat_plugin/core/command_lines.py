"""Commands as people type them: `!take 12`. Whatever begins with "!!" is meant literally."""

from collections.abc import Collection
from dataclasses import dataclass
from difflib import get_close_matches

PREFIX = "!"

LARGEST_NUMBER = 2**31 - 1
"""What the database can count up to; asked for more, it would answer with an error."""


@dataclass(frozen=True, slots=True)
class CommandLine:
    """A command's name in lower case, and the rest of the line."""

    name: str
    argument: str


def read_command(text: str) -> CommandLine | None:
    """The command in a message; None when the message is meant for people.

    A lone "!" or one before a space or another "!" is no command: people write "!!!" and "! important".
    """
    if not text.startswith(PREFIX) or len(text) < 2 or not text[1].isalpha():
        return None
    name, *argument = text[1:].split(maxsplit=1)
    return CommandLine(name.lower(), argument[0].rstrip() if argument else "")


def unescape(text: str) -> str:
    """What to send for a text that begins with "!!": the same with one "!"; any other text as it is."""
    return text[1:] if text.startswith(PREFIX * 2) and len(text) > 2 and text[2].isalpha() else text


def read_number(argument: str) -> int | None:
    """A session number as people write it: `12` or `#12`; None for what cannot be one."""
    digits = argument.strip().removeprefix("#")
    if not (digits.isascii() and digits.isdigit()) or len(digits) > len(str(LARGEST_NUMBER)):
        return None
    number = int(digits)
    return number if number <= LARGEST_NUMBER else None


def nearest(name: str, known: Collection[str]) -> str | None:
    """The command that was probably meant."""
    near = get_close_matches(name, known, 1)
    return near[0] if near else None
