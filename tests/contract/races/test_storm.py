"""Everything at once, in three processes on one PostgreSQL: nothing lost or doubled, one operator each, no circle of locks.

Longer: `LIVECHAT_STORM=600 make test ARGS="tests/contract/races/test_storm.py -s"`, with `LIVECHAT_SEED=…` for one
that was seen.
"""

import asyncio
import os
import re
import sys
from collections.abc import AsyncIterator, Callable
from random import Random
from typing import Any

import asyncpg  # type: ignore[import-untyped]
import pytest

from livechat_plugin.core.sessions import SessionState
from livechat_plugin.store.postgresql import PostgresConnection
from tests.contract.races.service import ANNA, BORIS, EVE, SAM, Service
from tests.contract.races.storm import CUSTOMERS, Storm

SECONDS = float(os.environ.get("LIVECHAT_STORM", "2"))
SEED = int(os.environ.get("LIVECHAT_SEED", "0")) or Random().randint(1, 10**9)  # noqa: S311 - chance for a test


@pytest.fixture
def database_url(new_postgresql: Callable[[], str]) -> str:
    """A PostgreSQL database: on SQLite, writers wait for one another anyway."""
    return new_postgresql()


@pytest.fixture
async def storm(database_url: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Storm]:
    """Before it begins; between any two statements, others may come."""
    async with Service(database_url, processes=3).working() as service:
        await service.add_live_chat(operators=(ANNA, BORIS, EVE))
        storm = Storm(service, SEED)
        await storm.begin()
        chance, execute = Random(SEED), PostgresConnection.execute  # noqa: S311 - as above

        async def slowly(self: PostgresConnection, *arguments: Any) -> Any:
            if self.locks_rows and storm.is_raging:
                await asyncio.sleep(chance.random() * 0.003)
            return await execute(self, *arguments)

        monkeypatch.setattr(PostgresConnection, "execute", slowly)
        yield storm


async def deadlocks(url: str) -> int:
    connection = await asyncpg.connect(url.replace("+asyncpg", ""))
    try:
        await connection.execute("SELECT pg_stat_force_next_flush()")
        found: int = await connection.fetchval(
            "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
        )
        return found
    finally:
        await connection.close()


@pytest.mark.timeout(SECONDS + 180)
async def test_whatever_happens_at_once_everything_is_as_if_one_came_after_the_other(
    storm: Storm, database_url: str
) -> None:
    service = storm.service
    sys.stdout.write(f"storm: seed {SEED}, {SECONDS} s\n")
    await storm.rage(SECONDS)
    await service.settle()
    written = sum(map(len, storm.written.values()))
    sys.stdout.write(f"storm: {written} messages, refused {dict(storm.refused)}\n")
    assert storm.overtaken == []
    for customer in CUSTOMERS:
        async with service.first.store.read() as work:
            [conversation] = await work.conversations.of_customer("matrix", customer)
            view = await work.conversations.view(conversation.id)
        room = await service.session_room(conversation.id)
        copies = [
            shown.content.body  # type: ignore[union-attr]
            for shown in room.shown()
            if "_c" in shown.sender and service.naming.is_ours(shown.sender)
        ]
        assert copies == storm.written[customer]
        serving = view.session.operator if view.session else None
        present = {user for user, how in room.memberships.items() if how in {"join", "invite"}}
        assert present & {ANNA, BORIS, EVE, SAM} <= {serving, SAM}
    await every_change_is_one_version(service)
    assert await deadlocks(database_url) == 0


async def every_change_is_one_version(service: Service) -> None:
    """What was told to have happened to a session happened, one after the other."""
    async with service.first.store.read() as work:
        entries = await work.audit.entries(limit=100_000)
        opened = max(map(int, re.findall(r"#(\d+)", " ".join(entry.subject for entry in entries))))
        sessions = [await work.sessions.get(number) for number in range(1, opened + 1)]
    for session in filter(None, sessions):
        told = [e for e in entries if e.subject == f"#{session.number}" and e.action.startswith("session.")]
        given_back = [e for e in entries if session.number in e.details.get("sessions", ())]
        offered = session.version - 1 - len(told) - len(given_back)
        was_closed_at_once = session.state is SessionState.CLOSED and not given_back
        assert offered == 1 or (offered == 0 and was_closed_at_once), (session, told)
        assert (session.operator is not None) >= (session.state is SessionState.ACTIVE)
