"""The commands that people write in rooms: `!take 12`, `!close`, `!help`.

A command is defined once, with its usage and summary; `!help`, the hints on mistakes and the reference in the
documentation all come from `COMMANDS`.
"""

from dataclasses import dataclass

from livechat_plugin.core import wording
from livechat_plugin.core.command_lines import CommandLine, nearest
from livechat_plugin.core.errors import NotItsOperator, Refused, SessionAlreadyTaken
from livechat_plugin.core.help_topics import Topic
from livechat_plugin.services.commands.answering import ANSWERING
from livechat_plugin.services.commands.app_making import APP_MAKING
from livechat_plugin.services.commands.attending import ATTENDING
from livechat_plugin.services.commands.auditing import AUDITING
from livechat_plugin.services.commands.calling import (
    PLACE_NAMES,
    Call,
    Command,
    NoReply,
    Place,
    Reply,
    Services,
)
from livechat_plugin.services.commands.connecting import CONNECTING
from livechat_plugin.services.commands.controlling import CONTROLLING
from livechat_plugin.services.commands.finding import FINDING
from livechat_plugin.services.commands.grouping import GROUPING
from livechat_plugin.services.commands.handing_over import HANDING_OVER
from livechat_plugin.services.commands.helping import EXPLANATIONS, explain
from livechat_plugin.services.commands.listing import LISTING
from livechat_plugin.services.commands.serving import SERVING
from livechat_plugin.services.commands.signing_in import SIGNING_IN
from livechat_plugin.services.commands.taking import TAKING
from livechat_plugin.services.commands.tending import TENDING
from livechat_plugin.services.deliveries import SayInRoom, room_lane
from livechat_plugin.services.room_events import MessageSent
from livechat_plugin.services.unit_of_work import UnitOfWork

__all__ = ["COMMANDS", "PLACE_NAMES", "Commands", "Place", "Services"]


@dataclass(frozen=True, slots=True)
class Commands:
    """Carries out commands and answers mistakes helpfully."""

    services: Services

    async def run(self, work: UnitOfWork, place: Place, event: MessageSent, line: CommandLine) -> None:
        """Carry out one command line and answer it."""
        reply = await self._reply(work, place, event, line)
        if isinstance(reply, Reply):
            await self.answer(work, place, event, reply)

    async def answer(self, work: UnitOfWork, place: Place, event: MessageSent, reply: Reply) -> None:
        """Answer somebody's message in the room where they wrote it."""
        if place.view is not None:
            await self.services.relay.tell_operators(work, place.view, reply.text, reply.html, event.event_id)
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
            return await command.run(Call(work, place, event, line.argument, self.services, line.name))
        except SessionAlreadyTaken as error:
            return Reply(*wording.already_taken(error.number, error.operator))
        except NotItsOperator as error:
            return Reply(*wording.only_its_operator(error))
        except Refused as error:
            return Reply(str(error))

    async def _speaker(self, work: UnitOfWork, place: Place) -> str:
        if place.binding.live_chat_id is not None:
            live_chat = await work.live_chats.get(place.binding.live_chat_id)
            if live_chat is not None:
                return self.services.naming.live_chat(live_chat.slug)
        return self.services.naming.bot


async def _help(call: Call) -> Reply | NoReply:
    return await explain(call, COMMANDS)


_HELP = Command(
    "help", "!help", "Show the commands that you can use here.", frozenset(EXPLANATIONS), _help, Topic.HELP
)

COMMANDS: tuple[Command, ...] = (
    *FINDING,
    *GROUPING,
    *APP_MAKING,
    *TAKING,
    *SERVING,
    *CONNECTING,
    *HANDING_OVER,
    *TENDING,
    *LISTING,
    *ATTENDING,
    *CONTROLLING,
    *AUDITING,
    *SIGNING_IN,
    *ANSWERING,
    _HELP,
)
"""Every command, in the order of `!help`."""
