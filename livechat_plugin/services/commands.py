"""The commands that people write in rooms: `!take 12`, `!close`, `!help`.

A command is defined once, with its usage and summary; `!help`, the hints on mistakes and the reference in the
documentation all come from `COMMANDS`.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum
from html import escape

from livechat_plugin.core import wording
from livechat_plugin.core.command_lines import CommandLine, nearest, read_number
from livechat_plugin.core.content import Text
from livechat_plugin.core.errors import LivechatError, SessionAlreadyTaken, SessionNotFound
from livechat_plugin.core.live_chats import may_write
from livechat_plugin.core.naming import Naming
from livechat_plugin.core.sessions import Session
from livechat_plugin.services.assignments import Assignments
from livechat_plugin.services.deliveries import SayInRoom, room_lane
from livechat_plugin.services.relay import Relay
from livechat_plugin.services.room_events import MessageSent
from livechat_plugin.services.unit_of_work import ConversationView, RoomBinding, RoomKind, UnitOfWork


@dataclass(frozen=True, slots=True)
class Place:
    """Where a command was written; `view` is the conversation, in a session room."""

    binding: RoomBinding
    view: ConversationView | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """What the person who wrote the command is told."""

    text: str
    html: str | None = None


class NoReply(StrEnum):
    """A command whose effect is its own answer."""

    NEEDED = "needed"


@dataclass(frozen=True, slots=True)
class Call:
    """One command being carried out."""

    work: UnitOfWork
    place: Place
    event: MessageSent
    argument: str
    services: "Commands"


Run = Callable[[Call], Awaitable[Reply | NoReply]]


@dataclass(frozen=True, slots=True)
class Command:
    """A command: its name, how to write it, what it does, and the kinds of rooms where it works."""

    name: str
    usage: str
    summary: str
    places: frozenset[RoomKind]
    run: Run


@dataclass(frozen=True, slots=True)
class Commands:
    """Carries out commands and answers mistakes helpfully."""

    assignments: Assignments
    relay: Relay
    naming: Naming

    async def run(self, work: UnitOfWork, place: Place, event: MessageSent, line: CommandLine) -> None:
        """Carry out one command line and answer it."""
        reply = await self._reply(work, place, event, line)
        if isinstance(reply, Reply):
            await self.answer(work, place, event, reply)

    async def answer(self, work: UnitOfWork, place: Place, event: MessageSent, reply: Reply) -> None:
        """Answer somebody's message in the room where they wrote it."""
        if place.view is not None:
            await self.relay.tell_operators(work, place.view, reply.text, reply.html, event.event_id)
            return
        speaker = await self._speaker(work, place)
        words = SayInRoom(event.room_id, speaker, reply.text, reply.html, event.event_id, event.sender)
        await work.outbox.add(room_lane(event.room_id), words)

    async def _reply(
        self, work: UnitOfWork, place: Place, event: MessageSent, line: CommandLine
    ) -> Reply | NoReply:
        kind = place.binding.kind
        known = {command.name: command for command in COMMANDS if kind in command.places}
        command = known.get(line.name)
        if command is None:
            elsewhere = next((c for c in COMMANDS if c.name == line.name), None)
            if elsewhere is not None:
                rooms = " and ".join(sorted(PLACE_NAMES[place] for place in elsewhere.places))
                return Reply(f"!{line.name} works in {rooms}. Write !help for what works here.")
            near = nearest(line.name, known)
            hint = f" Did you mean !{near}?" if near else ""
            return Reply(
                f"There is no command !{line.name}.{hint} Write !help for the commands."
                " To send a text that begins with !, write it with !!."
            )
        try:
            return await command.run(Call(work, place, event, line.argument, self))
        except SessionAlreadyTaken as error:
            return Reply(*wording.already_taken(error.number, error.operator))
        except LivechatError as error:
            return Reply(str(error))

    async def _speaker(self, work: UnitOfWork, place: Place) -> str:
        if place.binding.live_chat_id is not None:
            live_chat = await work.live_chats.get(place.binding.live_chat_id)
            if live_chat is not None:
                return self.naming.live_chat(live_chat.slug)
        return self.naming.bot


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
    return NoReply.NEEDED


