"""`livechat chats`: create, change, show and delete live chats."""

import typer

from livechat_plugin.cli.chats.changing import add, edit
from livechat_plugin.cli.chats.deleting import delete
from livechat_plugin.cli.chats.files import apply, export
from livechat_plugin.cli.chats.showing import list_, show, sources_

chats = typer.Typer(help="Create, change, show and delete live chats.", no_args_is_help=True)

chats.command()(add)
chats.command()(edit)
chats.command()(show)
chats.command("list")(list_)
chats.command("sources")(sources_)
chats.command()(delete)
chats.command()(export)
chats.command()(apply)
