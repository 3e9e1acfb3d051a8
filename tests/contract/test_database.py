"""What is true of the databases only: their failures, their settings, and another process beside us."""

import asyncio
import sqlite3
import subprocess
import sys
from dataclasses import fields
from pathlib import Path
from typing import Any

import asyncpg  # type: ignore[import-untyped]
import pytest
from sqlalchemy import text

from livechat_plugin.core.conversations import Account, Conversation, SessionRoom
from livechat_plugin.core.errors import ConcurrentChange, StoreUnavailable
from livechat_plugin.core.live_chats import LiveChat
from livechat_plugin.core.sessions import Session
from livechat_plugin.store import sqlite
from livechat_plugin.store.database import Database, open_backend
from livechat_plugin.store.repositories import rows
from tests.contract.stores import NOW, add_conversation

WRITER = """
import sqlite3, sys, time
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN IMMEDIATE")
connection.execute("INSERT INTO notes VALUES ('other', 'process')")
print("locked", flush=True)
time.sleep(float(sys.argv[2]))
connection.execute("COMMIT")
"""


@pytest.mark.parametrize(
    ("columns", "kind", "unmapped"),
    [
        (rows.ACCOUNT, Account, []),
        (rows.SESSION_ROOM, SessionRoom, []),
        (rows.CONVERSATION, Conversation, ["session_room"]),
        (rows.LIVE_CHAT, LiveChat, []),
        (rows.SESSION, Session, []),
    ],
)
def test_columns_are_in_the_order_of_the_fields(columns: Any, kind: Any, unmapped: list[str]) -> None:
    assert [column.name for column in columns] + unmapped == [field.name for field in fields(kind)]


async def test_a_database_gives_a_sign_of_life(database_url: str) -> None:
    database = Database(database_url, print, print)
    await database.ping()
    await database.close()


@pytest.mark.parametrize(
    "url",
    [
        "sqlite:////no/such/folder/livechat.db",
        "postgresql+asyncpg://nobody:secret@127.0.0.1:1/livechat",
    ],
)
async def test_a_database_out_of_reach_is_unavailable(url: str) -> None:
    database = Database(url, print, print)
    for attempt in (database.ping, database.is_current):
        with pytest.raises(StoreUnavailable) as caught:
            await attempt()
        assert "secret" not in str(caught.value)
    with pytest.raises(StoreUnavailable):
        async with database.begin() as unit:
            await unit.inbox.note("mark")
    await database.close()


async def test_a_file_that_is_no_database_is_unavailable(tmp_path: Path) -> None:
    file = tmp_path / "livechat.db"
    file.write_text("Dear diary, " * 100)
    database = Database(f"sqlite:///{file}", print, print)
    with pytest.raises(StoreUnavailable):
        await database.ping()
    await database.close()


async def test_an_unknown_postgresql_database_is_unavailable(postgresql_server: str) -> None:
    url = postgresql_server.replace("postgresql:", "postgresql+asyncpg:").replace("/postgres?", "/nowhere?")
    database = Database(url, print, print)
    with pytest.raises(StoreUnavailable, match="nowhere"):
        await database.ping()
    await database.close()


@pytest.mark.parametrize("empty_url", ["postgresql"], indirect=True)
async def test_a_lost_connection_is_unavailable_and_then_replaced(
    postgresql_server: str, empty_url: str
) -> None:
    database = Database(empty_url, print, print)
    await database.ping()
    administrator = await asyncpg.connect(postgresql_server)
    await administrator.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'livechat-plugin'"
    )
    await administrator.close()
    with pytest.raises(StoreUnavailable):
        await database.ping()
    await database.ping()
    await database.close()


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_of_two_writers_who_wait_for_each_other_one_gives_way(database_url: str) -> None:
    database = Database(database_url, print, print)
    async with database.begin() as unit:
        one, two = await add_conversation(unit), await add_conversation(unit, "@second:x")
        await unit.commit()

    async def view_both(first: int, second: int) -> None:
        async with database.begin() as unit:
            await unit.conversations.view(first)
            await asyncio.sleep(0.1)
            await unit.conversations.view(second)
            await unit.commit()

    outcomes = await asyncio.gather(
        view_both(one.id, two.id), view_both(two.id, one.id), return_exceptions=True
    )
    assert [type(outcome) for outcome in outcomes if outcome is not None] == [ConcurrentChange]
    await database.close()


