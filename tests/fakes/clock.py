"""Time that passes only when a test says so."""

from datetime import UTC, datetime, timedelta


class FakeClock:
    """Implements the `Clock` port."""

    def __init__(self) -> None:
        self._now = datetime(2026, 1, 1, 9, tzinfo=UTC)
        self._elapsed = timedelta()

    def now(self) -> datetime:
        """The same moment until `advance`."""
        return self._now

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self._now += timedelta(seconds=seconds)
        self._elapsed += timedelta(seconds=seconds)

    def elapsed(self) -> timedelta:
        """What `advance` was told in all."""
        return self._elapsed

    def jump(self, seconds: float) -> None:
        """Somebody sets the clock on the wall."""
        self._now += timedelta(seconds=seconds)
