"""Which session and which person a command is about."""

from livechat_plugin.core import wording
from livechat_plugin.core.command_lines import read_number
from livechat_plugin.core.content import Text
from livechat_plugin.core.errors import Refused, SessionNotFound
from livechat_plugin.core.people import with_ids
from livechat_plugin.core.sessions import Session
from livechat_plugin.services.commands.calling import Call
from livechat_plugin.services.repositories.conversations import ConversationView


async def named_session(call: Call, word: str = "") -> tuple[ConversationView, Session]:
    """The session that a command is about: by number, by the card it answers, or the one of the room.

    Its conversation is locked against other writers from here on.

    Raises:
        Refused: none of these names one.
        SessionNotFound: there is none of this number, or it is not of the room's live chat. In the bot's chat, where
            all live chats are at hand, one is found by those who work in its live chat only.
    """
    number = await _number(call, word)
    found = await call.work.sessions.get(number)
    if found is None:
        raise SessionNotFound(number)
    view = await call.work.conversations.view(found.conversation_id)
    here = call.place.binding.live_chat_id
    if here is None:
        employees = {view.live_chat.operators, view.live_chat.supervisors}
        is_here = bool(employees & await call.work.groups.of(call.event.sender))
    else:
        is_here = view.live_chat.id == here
    if not is_here:
        raise SessionNotFound(number)
    # Read again now that the conversation is locked.
    return view, await call.work.sessions.get(number) or found


async def _number(call: Call, word: str) -> int:
    if word:
        number = read_number(word)
        if number is None:
            raise Refused(f"{word[:50]!r} is not a session number. Write, for example, !{call.name} 12.")
        return number
    if call.place.view is not None:
        if call.place.view.session is None:
            raise Refused(wording.not_relayed(None)[0])
        return call.place.view.session.number
    session = await call.work.sessions.by_card(call.event.reply_to) if call.event.reply_to else None
    if session is None:
        raise Refused(
            f"Which session? Write its number, as in !{call.name} 12, or write !{call.name} as a reply to its card."
        )
    return session.number


def leading_number(argument: str) -> tuple[str, str]:
    """The session's number at the beginning of an argument, if there is one, and the rest."""
    first, _, rest = argument.partition(" ")
    return (first, rest.strip()) if read_number(first) is not None else ("", argument)


def argument_with_ids(call: Call) -> str:
    """What stands after the command, people's ids in place of their names."""
    content = call.event.content
    if not isinstance(content, Text):
        return call.argument
    _, *argument = with_ids(content.body, content.html).split(maxsplit=1)
    return argument[0].rstrip() if argument else ""
