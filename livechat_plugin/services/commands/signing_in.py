"""The way into the console."""

from livechat_plugin.core import wording
from livechat_plugin.core.help_topics import Topic
from livechat_plugin.services.commands.calling import Call, Command, NoReply, Reply
from livechat_plugin.services.deliveries import SendSignInLink, room_lane
from livechat_plugin.services.repositories.rooms import RoomKind


async def _console(call: Call) -> Reply | NoReply:
    event = call.event
    if call.place.binding.kind is not RoomKind.BOT:
        return Reply(*wording.console_needs_direct_chat(call.services.naming.bot))
    await call.services.signing_in.require_role(call.work, event.sender)
    send = SendSignInLink(event.room_id, event.sender, event.event_id)
    await call.work.outbox.add(room_lane(event.room_id), send)
    return NoReply.NEEDED


SIGNING_IN = (
    Command(
        "console",
        "!console",
        "Get a link into the console: sessions, customers and settings as pages in your browser.",
        frozenset({RoomKind.BOT, RoomKind.QUEUE, RoomKind.SESSION, RoomKind.SUPERVISORS}),
        _console,
        Topic.CONSOLE,
    ),
)
