from collections.abc import Collection, Container, Sequence
from datetime import UTC, datetime

from livechat_plugin.services.causes import Causes
from livechat_plugin.services.deliveries import Delivery, Payload
from livechat_plugin.store.codec import payload_to_json
from tests.fakes.stored import Repository, Unit, in_utc


class FakeOutbox(Repository):
    def __init__(self, unit: Unit) -> None:
        super().__init__(unit)
        self.added: list[Delivery] = []
        self._causes = Causes()
        self.because_of = self._causes.because_of

    async def add(self, lane: str, payload: Payload, due_at: datetime | None = None) -> None:
        token = self._causes.token(payload_to_json(payload))  # It refuses what cannot be kept.
        due_at = in_utc(due_at) if due_at is not None else None
        earlier = [
            owed.id for owed in self._all.deliveries.values() if owed.lane == lane and owed.due_at is None
        ]
        delivery = Delivery(
            self._all.next_id("deliveries"),
            lane,
            token,
            payload,
            due_at,
            max(earlier, default=None),
        )
        self._all.deliveries[delivery.id] = delivery
        self.added.append(delivery)

    async def pending(
        self,
        after: int,
        limit: int,
        known: Container[int] = (),
        due_by: datetime | None = None,
        slots: Collection[int] | None = None,
    ) -> Sequence[Delivery]:
        pending = [
            owed
            for owed in self._all.deliveries.values()
            if (due_by is None or owed.due_at is None or owed.due_at <= due_by)
            and (slots is None or owed.slot in slots)
        ]
        return [owed for owed in pending if owed.id > after and owed.id not in known][:limit]

    async def owes(self, lane: str) -> bool:
        return any(owed.lane == lane and owed.due_at is None for owed in self._all.deliveries.values())

    async def done(self, delivery_id: int) -> bool:
        return self._all.deliveries.pop(delivery_id, None) is not None

    async def all_done(self, delivery_ids: Collection[int]) -> frozenset[int]:
        return frozenset([number for number in set(delivery_ids) if await self.done(number)])

    async def failed(self, delivery_id: int, reason: str) -> bool:
        delivery = self._all.deliveries.pop(delivery_id, None)
        if delivery is not None:
            self._all.failed[delivery_id] = (delivery, reason)
            self._all.failed_at[delivery_id] = datetime.now(UTC)
        return delivery is not None

    async def forget_failed(self, before: datetime) -> None:
        for delivery_id in [number for number, at in self._all.failed_at.items() if at < before]:
            del self._all.failed[delivery_id], self._all.failed_at[delivery_id]
