"""Commands of the bot's direct chat, for everybody on the homeserver."""

from livechat_plugin.core import wording
from livechat_plugin.core.help_topics import Topic
from livechat_plugin.services.commands.administering import administer
from livechat_plugin.services.commands.calling import Call, Command, NoReply, Reply, Usage
from livechat_plugin.services.finding import find_live_chats
from livechat_plugin.services.repositories.rooms import RoomKind


async def _chats(call: Call) -> Reply | NoReply:
    if call.argument:
        return await administer(call)
    naming = call.services.naming
    found = await find_live_chats(call.work, naming, call.event.sender)
    if not found:
        return Reply(wording.no_live_chats(wording.whom_to_ask(call.services.roles.administrators)))
    entries = [(each.live_chat.name, naming.live_chat(each.live_chat.slug), each.room) for each in found]
    return Reply(*wording.live_chats_found(entries, naming.server_name))


FINDING = (
    Command(
        "chats",
        "!chats",
        "List the live chats that you can write to.",
        frozenset({RoomKind.BOT}),
        _chats,
        Topic.CHATS,
        (
            Usage(
                "!chats <add, edit, show or delete> [short name] …",
                "Make, change, show or delete a live chat.",
                Topic.ADMINISTRATION,
            ),
        ),
    ),
)