async def test_sqlite_keeps_what_is_committed_through_a_power_cut(migrated_file: Path) -> None:
    backend = open_backend(f"sqlite:///{migrated_file}")
    async with backend.connect(writes=False) as db:
        settings = [
            (await db.execute(text(f"PRAGMA {name}"))).scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        ]
    await backend.close()
    assert settings == ["wal", 2, 1]


@pytest.fixture
def sqlite_file(migrated_file: Path, tmp_path: Path) -> Path:
    file = tmp_path / "livechat.db"
    file.write_bytes(migrated_file.read_bytes())
    return file


async def test_a_writer_waits_for_another_process(sqlite_file: Path) -> None:
    database = Database(f"sqlite:///{sqlite_file}", print, print)
    with subprocess.Popen(
        [sys.executable, "-c", WRITER, str(sqlite_file), "0.3"], stdout=subprocess.PIPE
    ) as other:
        assert other.stdout is not None
        await asyncio.to_thread(other.stdout.readline)
        async with database.read() as unit:
            assert await unit.inbox.note("other") is None
        async with database.begin() as unit:
            assert await unit.inbox.note("other") == "process"
            await unit.inbox.keep_note("other", "us")
            await unit.commit()
    await database.close()


async def test_a_writer_does_not_wait_for_ever(sqlite_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite, "BUSY_TIMEOUT", 0.1)
    database = Database(f"sqlite:///{sqlite_file}", print, print)
    other = sqlite3.connect(sqlite_file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(ConcurrentChange, match="locked"):
        async with database.begin():
            pass
    other.execute("ROLLBACK")
    async with database.begin() as unit:
        await unit.inbox.keep_note("mark", "s1")
        await unit.commit()
    other.close()
    await database.close()


async def test_a_failed_delivery_keeps_its_reason(database_url: str) -> None:
    database = Database(database_url, print, print)
    backend = open_backend(database_url)
    async with backend.connect(writes=True) as db:
        await db.execute(
            text("INSERT INTO deliveries (lane, token, payload, state) VALUES ('a', 'b', '{}', 'pending')")
        )
        await db.commit()
    async with database.begin() as unit:
        assert await unit.outbox.failed(1, "banned") is True
        await unit.inbox.reject("$bad", "no body", NOW)
        await unit.commit()
    async with backend.connect(writes=False) as db:
        kept = (await db.execute(text("SELECT state, reason FROM deliveries"))).one()
        rejected = (await db.execute(text("SELECT event_id, reason FROM rejected_events"))).one()
    assert (tuple(kept), tuple(rejected)) == (("failed", "banned"), ("$bad", "no body"))
    await backend.close()
    await database.close()


PLANS = {
    "SELECT * FROM sessions WHERE conversation_id = 1 AND state <> 'closed'": "uq_sessions_open",
    "SELECT * FROM messages WHERE customer_event = 'x'": "ix_messages_customer_event",
    "SELECT * FROM messages WHERE operators_event = 'x'": "uq_messages_operators_event",
    "SELECT * FROM messages WHERE part_of = 1 ORDER BY id": "ix_messages_part_of",
    "SELECT id FROM deliveries WHERE id > 5 AND state = 'pending' AND due_at IS NULL ORDER BY id": (
        "ix_deliveries_pending"
    ),
    "SELECT id FROM deliveries WHERE id > 5 AND state = 'pending' AND due_at <= 'x'": "ix_deliveries_due",
    "SELECT * FROM sessions WHERE card = 'x'": "ix_sessions_card",
    "DELETE FROM seen_events WHERE seen_at < 'x'": "ix_seen_events_seen_at",
}


@pytest.mark.parametrize(("statement", "index"), PLANS.items())
def test_look_ups_go_through_an_index(sqlite_file: Path, statement: str, index: str) -> None:
    connection = sqlite3.connect(sqlite_file)
    plan = " ".join(str(row) for row in connection.execute(f"EXPLAIN QUERY PLAN {statement}"))
    connection.close()
    assert index in plan
