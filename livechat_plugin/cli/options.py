"""What every command shares: the option that names the configuration, and where output goes."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from livechat_plugin.core.disguises import with_disguises_told

ConfigPath = Annotated[
    Path, typer.Option("--config", "-c", envvar="LIVECHAT_CONFIG", help="The plugin's configuration file.")
]
DEFAULT_CONFIG = Path("plugin.toml")


def say(message: str = "", style: str | None = None) -> None:
    """Print for the person who runs the command: as it is, never wrapped, so that lines can be copied."""
    _print(Console(highlight=False), message, style)


def complain(message: str) -> None:
    """Print a problem on standard error, one `error:` line for each line of it."""
    for line in message.splitlines():
        _print(Console(stderr=True, highlight=False), f"error: {line}", "red")


def _print(console: Console, message: str, style: str | None) -> None:
    # A console of its own each time, as tests and servers exchange the streams; no markup, as paths have brackets.
    # What somebody else wrote gives the terminal no commands; a file or a program gets it as it is.
    if console.is_terminal:
        message = "\n".join(map(with_disguises_told, message.split("\n")))
    console.print(message, style=style, markup=False, soft_wrap=True)
