"""The clock on the wall, and one that nobody can set."""

from datetime import UTC, datetime, timedelta
from time import monotonic


class SystemClock:
    """Implements the `Clock` port."""

    def now(self) -> datetime:
        """The present moment."""
        return datetime.now(UTC)

    def elapsed(self) -> timedelta:
        """Since the machine was started, or the like."""
        return timedelta(seconds=monotonic())
