"""`livechat migrate`: bring the database up to date."""

import asyncio

from livechat_plugin.bootstrap.migration import migrate as migrate_database
from livechat_plugin.cli.options import DEFAULT_CONFIG, ConfigPath, say
from livechat_plugin.settings import load_settings


def migrate(config: ConfigPath = DEFAULT_CONFIG) -> None:
    """Bring the database up to date; needed on PostgreSQL, done by `serve` itself on SQLite."""
    settings = load_settings(config)
    asyncio.run(migrate_database(settings))
    say(f"The database {settings.database.printable_url} is up to date.")
