"""The command `livechat`."""

from typing import Any

import typer

from livechat_plugin.cli.loading import Command, LazyGroup, group_of
from livechat_plugin.cli.options import complain
from livechat_plugin.core.errors import ConfigurationError, LivechatError

# A new command: a function in a module of its own in this folder, and a line here.
COMMANDS = {
    "demo": Command(
        "livechat_plugin.cli.demo:demo",
        "Try it: a real homeserver, the plugin and a small world, on this machine only; Ctrl-C stops it.",
    ),
    "install": Command(
        "livechat_plugin.cli.install:install",
        "Make the configuration and the registration file, and introduce the plugin to the homeserver.",
    ),
    "check": Command(
        "livechat_plugin.cli.check:check",
        "Look at everything that an installation needs, and say what to do about what is wrong.",
    ),
    "migrate": Command(
        "livechat_plugin.cli.migrate:migrate",
        "Bring the database up to date; needed on PostgreSQL, done by `serve` itself on SQLite.",
    ),
    "backup": Command(
        "livechat_plugin.cli.backup:backup",
        "Copy the SQLite database into a file while the plugin runs; PostgreSQL has `pg_dump` for that.",
    ),
    "restored": Command(
        "livechat_plugin.cli.backup:restored",
        "Set the database right after it was restored from a backup, before the plugin is started again.",
    ),
    "serve": Command("livechat_plugin.cli.serve:serve", "Run the plugin until it is interrupted."),
    "audit": Command(
        "livechat_plugin.cli.audit:audit",
        "Show who changed, assigned, linked and registered what, the newest first.",
    ),
    "chats": Command("livechat_plugin.cli.chats:chats", "Create, change, show and delete live chats."),
    "apps": Command(
        "livechat_plugin.cli.apps:apps", "Make and change apps for customers' data and requests."
    ),
    "groups": Command(
        "livechat_plugin.cli.groups:groups",
        "Groups of people: lists, the members of a room, organizational units.",
    ),
    "conversations": Command(
        "livechat_plugin.cli.conversations:conversations", "Export what was said with a customer."
    ),
    "customers": Command(
        "livechat_plugin.cli.customers:customers", "Erase a customer's data, and see what became of it."
    ),
    "operators": Command(
        "livechat_plugin.cli.operators:operators", "See who serves, and keep somebody from serving."
    ),
}


class _PlainErrors(LazyGroup):
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
    cls=group_of(COMMANDS, _PlainErrors),
    help="Live chat for Matrix homeservers: customers write, operators answer from the client they use.",
    no_args_is_help=True,
    add_completion=False,
    # A traceback with local variables would show tokens and messages.
    pretty_exceptions_show_locals=False,
)


@app.callback()
def _livechat() -> None:
    """What every command begins with."""
    from livechat_plugin.logs import keep_quiet  # noqa: PLC0415 - the help needs none of it

    keep_quiet()
