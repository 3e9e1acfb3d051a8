"""Commands of those who serve a session, in its room."""

from livechat_plugin.core import wording
from livechat_plugin.core.content import Text
from livechat_plugin.core.errors import Refused
from livechat_plugin.core.help_topics import Topic
from livechat_plugin.services.commands.calling import Call, Command, NoReply, Reply
from livechat_plugin.services.repositories.rooms import RoomKind


async def _close(call: Call) -> Reply | NoReply:
    view = call.place.view
    if view is None or view.session is None:
        raise Refused("No session is open here.")
    await call.services.session_care.close(call.work, view, view.session, call.event.sender)
    return NoReply.NEEDED


async def _note(call: Call) -> Reply | NoReply:
    view = call.place.view
    if view is None or not call.argument:
        raise Refused("Write the note after the command: !note the customer prefers e-mail.")
    session = view.session
    await call.work.messages.add(
        view.conversation.id,
        "note",
        call.event.at,
        session_number=session.number if session else None,
        author=call.event.sender,
        content=Text(call.argument),
        operators_event=call.event.event_id,
    )
    await call.services.relay.acknowledge(call.work, view, call.event.event_id, wording.NOTED_REACTION)
    return NoReply.NEEDED


SERVING = (
    Command(
        "close",
        "!close",
        "End the session. The history stays; a new message from the customer opens the next one.",
        frozenset({RoomKind.SESSION}),
        _close,
        Topic.SESSION,
    ),
    Command(
        "note",
        "!note <text>",
        "Leave a note for colleagues; the customer never sees it.",
        frozenset({RoomKind.SESSION}),
        _note,
        Topic.SESSION,
    ),
)
