"""The command `livechat`."""

from typing import Any

import typer
from typer.core import TyperGroup

from livechat_plugin.cli.apps import apps
from livechat_plugin.cli.audit import audit
from livechat_plugin.cli.chats import chats
from livechat_plugin.cli.check import check
from livechat_plugin.cli.demo import demo
from livechat_plugin.cli.groups import groups
from livechat_plugin.cli.install import install
from livechat_plugin.cli.migrate import migrate
from livechat_plugin.cli.operators import operators
from livechat_plugin.cli.options import complain
from livechat_plugin.cli.serve import serve
from livechat_plugin.core.errors import ConfigurationError, LivechatError
from livechat_plugin.logs import keep_quiet

# A new command: a function in a module of its own in this folder, and its name here.
_COMMANDS = (demo, install, check, migrate, serve, audit)


class _PlainErrors(TyperGroup):
    """Tells our own errors in words, for every command: status 2 for the configuration, 1 for the rest."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except ConfigurationError as error:
            complain(str(error))
            raise typer.Exit(2) from None
        except LivechatError as error:
            complain(str(error))
            raise typer.Exit(1) from None


app = typer.Typer(
    name="livechat",
    cls=_PlainErrors,
    help="Live chat for Matrix homeservers: customers write, operators answer from the client they use.",
    no_args_is_help=True,
    add_completion=False,
    # A traceback with local variables would show tokens and messages.
    pretty_exceptions_show_locals=False,
)


@app.callback()
def _livechat() -> None:
    """Make typer treat even a single command as a subcommand."""
    keep_quiet()


for command in _COMMANDS:
    app.command()(command)
app.add_typer(chats, name="chats")
app.add_typer(apps, name="apps")
app.add_typer(groups, name="groups")
app.add_typer(operators, name="operators")
