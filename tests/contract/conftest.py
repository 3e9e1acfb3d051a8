"""Every promise is held against the fake store, a SQLite file and a real PostgreSQL server."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable
from itertools import count
from pathlib import Path

import asyncpg  # type: ignore[import-untyped]
import pytest

from livechat_plugin.store.database import Database
from livechat_plugin.store.migrate import upgrade
from tests.contract.stores import Announced, Kept
from tests.fakes.store import FakeStore

MIGRATIONS = Path(__file__).parents[2] / "migrations"

_numbers = count(1)


def async_url(url: str) -> str:
    """As SQLAlchemy wants it."""
    return url.replace("postgresql://", "postgresql+asyncpg://", 1)


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database file to make copies of."""
    file = tmp_path_factory.mktemp("sqlite") / "migrated.db"
    asyncio.run(upgrade(f"sqlite:///{file}", MIGRATIONS))
    return file


@pytest.fixture(scope="session")
def migrated_postgresql(postgresql_server: str) -> str:
    """Name of a database to make copies of."""
    url = asyncio.run(_create_database(postgresql_server, "migrated", "template1"))
    asyncio.run(upgrade(async_url(url), MIGRATIONS))
    return "migrated"


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database without tables."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'empty.db'}"
    server: str = request.getfixturevalue("postgresql_server")
    return async_url(asyncio.run(_create_database(server, f"empty{next(_numbers)}", "template1")))


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database with tables and no rows."""
    name: str = request.param
    return _database_url(name, request, tmp_path)


@pytest.fixture
def new_postgresql(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], str]:
    """Makes as many on PostgreSQL as a test needs."""
    return lambda: _database_url("postgresql", request, tmp_path)


@pytest.fixture(params=["fake", "sqlite", "postgresql"])
async def kept(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Kept]:
    """An empty store."""
    announced = Announced()
    if request.param == "fake":
        yield Kept(FakeStore(announced.deliveries.append, announced.events.append), announced)
        return
    url = await asyncio.to_thread(_database_url, request.param, request, tmp_path)
    database = Database(url, announced.deliveries.append, announced.events.append)
    yield Kept(database, announced)
    await database.close()


def _database_url(name: str, request: pytest.FixtureRequest, folder: Path) -> str:
    if name == "sqlite":
        file = shutil.copy(request.getfixturevalue("migrated_file"), folder / "livechat.db")
        return f"sqlite:///{file}"
    server: str = request.getfixturevalue("postgresql_server")
    template: str = request.getfixturevalue("migrated_postgresql")
    return async_url(asyncio.run(_create_database(server, f"test{next(_numbers)}", template)))


async def _create_database(server: str, name: str, template: str) -> str:
    connection = await asyncpg.connect(server)
    try:
        await connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
    finally:
        await connection.close()
    return server.replace("/postgres?", f"/{name}?", 1)
