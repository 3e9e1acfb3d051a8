"""Commands that give a session to somebody."""

from livechat_plugin.core import wording
from livechat_plugin.core.help_topics import Topic
from livechat_plugin.services.commands.calling import Call, Command, NoReply, Reply
from livechat_plugin.services.commands.naming_sessions import named_session
from livechat_plugin.services.repositories.rooms import RoomKind


async def _take(call: Call) -> Reply | NoReply:
    view, session = await named_session(call, call.argument)
    if session.is_served_by(call.event.sender):
        return Reply(f"You already have session #{session.number}.")
    await call.services.assignments.take(call.work, view, session, call.event.sender)
    if call.place.view is not None:
        return NoReply.NEEDED  # they are in the room already
    return Reply(wording.now_yours(session.number))


TAKING = (
    Command(
        "take",
        "!take [number]",
        "Take a session: by its number, as a reply to its card, or the one of this room.",
        frozenset({RoomKind.QUEUE, RoomKind.SESSION}),
        _take,
        Topic.SESSION,
    ),
)
