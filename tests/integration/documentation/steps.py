"""Reading the pages: each `chat` and `sh` block as steps, in the order of the page."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

_FENCE = re.compile(r"^```(chat|sh)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_WRITTEN = re.compile(
    r"(?P<who>\w+) (?P<deed>in|replies in|reacts in) (?P<place>[^>]+)> (?P<text>.+)", re.DOTALL
)
_SEEN = re.compile(r"(?P<place>[^>]+)> (?P<text>.+)", re.DOTALL)
_OUTPUT = "# → "


class CannotBeRead(AssertionError):
    """A line of a block is none of those that CONTRIBUTING.md explains."""


@dataclass(frozen=True)
class Written:
    """Somebody writes in a place, or reacts to what was seen there last."""

    where: str
    who: str
    deed: str
    place: str
    text: str


@dataclass(frozen=True)
class Seen:
    """Something is seen in a place."""

    where: str
    place: str
    text: str


@dataclass(frozen=True)
class Run:
    """A command is run; its output has these lines."""

    where: str
    command: str
    output: tuple[str, ...]


@dataclass(frozen=True)
class Section:
    """A new section: the numbers of the one before mean nothing any more."""

    where: str


Step = Written | Seen | Run | Section


def steps_of(page: str, text: str) -> Iterator[Step]:
    """The steps of a page; `page` is its name, for failures."""
    section = 0
    for found in _FENCE.finditer(text):
        line = text.count("\n", 0, found.start()) + 2
        heading = text.count("\n## ", 0, found.start())
        if heading != section:
            section = heading
            yield Section(f"{page}:{line}")
        read = _chat if found[1] == "chat" else _shell
        yield from read(page, line, found[2])


def _chat(page: str, first: int, block: str) -> Iterator[Step]:
    for line, text in _logical(block, is_continued=lambda _, following: following[:1].isspace()):
        where = f"{page}:{first + line}"
        if written := _WRITTEN.fullmatch(text):
            yield Written(where, written["who"], written["deed"], written["place"], written["text"])
        elif seen := _SEEN.fullmatch(text):
            yield Seen(where, seen["place"], seen["text"])
        else:
            raise CannotBeRead(f"{where}: {text!r} is neither `name in place> text` nor `place> text`")


def _shell(page: str, first: int, block: str) -> Iterator[Step]:
    command, where, output = "", "", []
    for line, text in _logical(block, is_continued=lambda text, _: text.endswith("\\")):
        if text.startswith(_OUTPUT):
            output.append(text.removeprefix(_OUTPUT))
        elif not text.startswith("#"):
            if command:
                yield Run(where, command, tuple(output))
            command, where, output = text, f"{page}:{first + line}", []
    if command:
        yield Run(where, command, tuple(output))


def _logical(block: str, is_continued: Callable[[str, str], bool]) -> Iterator[tuple[int, str]]:
    """The lines of a block with what continues them, without the empty ones."""
    begun: tuple[int, str] | None = None
    for number, line in enumerate(block.splitlines()):
        if not line.strip():
            continue
        if begun is not None and is_continued(begun[1], line):
            begun = begun[0], f"{begun[1]}\n{line.strip()}"
            continue
        if begun is not None:
            yield begun
        begun = number, line.rstrip()
    if begun is not None:
        yield begun
