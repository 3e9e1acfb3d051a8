"""One thing found out about an installation."""

from dataclasses import dataclass
from enum import Enum


class Verdict(Enum):
    """What a finding means; the value is the sign that a person sees."""

    FINE = "✓"
    DOUBTFUL = "!"
    WRONG = "✗"


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found.

    Attributes:
        about: the part of the installation.
        fact: what is so.
        way_out: what to do about it; empty when nothing is to be done.
    """

    verdict: Verdict
    about: str
    fact: str
    way_out: str = ""


def fine(about: str, fact: str) -> Finding:
    """A part that is as it should be."""
    return Finding(Verdict.FINE, about, fact)


def doubtful(about: str, fact: str, way_out: str) -> Finding:
    """A part that may be meant so, and often isn't."""
    return Finding(Verdict.DOUBTFUL, about, fact, way_out)


def wrong(about: str, fact: str, way_out: str) -> Finding:
    """A part without which the plugin does not work, or not safely."""
    return Finding(Verdict.WRONG, about, fact, way_out)
