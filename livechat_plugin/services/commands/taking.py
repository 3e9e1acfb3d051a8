"""Commands that give a session to somebody."""

from livechat_plugin.core import wording
from livechat_plugin.core.command_lines import read_number
from livechat_plugin.core.errors import Refused, SessionNotFound
from livechat_plugin.core.sessions import Session
from livechat_plugin.services.commands.calling import Call, Command, NoReply, Reply
from livechat_plugin.services.repositories.rooms import RoomKind


async def _take(call: Call) -> Reply | NoReply:
    session = await _named_session(call)
    view = await call.work.conversations.view(session.conversation_id)
    if view.live_chat.id != call.place.binding.live_chat_id:
        raise SessionNotFound(session.number)
    # Read again now that the conversation is locked against other writers.
    session = await call.work.sessions.get(session.number) or session
    if session.is_served_by(call.event.sender):
        return Reply(f"You already have session #{session.number}.")
    await call.services.assignments.take(call.work, view, session, call.event.sender)
    if call.place.view is not None:
        return NoReply.NEEDED  # they are in the room already
    return Reply(wording.now_yours(session.number))


async def _named_session(call: Call) -> Session:
    """The session that a command is about: by number, by the card it answers, or the one of the room.

    Raises:
        Refused: none of these names one.
    """
    if call.argument:
        number = read_number(call.argument)
        if number is None:
            raise Refused(f"{call.argument[:50]!r} is not a session number. Write, for example, !take 12.")
        session = await call.work.sessions.get(number)
        if session is None:
            raise SessionNotFound(number)
        return session
    if call.place.view is not None:
        if call.place.view.session is None:
            raise Refused(wording.not_relayed(None)[0])
        return call.place.view.session
    session = await call.work.sessions.by_card(call.event.reply_to) if call.event.reply_to else None
    if session is None:
        raise Refused(
            "Which session? Write its number, as in !take 12, or write !take as a reply to its card."
        )
    return session


TAKING = (
    Command(
        "take",
        "!take [number]",
        "Take a session: by its number, as a reply to its card, or the one of this room.",
        frozenset({RoomKind.QUEUE, RoomKind.SESSION}),
        _take,
    ),
)
