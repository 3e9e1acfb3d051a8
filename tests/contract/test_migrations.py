"""The migrations make the tables that the code describes, and can take them back."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from sqlite3 import IntegrityError
from typing import Any

import asyncpg  # type: ignore[import-untyped]
import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text

from livechat_plugin.core.errors import StoreUnavailable
from livechat_plugin.services.deliveries import SLOTS, slot_of
from livechat_plugin.store.database import Database, open_backend
from livechat_plugin.store.migrate import downgrade, upgrade
from livechat_plugin.store.schema import SchemaState
from livechat_plugin.store.tables import COMPATIBLE_SINCE, SCHEMA_REVISION, metadata
from tests.contract.conftest import async_url

MIGRATIONS = Path(__file__).parents[2] / "migrations"


async def looked_up(url: str, look: Callable[[Connection], Any]) -> Any:
    found: list[Any] = []
    backend = open_backend(url)
    await backend.migrate(lambda connection: found.append(look(connection)))
    await backend.close()
    return found[0]


def tables(connection: Connection) -> set[str]:
    return set(inspect(connection).get_table_names())


def indexes(connection: Connection) -> dict[str, list[Any]]:
    """Partial indexes too, whose conditions alembic does not compare."""
    return {
        table.name: sorted(
            (index["name"], index["column_names"], bool(index["unique"]), bool(_condition(index)))
            for index in inspect(connection).get_indexes(table.name)
            if "duplicates_constraint" not in index
        )
        for table in metadata.sorted_tables
    }


def _condition(index: Any) -> Any:
    options = index.get("dialect_options", {})
    return options.get("sqlite_where") is not None or options.get("postgresql_where") is not None


async def test_migrations_and_tables_agree(empty_url: str) -> None:
    def differences(connection: Connection) -> Any:
        context = MigrationContext.configure(connection, opts={"compare_server_default": True})
        return compare_metadata(context, metadata)

    await upgrade(empty_url, MIGRATIONS)
    assert await looked_up(empty_url, differences) == []
    migrated = await looked_up(empty_url, indexes)
    await downgrade(empty_url, MIGRATIONS, "base")
    await looked_up(empty_url, metadata.create_all)
    assert await looked_up(empty_url, indexes) == migrated


async def test_migrations_go_up_down_and_up_again(empty_url: str) -> None:
    await upgrade(empty_url, MIGRATIONS)
    expected = {*metadata.tables, "alembic_version"}
    assert await looked_up(empty_url, tables) == expected
    await upgrade(empty_url, MIGRATIONS)
    await downgrade(empty_url, MIGRATIONS, "base")
    assert await looked_up(empty_url, tables) == {"alembic_version"}
    await upgrade(empty_url, MIGRATIONS)
    assert await looked_up(empty_url, tables) == expected


async def test_the_database_knows_whether_it_is_current(empty_url: str) -> None:
    database = Database(empty_url, print, print)
    assert await database.is_current() is False
    await upgrade(empty_url, MIGRATIONS)
    assert await database.is_current() is True
    await downgrade(empty_url, MIGRATIONS, "base")
    assert await database.is_current() is False
    await database.close()


@pytest.mark.parametrize(
    ("compatible_since", "expected"),
    [(None, SchemaState.NEWER), (SCHEMA_REVISION, SchemaState.FIT), ("9998", SchemaState.NEWER)],
)
async def test_a_process_goes_on_beside_a_newer_schema_that_leaves_it_working(
    database_url: str, compatible_since: str | None, expected: SchemaState
) -> None:
    def migrated_further(connection: Connection) -> None:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        connection.execute(text("DELETE FROM notes WHERE name = :name"), {"name": COMPATIBLE_SINCE})
        if compatible_since is not None:
            row = {"name": COMPATIBLE_SINCE, "value": compatible_since}
            connection.execute(text("INSERT INTO notes (name, value) VALUES (:name, :value)"), row)

    await looked_up(database_url, migrated_further)
    database = Database(database_url, print, print)
    assert await database.schema() is expected
    assert await database.is_current() is (expected is SchemaState.FIT)
    await database.close()


async def test_the_database_says_who_can_work_beside_it(database_url: str) -> None:
    note = text("SELECT value FROM notes WHERE name = :name")
    since = await looked_up(
        database_url, lambda connection: connection.execute(note, {"name": COMPATIBLE_SINCE}).scalar_one()
    )
    assert since == "0003", "a migration that older processes cannot go on beside raises it, and says so"


async def test_a_migration_that_fails_leaves_everything_as_it_was(empty_url: str) -> None:
    def work(connection: Connection) -> None:
        metadata.create_all(connection)
        raise OSError("power cut")

    backend = open_backend(empty_url)
    with pytest.raises(OSError, match="power cut"):
        await backend.migrate(work)
    await backend.close()
    assert await looked_up(empty_url, tables) == set()


async def test_a_migration_may_not_leave_dangling_rows_on_sqlite(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'livechat.db'}"
    await upgrade(url, MIGRATIONS)
    dangling = text("INSERT INTO group_members VALUES ('no such group', '@otto:x')")
    with pytest.raises(IntegrityError, match="dangling"):
        await looked_up(url, lambda connection: connection.execute(dangling))
    members = text("SELECT count(*) FROM group_members")
    assert await looked_up(url, lambda connection: connection.execute(members).scalar()) == 0


async def test_a_database_out_of_reach_is_not_migrated(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable):
        await upgrade(f"sqlite:///{tmp_path / 'no' / 'folder.db'}", MIGRATIONS)


def test_the_code_names_the_newest_migration() -> None:
    configuration = Config()
    configuration.set_main_option("script_location", str(MIGRATIONS))
    assert ScriptDirectory.from_config(configuration).get_current_head() == SCHEMA_REVISION


async def test_what_is_owed_gets_its_slot_when_the_slots_come(empty_url: str) -> None:
    await upgrade(empty_url, MIGRATIONS, "0003")
    owed = text("INSERT INTO deliveries (lane, token, payload) VALUES ('a', 't', '{}'), ('b', 't', '{}')")
    await looked_up(empty_url, lambda connection: connection.execute(owed))
    await upgrade(empty_url, MIGRATIONS)
    look = text("SELECT lane, slot FROM deliveries ORDER BY id")
    found = await looked_up(empty_url, lambda connection: [tuple(row) for row in connection.execute(look)])
    assert found == [("a", slot_of("a")), ("b", slot_of("b"))]
    count = text("SELECT count(*), min(slot), max(slot) FROM lane_slots")
    assert await looked_up(empty_url, lambda connection: tuple(connection.execute(count).one())) == (
        SLOTS,
        0,
        SLOTS - 1,
    )


async def test_a_migration_and_who_writes_meanwhile_do_not_wait_for_each_other(
    postgresql_server: str, tmp_path: Path
) -> None:
    name = f"migrated_in_use_{tmp_path.name}"
    admin = await asyncpg.connect(postgresql_server)
    await admin.execute(f'CREATE DATABASE "{name}"')
    await admin.close()
    url = postgresql_server.replace("/postgres?", f"/{name}?", 1)
    await upgrade(async_url(url), MIGRATIONS)
    writer = await asyncpg.connect(url)
    transaction = writer.transaction()
    await transaction.start()
    await writer.execute("INSERT INTO notes VALUES ('first', '')")

    def change(connection: Connection) -> None:
        connection.execute(text("ALTER TABLE seen_events ADD COLUMN one TEXT"))
        connection.execute(text("ALTER TABLE notes ADD COLUMN one TEXT"))

    backend = open_backend(async_url(url))
    migrating = asyncio.create_task(backend.migrate(change))
    await asyncio.sleep(0.2)  # it has begun, and in its own order it would have taken the other table first
    await writer.execute("INSERT INTO seen_events VALUES ('$second', now())")
    await transaction.commit()
    await migrating
    assert await writer.fetchval("SELECT count(*) FROM notes WHERE one IS NULL AND name = 'first'") == 1
    await writer.close()
    await backend.close()
