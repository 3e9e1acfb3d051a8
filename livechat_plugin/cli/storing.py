"""What commands share that read or write the database: opening it, and who runs the command."""

import getpass
import sys
from collections.abc import Awaitable, Callable
from typing import TypeVar

from rich.console import Console
from rich.table import Table
from rich.text import Text

from livechat_plugin.bootstrap.beside import database_beside
from livechat_plugin.bootstrap.configuration import Configuration
from livechat_plugin.bootstrap.migration import migrate
from livechat_plugin.core.disguises import with_disguises_told
from livechat_plugin.services.roles import COMMAND_LINE
from livechat_plugin.store.database import Database

T = TypeVar("T")

WIDE = 300
"""Columns of a table that no terminal shows."""


async def with_store(configuration: Configuration, use: Callable[[Database], Awaitable[T]]) -> T:
    """Do something with the database, brought up to date if it is the plugin's own file."""
    settings = configuration.settings
    if settings.database.is_embedded:
        await migrate(settings)
    async with database_beside(settings) as store:
        return await use(store)


def actor() -> str:
    """Who runs this command, as the audit log names them: the account on this machine."""
    try:
        return f"{COMMAND_LINE}{getpass.getuser()}"
    except (KeyError, OSError):  # an account without a name, as in some containers
        return f"{COMMAND_LINE}unknown"


def add_row(table: Table, *cells: str, end_section: bool = False) -> None:
    """A line of a table, with each character as it is: no markup, no line of its own, no command to the terminal."""
    table.add_row(*(Text(with_disguises_told(cell)) for cell in cells), end_section=end_section)


def show(table: Table) -> None:
    """Print a table; piped into a file or another program, ids stay whole."""
    Console(width=None if sys.stdout.isatty() else WIDE).print(table)
