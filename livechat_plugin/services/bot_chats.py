"""Direct chats with the bot: commands for everybody on the homeserver."""

from dataclasses import dataclass

from livechat_plugin.core.command_lines import CommandLine
from livechat_plugin.services.commands import Commands, Place
from livechat_plugin.services.deliveries import LeaveRoom, room_lane
from livechat_plugin.services.dialogs.asking import answer_in
from livechat_plugin.services.repositories.rooms import RoomBinding
from livechat_plugin.services.room_events import AnyRoomEvent, MembershipChanged, MessageSent, RoomReplaced
from livechat_plugin.services.unit_of_work import UnitOfWork
from livechat_plugin.services.upgrades import await_successor, of_bot
from livechat_plugin.services.written import command_in, is_notice, unescaped


@dataclass(frozen=True, slots=True)
class BotChats:
    """Handles the events of the bot's direct chats."""

    commands: Commands
    bot: str

    async def handle(self, work: UnitOfWork, event: AnyRoomEvent, binding: RoomBinding) -> None:
        """One event: a command, an answer to a question, or anything else, which gets the list of commands."""
        if isinstance(event, MessageSent):
            if not is_notice(event.content):
                await self._said(work, event, binding)
        elif isinstance(event, RoomReplaced):
            await await_successor(work, event.successor, of_bot(event.sender))
            await self._leave(work, event.room_id)
        elif isinstance(event, MembershipChanged) and event.membership in {"leave", "ban"}:
            await self._leave(work, event.room_id)

    async def _leave(self, work: UnitOfWork, room_id: str) -> None:
        await work.rooms.forget(room_id)
        leave = LeaveRoom(room_id, self.bot, "Nobody else is here.")
        await work.outbox.add(room_lane(room_id), leave)

    async def _said(self, work: UnitOfWork, event: MessageSent, binding: RoomBinding) -> None:
        line = command_in(event.content)
        if line is None:
            answer = answer_in(unescaped(event.content))
            if await self.commands.services.dialogs.answer(work, event, answer):
                return
        await self.commands.run(work, Place(binding), event, line or CommandLine("help", ""))
