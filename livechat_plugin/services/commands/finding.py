"""Commands of the bot's direct chat, for everybody on the homeserver."""

from html import escape

from livechat_plugin.core import wording
from livechat_plugin.core.live_chats import may_write
from livechat_plugin.services.commands.calling import Call, Command, Reply
from livechat_plugin.services.repositories.rooms import RoomKind


async def _chats(call: Call) -> Reply:
    groups = await call.work.groups.of(call.event.sender)
    chats = [
        live_chat
        for live_chat in await call.work.live_chats.all()
        if may_write(live_chat, call.event.sender, groups)
    ]
    if not chats:
        return Reply("No live chat is open to you.")
    naming = call.services.naming
    lines = [f"{chat.name}: write to {naming.live_chat(chat.slug)}" for chat in chats]
    rows = "".join(
        f"<li>{escape(chat.name)}: {wording.pill(naming.live_chat(chat.slug))}</li>" for chat in chats
    )
    return Reply(
        "\n".join(["Live chats you can write to:", *lines]), f"Live chats you can write to:<ul>{rows}</ul>"
    )


FINDING = (
    Command(
        "chats",
        "!chats",
        "List the live chats that you can write to.",
        frozenset({RoomKind.BOT}),
        _chats,
    ),
)
