"""The bus, with nobody on it but the test."""

from collections.abc import Collection

from livechat_plugin.services.bus import Silent


class FakeBus(Silent):
    """Keeps what is told."""

    def __init__(self) -> None:
        self.is_alone = True
        self.slots: list[int] = []
        self.topics: list[str] = []

    def tell(self, slots: Collection[int] = (), topics: Collection[str] = ()) -> None:
        """Remember it."""
        self.slots.extend(slots)
        self.topics.extend(topics)
