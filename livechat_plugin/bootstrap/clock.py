"""The clock on the wall."""

from datetime import UTC, datetime


class SystemClock:
    """Implements the `Clock` port."""

    def now(self) -> datetime:
        """The present moment."""
        return datetime.now(UTC)
