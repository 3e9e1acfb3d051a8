"""What came of a run."""

import time
from collections import Counter
from dataclasses import dataclass, field


@dataclass
class Tally:
    """Counted while it runs, and by the check.

    Attributes:
        kills: by what was killed and where.
        faults: what else was done, by name.
        troubles: how many exchanges and transactions met with them, by name.
        messages: what people wrote, in both directions, edits and reactions with them.
        findings: what must not be, in words, by kind.
        told: failures that were told to who wrote it.
    """

    kills: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    troubles: Counter[str] = field(default_factory=Counter)
    messages: int = 0
    sessions: int = 0
    told: int = 0
    reactions_dropped: int = 0
    checks: int = 0
    findings: dict[str, list[str]] = field(default_factory=dict)
    began: float = field(default_factory=time.monotonic)

    def killed(self, what: str) -> None:
        """A process was killed."""
        self.kills[what] += 1

    def suffered(self, what: str) -> None:
        """Something else was done to the processes."""
        self.faults[what] += 1

    def troubled(self, what: str, times: int) -> None:
        """So many exchanges or transactions met with this."""
        self.troubles[what] += times

    def found(self, kind: str, what: str) -> None:
        """Something that must not be."""
        self.findings.setdefault(kind, []).append(what)

    @property
    def is_clean(self) -> bool:
        """Whether nothing was lost, doubled, out of order or otherwise wrong."""
        return not self.findings

    def lines(self) -> list[str]:
        """The tally as it is printed."""
        seconds = time.monotonic() - self.began
        kills = sum(self.kills.values())
        lines = [f"kills           {kills:6} in {seconds:.0f} s, {kills * 60 / max(seconds, 1):.0f} a minute"]
        lines += [f"  {count:4} {what}" for what, count in sorted(self.kills.items())]
        if self.faults:
            lines.append(f"other faults    {sum(self.faults.values()):6}")
            lines += [f"  {count:4} {what}" for what, count in sorted(self.faults.items())]
        if self.troubles:
            lines.append(f"troubled        {sum(self.troubles.values()):6} exchanges and transactions")
            lines += [f"  {count:4} {what}" for what, count in sorted(self.troubles.items())]
        lines.append(
            f"messages        {self.messages:6} in {self.sessions} sessions, checked {self.checks} times"
        )
        lines.append(f"told failures   {self.told:6}")
        for kind in KINDS:
            lines.append(f"{kind:15} {len(self.findings.get(kind, ())):6}")
        for kind, findings in self.findings.items():
            if kind not in KINDS:
                lines.append(f"{kind:15} {len(findings):6}")
            lines += [f"    {kind}: {one}" for one in findings[:SHOWN]]
        return lines


KINDS = ("lost", "doubled", "out of order", "two at once")
"""Kinds of findings that are printed also when there are none."""

SHOWN = 12
"""Findings of one kind that are printed in full."""
