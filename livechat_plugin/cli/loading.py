"""Commands that are loaded when they are used.

What some of them need takes a second to import; `livechat --help` and the others do not wait for it.
"""

import gc
import importlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import typer
from typer.core import TyperCommand, TyperGroup


@dataclass(frozen=True, slots=True)
class Command:
    """A command, or a group of commands.

    Attributes:
        where: module and name of the function or of the `typer.Typer`, as in `livechat_plugin.cli.serve:serve`.
        summary: what the help says of it; the beginning of its docstring.
    """

    where: str
    summary: str

    def load(self, name: str) -> Any:
        """The command as it runs."""
        module, _, attribute = self.where.partition(":")
        found = getattr(_imported(module), attribute)
        if isinstance(found, typer.Typer):
            command: Any = typer.main.get_group(found)
        else:
            alone = typer.Typer(add_completion=False)
            alone.command(name)(found)
            command = typer.main.get_command(alone)
        command.name = name
        return command


class LazyGroup(TyperGroup):
    """Loads the command that runs, and none to tell of them all."""

    lazy: ClassVar[Mapping[str, Command]] = {}

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.commands = {name: TyperCommand(name, help=one.summary) for name, one in self.lazy.items()}
        self._is_telling = False

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002 - typer's signature
        """Their names, in order."""
        return list(self.lazy)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The command of this name."""
        if self._is_telling or cmd_name not in self.lazy:
            return super().get_command(ctx, cmd_name)
        return self.lazy[cmd_name].load(cmd_name)

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """The help, which needs no more than the summaries."""
        self._is_telling = True
        try:
            super().format_help(ctx, formatter)
        finally:
            self._is_telling = False


def group_of(commands: Mapping[str, Command], base: type[LazyGroup] = LazyGroup) -> type[LazyGroup]:
    """A group of these commands, for the `cls` of a `typer.Typer`."""
    return type(base.__name__, (base,), {"lazy": commands})


def _imported(module: str) -> Any:
    # Modules are no garbage, and looking for some among them, now or later, takes a fifth of the time.
    was_on = gc.isenabled()
    gc.disable()
    try:
        return importlib.import_module(module)
    finally:
        gc.freeze()
        if was_on:
            gc.enable()
