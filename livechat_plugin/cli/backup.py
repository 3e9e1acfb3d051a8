"""`livechat backup` and `livechat restored`: a copy of the database, and what to do after going back to one."""

import asyncio
import shlex
from pathlib import Path
from typing import Annotated

import typer

from livechat_plugin.bootstrap.configuration import configure
from livechat_plugin.bootstrap.office import office
from livechat_plugin.cli.options import DEFAULT_CONFIG, ConfigPath, say
from livechat_plugin.core.errors import Refused
from livechat_plugin.core.wording import restoring as wording
from livechat_plugin.services.restoring import Restoring
from livechat_plugin.setting_values import SQLITE
from livechat_plugin.settings import load_settings
from livechat_plugin.store.backup import back_up


def backup(
    file: Annotated[Path, typer.Argument(help="The file to make; it must not exist yet.")],
    config: ConfigPath = DEFAULT_CONFIG,
) -> None:
    """Copy the SQLite database into a file while the plugin runs; PostgreSQL has `pg_dump` for that."""
    database = load_settings(config).database
    if not database.is_embedded:
        command = (
            f"pg_dump --format=custom --file={shlex.quote(str(file))} {shlex.quote(database.printable_url)}"
        )
        raise Refused(f"PostgreSQL makes its own backups: {command}")
    size = back_up(Path(database.url.removeprefix(SQLITE)), file)
    say(f"{file} holds the database, {size} bytes.")


def restored(config: ConfigPath = DEFAULT_CONFIG) -> None:
    """Set the database right after it was restored from a backup, before the plugin is started again."""
    configuration = configure(config)

    async def settle() -> int:
        async with office(configuration) as use_cases:
            ports = use_cases.ports
            return await Restoring(ports.store, ports.homeserver, ports.naming).settle()

    say(wording.restored(asyncio.run(settle())))