async def _named_session(call: Call) -> Session:
    """The session that a command is about: by number, by the card it answers, or the one of the room.

    Raises:
        LivechatError: none of these names one.
    """
    if call.argument:
        number = read_number(call.argument)
        if number is None:
            raise LivechatError(
                f"{call.argument[:50]!r} is not a session number. Write, for example, !take 12."
            )
        session = await call.work.sessions.get(number)
        if session is None:
            raise SessionNotFound(number)
        return session
    if call.place.view is not None:
        if call.place.view.session is None:
            raise LivechatError(wording.not_relayed(None)[0])
        return call.place.view.session
    session = await call.work.sessions.by_card(call.event.reply_to) if call.event.reply_to else None
    if session is None:
        raise LivechatError(
            "Which session? Write its number, as in !take 12, or write !take as a reply to its card."
        )
    return session


async def _close(call: Call) -> Reply | NoReply:
    view = call.place.view
    if view is None or view.session is None:
        raise LivechatError("No session is open here.")
    session, sender = view.session, call.event.sender
    if not session.is_served_by(sender) and not await _is_supervisor(call, view):
        text, html = wording.only_its_operator(session)
        return Reply(text, html)
    await call.services.assignments.close(call.work, view, session, by=sender)
    return NoReply.NEEDED


async def _is_supervisor(call: Call, view: ConversationView) -> bool:
    group = view.live_chat.supervisors
    return group is not None and call.event.sender in await call.work.live_chats.members(group)


async def _note(call: Call) -> Reply | NoReply:
    view = call.place.view
    if view is None or not call.argument:
        raise LivechatError("Write the note after the command: !note the customer prefers e-mail.")
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


async def _help(call: Call) -> Reply | NoReply:
    commands = [command for command in COMMANDS if call.place.binding.kind in command.places]
    explanation = _EXPLANATIONS[call.place.binding.kind]
    lines = [f"{command.usage}  {command.summary}" for command in commands]
    rows = "".join(
        f"<li><code>{escape(command.usage)}</code> {escape(command.summary)}</li>" for command in commands
    )
    return Reply("\n".join([explanation, *lines]), f"{escape(explanation)}<ul>{rows}</ul>")


async def _chats(call: Call) -> Reply | NoReply:
    groups = await call.work.live_chats.groups_of(call.event.sender)
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


PLACE_NAMES = {
    RoomKind.QUEUE: "the queue room",
    RoomKind.SESSION: "session rooms",
    RoomKind.BOT: "the bot's direct chat",
}

_EXPLANATIONS = {
    RoomKind.QUEUE: "Each waiting session has a card here. A reaction to the card takes the session.",
    RoomKind.SESSION: (
        "What the operator of the session writes here reaches the customer. These commands stay inside:"
    ),
    RoomKind.BOT: "I am the live chat's bot. These are my commands:",
}

COMMANDS: tuple[Command, ...] = (
    Command(
        "take",
        "!take [number]",
        "Take a session: by its number, as a reply to its card, or the one of this room.",
        frozenset({RoomKind.QUEUE, RoomKind.SESSION}),
        _take,
    ),
    Command(
        "close",
        "!close",
        "End the session. The history stays; a new message from the customer opens the next one.",
        frozenset({RoomKind.SESSION}),
        _close,
    ),
    Command(
        "note",
        "!note <text>",
        "Leave a note for colleagues; the customer never sees it.",
        frozenset({RoomKind.SESSION}),
        _note,
    ),
    Command(
        "chats",
        "!chats",
        "List the live chats that you can write to.",
        frozenset({RoomKind.BOT}),
        _chats,
    ),
    Command(
        "help",
        "!help",
        "Explain the commands that work in this room.",
        frozenset({RoomKind.QUEUE, RoomKind.SESSION, RoomKind.BOT}),
        _help,
    ),
)
