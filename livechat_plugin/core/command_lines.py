"""Commands as people type them: `!take 12`. Whatever begins with "!!" is meant literally."""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches

from livechat_plugin.core.errors import Refused

PREFIX = "!"

LARGEST_NUMBER = 2**31 - 1
"""What the database can count up to; asked for more, it would answer with an error."""


@dataclass(frozen=True, slots=True)
class CommandLine:
    """A command's name in lower case, and the rest of the line."""

    name: str
    argument: str


class UnreadableArguments(Refused):
    """What stands after a command cannot be taken apart."""


@dataclass(frozen=True, slots=True)
class Arguments:
    """What stands after a command: the words, and what was written as `key=value`, the keys in lower case."""

    words: tuple[str, ...] = ()
    named: Mapping[str, str] = field(default_factory=dict)


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


# Keyboards of phones put their own quotation marks in place of those that were typed.
_QUOTES = {'"': '"', "'": "'", "“": "”", "„": "“”", "\u2018": "\u2019", "«": "»", "»": "«"}
_NAMED = re.compile(r"(?P<key>[^\W\d][\w-]*)=")


def read_arguments(text: str) -> Arguments:
    """Take apart what stands after a command, as in `contacts name="Acme Ltd." phone=+4930123456`.

    A quotation mark at the beginning of a word or right after `key=` holds everything together up to its partner;
    anywhere else it means itself, as in O'Brien. Within double quotation marks, a backslash before one of them or
    before another backslash makes it mean itself. A word that is quoted as a whole is never a `key=value`.

    Raises:
        UnreadableArguments: a quotation mark has no partner, or a key is given twice.
    """
    words: list[str] = []
    named: dict[str, str] = {}
    for key, value in _parts(text):
        if key is None:
            words.append(value)
        elif key in named:
            raise UnreadableArguments(f"{key} is given twice; write {key}=… once.")
        else:
            named[key] = value
    return Arguments(tuple(words), named)


def _parts(text: str) -> Iterator[tuple[str | None, str]]:
    at = 0
    while at < len(text):
        if text[at].isspace():
            at += 1
            continue
        key = None
        if found := _NAMED.match(text, at):
            key, at = found["key"].lower(), found.end()
        if at < len(text) and text[at] in _QUOTES:
            value, at = _quoted(text, at)
        else:
            start = at
            while at < len(text) and not text[at].isspace():
                at += 1
            value = text[start:at]
        yield key, value


def _quoted(text: str, start: int) -> tuple[str, int]:
    """What stands between a quotation mark and its partner, and where it goes on."""
    partners = _QUOTES[text[start]]
    said: list[str] = []
    at = start + 1
    while at < len(text):
        character = text[at]
        if character == "\\" and text[start] == '"' and text[at + 1 : at + 2] in {'"', "\\"}:
            said.append(text[at + 1])
            at += 2
            continue
        if character in partners and (at + 1 == len(text) or text[at + 1].isspace()):
            return "".join(said), at + 1
        said.append(character)
        at += 1
    raise UnreadableArguments(
        f"The quotation mark before {text[start + 1 : start + 21]!r} has no partner; "
        f"write {partners[-1]} at the end of what belongs together, followed by a space."
    )
