"""What is owed to the outside, as the use cases see it."""

from collections.abc import Collection, Container, Sequence
from datetime import datetime
from typing import Protocol

from livechat_plugin.services.deliveries import Delivery, Payload


class OutboxRepository(Protocol):
    """Deliveries not made yet; a row disappears with the commit that keeps its effects."""

    def because_of(self, cause: str | None) -> None:
        """What is added from now on follows from this: its tokens are derived from it, instead of by chance.

        So a database that was restored owes the same again under the same tokens. The cause is the id of an event, or
        the token of a delivery.
        """
        ...

    async def add(self, lane: str, payload: Payload, due_at: datetime | None = None) -> None:
        """Owe something to the outside world.

        Raises:
            ValueError: a field of the payload holds something that cannot be kept.
        """
        ...

    async def pending(
        self,
        after: int,
        limit: int,
        known: Container[int] = (),
        due_by: datetime | None = None,
        slots: Collection[int] | None = None,
    ) -> Sequence[Delivery]:
        """The next ones with an id above `after`, in order, at most `limit`, and none whose id is `known`.

        With `due_by` none that is due later; how many there are of those costs nothing.
        With `slots` none of other lanes than theirs.
        One that cannot be read is left out, and given up with the reason when this unit of work is over.
        """
        ...

    async def owes(self, lane: str) -> bool:
        """Whether something is owed in this lane that is due already."""
        ...

    async def done(self, delivery_id: int) -> bool:
        """Strike it off; False if that has happened already."""
        ...

    async def all_done(self, delivery_ids: Collection[int]) -> frozenset[int]:
        """Strike several off; those of them for which that had not happened yet."""
        ...

    async def failed(self, delivery_id: int, reason: str) -> bool:
        """Give it up, keeping the row with the reason; False if it is not pending any more."""
        ...

    async def forget_failed(self, before: datetime) -> None:
        """Forget those given up before this time: they hold what people wrote."""
        ...
