"""What operators do in a live chat's queue room: take a session by a reaction to its card, or by command."""

from dataclasses import dataclass

from livechat_plugin.core import wording
from livechat_plugin.core.errors import Refused, SessionAlreadyTaken
from livechat_plugin.core.naming import Naming
from livechat_plugin.core.sessions import Session
from livechat_plugin.services.assignments import Assignments
from livechat_plugin.services.commands import Commands, Place
from livechat_plugin.services.deliveries import SayInRoom, room_lane
from livechat_plugin.services.early import session_of_card
from livechat_plugin.services.operator_names import OperatorNames
from livechat_plugin.services.repositories.rooms import RoomBinding, RoomKind
from livechat_plugin.services.room_events import AnyRoomEvent, MembershipChanged, MessageSent, ReactionSent
from livechat_plugin.services.unit_of_work import UnitOfWork
from livechat_plugin.services.written import command_in


@dataclass(frozen=True, slots=True)
class QueueRoom:
    """Handles the events of queue rooms, and of supervisors' rooms, where commands work too."""

    assignments: Assignments
    commands: Commands
    naming: Naming

    async def handle(self, work: UnitOfWork, event: AnyRoomEvent, binding: RoomBinding) -> None:
        """One event; talk among operators is none of our business."""
        if isinstance(event, MembershipChanged):
            await OperatorNames(self.naming).renamed(work, event)
        elif isinstance(event, ReactionSent):
            await self._reacted(work, event, binding)
        elif isinstance(event, MessageSent):
            command = command_in(event.content)
            if command is not None:
                await self.commands.run(work, Place(binding), event, command)

    async def handle_early(self, work: UnitOfWork, reaction: ReactionSent, number: int) -> None:
        """A reaction that came before the id of this session's card was kept, if it was to that card."""
        session = await work.sessions.by_card(reaction.target)
        if session is not None and session.number == number:
            await self._take(work, session, reaction)

    async def _reacted(self, work: UnitOfWork, event: ReactionSent, binding: RoomBinding) -> None:
        """To a card, or to something else, which is none of our business."""
        if binding.kind is not RoomKind.QUEUE or binding.live_chat_id is None:
            return
        session = await session_of_card(work, binding.live_chat_id, event)
        if session is not None:
            await self._take(work, session, event)

    async def _take(self, work: UnitOfWork, session: Session, event: ReactionSent) -> None:
        view = await work.conversations.view(session.conversation_id)
        session = await work.sessions.get(session.number) or session
        if session.is_served_by(event.sender):
            return
        try:
            await self.assignments.take(work, view, session, event.sender)
        except SessionAlreadyTaken as error:
            text, html = wording.already_taken(error.number, error.operator)
        except Refused as error:
            text, html = str(error), None
        else:
            return
        speaker = self.naming.live_chat(view.live_chat.slug)
        words = SayInRoom(event.room_id, speaker, text, html, event.target, event.sender)
        await work.outbox.add(room_lane(event.room_id), words)
