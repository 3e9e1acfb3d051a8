"""How well customers are served, in numbers that can be added up."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

WITHIN = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=15))
"""First answers are counted that came within these times."""


@dataclass(frozen=True, slots=True)
class Figures:
    """Sums over some sessions, each counted when it opened.

    Attributes:
        opened: how many sessions there were.
        answered: how many of them an operator has answered.
        answer_seconds: all their times until the first answer together.
        within: how many were answered within each of the times `WITHIN`.
        closed: how many are over.
        lasted_seconds: all their durations together.
    """

    opened: int = 0
    answered: int = 0
    answer_seconds: int = 0
    within: tuple[int, int, int] = (0, 0, 0)
    closed: int = 0
    lasted_seconds: int = 0

    def __add__(self, other: "Figures") -> "Figures":
        first, second, third = (mine + theirs for mine, theirs in zip(self.within, other.within, strict=True))
        return Figures(
            self.opened + other.opened,
            self.answered + other.answered,
            self.answer_seconds + other.answer_seconds,
            (first, second, third),
            self.closed + other.closed,
            self.lasted_seconds + other.lasted_seconds,
        )

    @property
    def first_response(self) -> timedelta | None:
        """The average time until the first answer; None if nothing was answered."""
        return timedelta(seconds=round(self.answer_seconds / self.answered)) if self.answered else None

    @property
    def duration(self) -> timedelta | None:
        """The average duration; None if none is over."""
        return timedelta(seconds=round(self.lasted_seconds / self.closed)) if self.closed else None

    @property
    def within_percent(self) -> tuple[int, int, int] | None:
        """Percent of the answered that were answered within each of the times `WITHIN`."""
        if not self.answered:
            return None
        first, second, third = (round(100 * count / self.answered) for count in self.within)
        return first, second, third


NOTHING = Figures()


def total(figures: Iterable[Figures]) -> Figures:
    """All together."""
    return sum(figures, NOTHING)
