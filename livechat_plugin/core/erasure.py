"""The erasure of one customer's data: in which steps it goes, and what is told of it (requirement E18)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

MOST_FILES = 1_000
"""Files that a report names."""


class ErasureStep(StrEnum):
    """What is done, in this order."""

    CLOSE = "close"
    SETTLE = "settle"
    FILES = "files"
    ROOMS = "rooms"
    GHOSTS = "ghosts"
    ITEMS = "items"
    AUDIT = "audit"
    MESSAGES = "messages"
    ROWS = "rows"


@dataclass(frozen=True, slots=True)
class ErasureReport:
    """What became of the data of one customer, without a word of whose data it was.

    Attributes:
        account_id: number of the account that was erased; it is never given again.
        asked_by: who ordered it.
        asked_at: when, as text in UTC.
        ended_at: when it was done; None while it is under way.
        erased: how much, by what it was.
        remains: what is still there, each with the reason and what to do about it.
    """

    account_id: int
    asked_by: str
    asked_at: str
    ended_at: str | None = None
    erased: Mapping[str, int] = field(default_factory=dict)
    remains: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    """Addresses of files that nobody but a server administrator can delete."""

    def with_more(
        self, erased: Mapping[str, int], remains: tuple[str, ...] = (), files: frozenset[str] = frozenset()
    ) -> "ErasureReport":
        """The same with what was found and done since."""
        counted = dict(self.erased)
        for what, number in erased.items():
            if number:
                counted[what] = counted.get(what, 0) + number
        new = tuple(line for line in dict.fromkeys(remains) if line not in self.remains)
        return replace(
            self,
            erased=counted,
            remains=self.remains + new,
            files=tuple(sorted(files.union(self.files)))[:MOST_FILES],
        )

    @property
    def pseudonym(self) -> str:
        """What stands in the audit log in place of the customer."""
        return pseudonym(self.account_id)


def pseudonym(account_id: int) -> str:
    """What stands in the audit log in place of a customer."""
    return f"erased customer {account_id}"


def mentions(external_id: str) -> re.Pattern[str]:
    """Finds an id in a text or in JSON where it stands by itself, and not as a part of a longer one.

    A number stands for many things, so it counts only as the whole of a string in JSON.
    """
    it = re.escape(external_id)
    if external_id.isdecimal():
        return re.compile(rf'(?<="){it}(?=")')
    # In JSON a line's end is written with a letter.
    begins = "" if external_id.startswith("@") else r"(?:(?<![A-Za-z0-9_])|(?<=\\[bfnrt]))"
    return re.compile(rf"{begins}{it}(?![A-Za-z0-9_]|[.:\-]+[A-Za-z0-9])")
