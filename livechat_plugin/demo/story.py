"""Telling a story step by step: each step counts only if its effect was seen."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

import aiohttp

from livechat_plugin.core.errors import LivechatError
from livechat_plugin.demo.screen import Screen

LINE_LENGTH: Final = 160


class StoryEnds(LivechatError):
    """A step failed without which the next ones make no sense."""


class NotAsExpected(LivechatError):
    """Something was seen, but not what should have been."""


class Story:
    """Keeps count of what was seen and what was not.

    Attributes:
        seen: how many steps were seen.
        missing: the steps that were not.
    """

    def __init__(self, screen: Screen) -> None:
        self.seen = 0
        self.missing: list[str] = []
        self._screen = screen
        self._began = time.perf_counter()

    @property
    def seconds(self) -> float:
        """How long it takes so far."""
        return time.perf_counter() - self._began

    @contextmanager
    def step(self, what: str, *, is_needed: bool = False) -> Iterator[Callable[[str], None]]:
        """One step; the body gets a function to tell what was seen on the other side.

        Args:
            what: who does what.
            is_needed: whether the story cannot go on without it.

        Raises:
            StoryEnds: it failed and is needed; one that is not needed is noted and passed over.
        """
        told: list[str] = []

        def tell(what_was_seen: str) -> None:
            told.append(what_was_seen)
            came_of_it("\n".join([what, *told]))

        try:
            with self._screen.step(what) as came_of_it:
                yield tell
        except (LivechatError, aiohttp.ClientError, TimeoutError) as error:
            self.missing.append(what)
            why = [
                line if len(line) <= LINE_LENGTH else f"{line[: LINE_LENGTH - 1]}…"
                for line in str(error).splitlines()
            ]
            self._screen.failed("\n".join([what, *told]), "\n".join(why))
            if is_needed:
                raise StoryEnds(what) from error
        else:
            self.seen += 1


def expect(is_so: object, otherwise: str) -> None:
    """Go on if it is so.

    Raises:
        NotAsExpected: it is not; the message says what is instead.
    """
    if not is_so:
        raise NotAsExpected(otherwise)


def short(text: str, length: int = 96) -> str:
    """A text on one line, in quotation marks, cut to a length that fits the screen."""
    line = " ".join(text.split())
    return f"“{line if len(line) <= length else line[: length - 1].rstrip() + '…'}”"
