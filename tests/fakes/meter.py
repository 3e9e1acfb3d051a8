"""Counts what happens, for tests to look at."""

from collections import Counter

from livechat_plugin.services.ports import METERS


class FakeMeter:
    """Implements the `Meter` port."""

    def __init__(self) -> None:
        self.counts: Counter[tuple[str, str]] = Counter()

    def count(self, what: str, label: str = "") -> None:
        """Count one occurrence of something that is in `METERS`."""
        assert what in METERS
        self.counts[what, label] += 1

    def of(self, what: str, label: str = "") -> int:
        """How often it happened."""
        return self.counts[what, label]
