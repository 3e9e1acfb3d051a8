"""How fast each customer may write before what they write is passed on more slowly."""

from datetime import timedelta

from livechat_plugin.services.ports import Clock

MINUTE = timedelta(minutes=1)
REMEMBERED = 10_000
"""Customers who wrote lately, after whose number those are forgotten who have the whole of their minute again."""


class Pace:
    """Counts in memory, by the process's own time: a new process begins anew, and each replica counts for itself.

    A customer may write a minute's messages at once; after that one for each part of a minute that has passed.

    Args:
        clock: tells how time passes.
        per_minute: messages, edits, reactions and deletions together; 0 for any number.
    """

    def __init__(self, clock: Clock, per_minute: int) -> None:
        self.per_minute = per_minute
        self._clock = clock
        self._free_at: dict[int, timedelta] = {}

    def allows(self, account_id: int) -> bool:
        """Whether a customer may write one more right now; what is not allowed is not counted."""
        if self.per_minute <= 0:
            return True
        now = self._clock.elapsed()
        free_at = max(self._free_at.get(account_id, now), now) + MINUTE / self.per_minute
        if free_at - now > MINUTE:
            return False
        if account_id not in self._free_at and len(self._free_at) >= REMEMBERED:
            self._free_at = {known: free for known, free in self._free_at.items() if free > now}
        self._free_at[account_id] = free_at
        return True
