"""What is made of measurements: percentiles, comparisons with what is aimed at, and a report of one part."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any


def percentile(values: Sequence[float], percent: float) -> float:
    """The value below which so many percent of the values lie, interpolated between neighbours.

    Every value counts: none is left out for being unusual.
    """
    if not values:
        raise ValueError("there is nothing to take a percentile of")
    ordered = sorted(values)
    place = (len(ordered) - 1) * percent / 100
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)


def median(values: Sequence[float]) -> float:
    """The middle one."""
    return percentile(values, 50)


def is_in_order(numbers: Sequence[int], count: int) -> bool:
    """Whether these are all the numbers from 0 up to `count`, each once and in order."""
    return list(numbers) == list(range(count))


@dataclass(frozen=True, slots=True)
class Latencies:
    """How long something took, each time, in seconds."""

    seconds: Sequence[float]

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self.seconds)

    def milliseconds(self, percent: float) -> float:
        """A percentile."""
        return percentile(self.seconds, percent) * 1000

    def cells(self) -> list[str]:
        """Count, p50, p95 and p99, for a row of a table."""
        return [str(self.count), *(f"{self.milliseconds(percent):.1f}" for percent in (50, 95, 99))]

    def figures(self) -> dict[str, float]:
        """The same for JSON."""
        return {"count": self.count} | {
            f"p{percent}_ms": self.milliseconds(percent) for percent in (50, 95, 99)
        }


@dataclass(frozen=True, slots=True)
class Check:
    """A figure held against what is aimed at."""

    what: str
    value: str
    target: str
    is_met: bool


def at_most(what: str, value: float, limit: float, unit: str = "") -> Check:
    """A figure that must not be greater than the limit."""
    return Check(what, f"{value:.2f}{unit}", f"≤ {limit:g}{unit}", value <= limit)


def at_least(what: str, value: float, limit: float, unit: str = "") -> Check:
    """A figure that must not be smaller than the limit."""
    return Check(what, f"{value:.2f}{unit}", f"≥ {limit:g}{unit}", value >= limit)


def is_true(what: str, holds: bool, target: str) -> Check:  # noqa: FBT001 -- the outcome is what it is about
    """Something that must be so."""
    return Check(what, "yes" if holds else "no", target, holds)


@dataclass(slots=True)
class Report:
    """What one part has to tell.

    Attributes:
        title: its heading.
        columns: the table's columns; the first one names the row.
        rows: the table's rows.
        checks: what is held against a target.
        notes: circumstances a reader must know to judge the figures.
        figures: the same numbers for a machine.
    """

    title: str
    columns: Sequence[str]
    rows: list[Sequence[str]] = field(default_factory=list)
    checks: list[Check] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    figures: dict[str, Any] = field(default_factory=dict)
