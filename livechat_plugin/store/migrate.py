"""Bringing the tables up to date."""

from collections.abc import Callable
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection

from livechat_plugin.store.database import open_backend


async def upgrade(url: str, migrations: Path, revision: str = "head") -> None:
    """Bring the tables of a database up to date; does nothing if they are.

    Args:
        url: where it is, as SQLAlchemy's asynchronous engine writes it.
        migrations: the folder with the migrations.
        revision: how far to go.

    Raises:
        StoreUnavailable: the database cannot be reached.
    """
    await _run(url, lambda connection: command.upgrade(_configuration(migrations, connection), revision))


async def downgrade(url: str, migrations: Path, revision: str) -> None:
    """Take migrations back, down to a revision; "base" takes back all of them."""
    await _run(url, lambda connection: command.downgrade(_configuration(migrations, connection), revision))


async def _run(url: str, work: Callable[[Connection], None]) -> None:
    backend = open_backend(url)
    try:
        await backend.migrate(work)
    finally:
        await backend.close()


def _configuration(migrations: Path, connection: Connection) -> Config:
    """What would stand in alembic.ini, and the connection for `migrations/env.py`."""
    configuration = Config()
    configuration.set_main_option("script_location", str(migrations).replace("%", "%%"))
    configuration.attributes["connection"] = connection
    return configuration
