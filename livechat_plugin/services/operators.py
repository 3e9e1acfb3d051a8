"""The operators' side of a conversation: what happens in its session room."""

from dataclasses import dataclass

from livechat_plugin.core import wording
from livechat_plugin.core.command_lines import read_command
from livechat_plugin.core.content import Text
from livechat_plugin.core.conversations import CustomerRoomState
from livechat_plugin.services.assignments import Assignments
from livechat_plugin.services.commands import Commands, Place
from livechat_plugin.services.relay import Relay
from livechat_plugin.services.room_events import AnyRoomEvent, EventRedacted, MembershipChanged, MessageSent
from livechat_plugin.services.unit_of_work import ConversationView, RoomBinding, UnitOfWork


@dataclass(frozen=True, slots=True)
class OperatorSide:
    """Handles the events of session rooms."""

    relay: Relay
    assignments: Assignments
    commands: Commands

    async def handle(self, work: UnitOfWork, event: AnyRoomEvent, binding: RoomBinding) -> None:
        """One event of a session room."""
        if binding.conversation_id is None:
            return  # a spare room: nobody is in it
        view = await work.conversations.view(binding.conversation_id)
        if isinstance(event, MembershipChanged):
            await self._membership(work, view, event)
        elif isinstance(event, MessageSent):
            await self._said(work, view, binding, event)
        elif isinstance(event, EventRedacted):
            # What an operator takes back is taken back, also after the session.
            await self.relay.from_operator(work, view, view.session, event)
        elif view.session is not None and view.session.is_served_by(event.sender):
            await self.relay.from_operator(work, view, view.session, event)

    async def _said(
        self, work: UnitOfWork, view: ConversationView, binding: RoomBinding, event: MessageSent
    ) -> None:
        session = view.session
        command = read_command(event.content.body) if isinstance(event.content, Text) else None
        if command is not None:
            await self.commands.run(work, Place(binding, view), event, command)
        elif session is None or not session.is_served_by(event.sender):
            text, html = wording.not_relayed(session)
            await self.relay.tell_operators(work, view, text, html, event.event_id)
        elif view.conversation.customer_state is CustomerRoomState.LEFT:
            words = wording.not_delivered(wording.customer_left(view.account))
            await self.relay.tell_operators(work, view, words, None, event.event_id)
        else:
            await self.relay.from_operator(work, view, session, event)

    async def _membership(self, work: UnitOfWork, view: ConversationView, event: MembershipChanged) -> None:
        """The operator of the session is gone (left, declined, deactivated): somebody else must take it."""
        session = view.session
        if (
            event.membership in {"leave", "ban"}
            and session is not None
            and session.is_served_by(event.user_id)
        ):
            await self.assignments.requeue(work, view, session, wording.operator_left(event.user_id))
