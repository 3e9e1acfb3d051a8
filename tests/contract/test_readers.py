"""Units of work for looking only change nothing, whatever they are asked."""

import pytest

from livechat_plugin.core.errors import StoreUnavailable
from livechat_plugin.services.deliveries import ShowCard
from livechat_plugin.store.database import Database


async def _write_while_looking(database: Database) -> None:
    async with database.read() as unit:
        await unit.outbox.add("lane", ShowCard(1))
        await unit.commit()


async def test_what_a_reader_writes_is_not_kept(database_url: str) -> None:
    database = Database(database_url, print, print)
    # PostgreSQL refuses the row, SQLite's reader the commit.
    with pytest.raises((RuntimeError, StoreUnavailable)):
        await _write_while_looking(database)
    async with database.read() as unit:
        assert await unit.outbox.pending(0, 10) == []
    await database.close()
