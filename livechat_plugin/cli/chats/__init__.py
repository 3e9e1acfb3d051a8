"""`livechat chats`: create, change, show and delete live chats."""

import typer

from livechat_plugin.cli.loading import Command, group_of

COMMANDS = {
    "add": Command(
        "livechat_plugin.cli.chats.changing:add",
        "Create a live chat; the running plugin sets it up on the homeserver.",
    ),
    "edit": Command(
        "livechat_plugin.cli.chats.changing:edit",
        "Change a live chat: what is not given stays; an empty text empties, as in --supervisor ''.",
    ),
    "show": Command(
        "livechat_plugin.cli.chats.showing:show", "Show everything that is set about a live chat."
    ),
    "list": Command("livechat_plugin.cli.chats.listing:list_", "List the live chats."),
    "sources": Command(
        "livechat_plugin.cli.chats.listing:sources_",
        "List every account that customers reach a live chat by, with its state.",
    ),
    "delete": Command(
        "livechat_plugin.cli.chats.deleting:delete",
        "Delete a live chat: its open sessions end, everybody leaves its rooms, administrators keep its history.",
    ),
    "export": Command(
        "livechat_plugin.cli.chats.files:export",
        "Write all live chats, groups and apps into a readable file.",
    ),
    "apply": Command(
        "livechat_plugin.cli.chats.files:apply",
        "Make live chats, groups and apps what a file says; the plan is shown first.",
    ),
}

chats = typer.Typer(
    cls=group_of(COMMANDS), help="Create, change, show and delete live chats.", no_args_is_help=True
)
