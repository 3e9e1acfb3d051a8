"""Deleting what is older than it may become: a little at a time, beside everything else (requirement E18)."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import structlog

from livechat_plugin.core.errors import ConcurrentChange, StoreUnavailable
from livechat_plugin.services.deliveries import RETENTION_LANE, DeleteFiles
from livechat_plugin.services.files_said import files_of
from livechat_plugin.services.ports import Clock, Meter, Store

log = structlog.get_logger()

BATCH = 200
"""Rows in one unit of work: other writers wait for it some milliseconds at most."""

PAUSE = 0.1
"""Seconds between two of them, so that messages go before."""

EVERY = 3600.0
"""Seconds between two looks for what is old."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Days after which something goes; 0 for never."""

    messages_days: int = 0
    audit_days: int = 0


@dataclass(frozen=True, slots=True)
class Retention:
    """Deletes what is old, as long as it runs.

    Attributes:
        limits: what is set at this moment.
    """

    store: Store
    clock: Clock
    meter: Meter
    limits: Callable[[], Limits]

    async def run(self) -> None:
        """Look once in an hour, until cancelled."""
        while True:
            try:
                await self.look()
            except (StoreUnavailable, ConcurrentChange) as error:
                log.warning("what is old stays until the next look", reason=str(error))
            await asyncio.sleep(EVERY)

    async def look(self) -> None:
        """Delete everything that is too old now."""
        limits, now = self.limits(), self.clock.now()
        after: int | None = 0 if limits.messages_days else None
        while after is not None:
            async with self.store.begin() as work:
                before = now - timedelta(days=limits.messages_days)
                expired = await work.retention.messages(before, after, BATCH)
                for of, files in files_of(expired.contents).items():
                    if files:
                        delete = DeleteFiles(tuple(sorted(files)), of.user_id, of.or_we)
                        await work.outbox.add(RETENTION_LANE, delete)
                await work.commit()
            after = expired.after
            await self._rest("messages", expired.deleted)
        deleted = BATCH if limits.audit_days else 0
        while deleted == BATCH:
            async with self.store.begin() as work:
                deleted = await work.retention.audit(now - timedelta(days=limits.audit_days), BATCH)
                await work.commit()
            await self._rest("audit", deleted)

    async def _rest(self, what: str, deleted: int) -> None:
        if deleted:
            self.meter.count("retention_batches", what)
            await asyncio.sleep(PAUSE)
