"""The operators' side of a conversation: what happens in its session room."""

from dataclasses import dataclass

from livechat_plugin.core import wording
from livechat_plugin.core.content import Content, Text
from livechat_plugin.services.assignments import Assignments
from livechat_plugin.services.commands import Commands, Place
from livechat_plugin.services.deliveries import AlignPerson, members_lane
from livechat_plugin.services.dialogs.asking import answer_in
from livechat_plugin.services.early import keep_for_copy
from livechat_plugin.services.obstacles import Told, is_gone, obstacle, off_duty
from livechat_plugin.services.operator_names import OperatorNames
from livechat_plugin.services.relay import Relay, note_answer
from livechat_plugin.services.repositories.conversations import ConversationView
from livechat_plugin.services.repositories.messages import Message
from livechat_plugin.services.repositories.rooms import RoomBinding
from livechat_plugin.services.room_events import (
    AnyRoomEvent,
    EventRedacted,
    MembershipChanged,
    MessageEdited,
    MessageSent,
    ReactionSent,
)
from livechat_plugin.services.unit_of_work import UnitOfWork
from livechat_plugin.services.written import command_in, is_notice, is_slip, unescaped


@dataclass(frozen=True, slots=True)
class OperatorSide:
    """Handles the events of session rooms.

    Who serves a session speaks to its customer until it is closed or somebody else has it, also after they were
    taken out of the live chat's operators: as with customers (requirement S3), what was begun is finished, and
    nothing new begins. While they are offline or disabled they look on: nothing that they write, edit or react with
    reaches the customer, and they are told (requirement E1). What they wrote before, they can take back.
    """

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
        elif isinstance(event, MessageEdited):
            await self._edited(work, view, event)
        elif isinstance(event, EventRedacted | ReactionSent):
            await self._pointed(work, view, event)

    async def handle_early(
        self, work: UnitOfWork, event: EventRedacted | ReactionSent, conversation_id: int
    ) -> None:
        """What came before the id of its target was kept; whether it may go on was judged when it came."""
        view = await work.conversations.view(conversation_id)
        if isinstance(event, EventRedacted):
            await self._taken_back(work, view, event)
        else:
            await self.relay.from_operator(work, view, event)

    async def _pointed(
        self, work: UnitOfWork, view: ConversationView, event: EventRedacted | ReactionSent
    ) -> None:
        """An emoji is an answer, too, and only of who serves the customer; who takes something back always may."""
        if isinstance(event, ReactionSent):
            if view.session is None or not view.session.is_served_by(event.sender):
                return
            if (why := await off_duty(work, event.sender, event.at)) is not None:
                await self.relay.tell_operators(work, view, *why, event.target)
                return
        if await keep_for_copy(work, view, "operators", event):
            return
        if isinstance(event, ReactionSent):
            await self.relay.from_operator(work, view, event)
        else:
            await self._taken_back(work, view, event)

    async def _said(
        self, work: UnitOfWork, view: ConversationView, binding: RoomBinding, event: MessageSent
    ) -> None:
        command = command_in(event.content)
        if command is not None:
            await self.commands.run(work, Place(binding, view), event, command)
            return
        if event.reply_to is not None and await self._answered(work, event, event.reply_to):
            return
        why = obstacle(view, event.sender) or await off_duty(work, event.sender, event.at)
        if is_slip(event.content):
            why = wording.command_slipped(), None
        elif why is None and await _stays_inside(work, event):
            why = wording.reply_stays_inside(), None
        if why is None:
            await self.relay.from_operator(work, view, event)
            await note_answer(work, view, self.assignments.clock.now())
        else:
            await self._tell(work, view, why, event.content, event.event_id)

    async def _answered(self, work: UnitOfWork, event: MessageSent, reply_to: str) -> bool:
        """Whether it answers a question of ours: a reply to what is no part of the conversation, while one is open."""
        dialogs = self.commands.services.dialogs
        if not await dialogs.is_open(work, event):
            return False
        if await work.messages.by_event("operators", reply_to) is not None:
            return False
        return await dialogs.answer(work, event, answer_in(unescaped(event.content)))

    async def _edited(self, work: UnitOfWork, view: ConversationView, event: MessageEdited) -> None:
        """An edit reaches the customer where the message did; otherwise its author is told, as for a message."""
        message = await work.messages.by_event("operators", event.target)
        if message is not None and not _is_own(message, view, event.sender):
            return
        if message is not None and message.direction == "note":
            await work.messages.change(message.id, _note(event.content), event.at)
            return
        why = obstacle(view, event.sender) or await off_duty(work, event.sender, event.at)
        if command_in(event.content) is not None or is_slip(event.content):
            why = wording.edit_is_no_command(), None
        elif why is None and message is None:
            why = wording.edit_of_unsent(), None
        if why is None:
            await self.relay.from_operator(work, view, event)
        else:
            await self._tell(work, view, why, event.content, event.target)

    async def _taken_back(self, work: UnitOfWork, view: ConversationView, event: EventRedacted) -> None:
        """What an operator takes back is taken back, also after the session; unless the customer is gone with it."""
        if is_gone(view):
            message = await work.messages.by_event("operators", event.target)
            if message is not None and message.direction == "out" and _is_own(message, view, event.sender):
                await self.relay.tell_operators(work, view, wording.customer_keeps(view.account))
        await self.relay.from_operator(work, view, event)

    async def _tell(
        self, work: UnitOfWork, view: ConversationView, told: Told, content: Content, event_id: str
    ) -> None:
        """Answer what was written and did not reach the customer; notices get no answer."""
        if not is_notice(content):
            await self.relay.tell_operators(work, view, *told, event_id)

    async def _membership(self, work: UnitOfWork, view: ConversationView, event: MembershipChanged) -> None:
        """The operator of the session is gone (left, declined, deactivated): somebody else must take it.

        Who is in the room is kept, for supervisors to be let out when they are supervisors no more. We may learn of
        their coming only after that.
        """
        if event.membership == "join":
            await work.room_members.add(event.room_id, event.user_id)
            if not await _belongs_here(work, view, event.user_id):
                lane = members_lane(view.live_chat.id)
                await work.outbox.add(lane, AlignPerson(view.live_chat.id, event.user_id))
        elif event.membership in {"leave", "ban"}:
            await work.room_members.remove(event.room_id, event.user_id)
        await OperatorNames(self.relay.naming).renamed(work, event)
        session = view.session
        if (
            event.membership in {"leave", "ban"}
            and session is not None
            and session.is_served_by(event.user_id)
        ):
            await self.assignments.requeue(work, view, session, wording.operator_left(event.user_id))


async def _belongs_here(work: UnitOfWork, view: ConversationView, user_id: str) -> bool:
    """Whether somebody has anything to do in the session room; in that of a deleted live chat, that is seen to there."""
    session = view.session
    if view.live_chat.deleted_at is not None or (session is not None and session.is_served_by(user_id)):
        return True
    offered_to = session.offered_to if session is not None else None
    entitled = {view.live_chat.operators, view.live_chat.supervisors, offered_to}
    return bool(entitled & await work.groups.of(user_id))


async def _stays_inside(work: UnitOfWork, event: MessageSent) -> bool:
    """Whether it replies to what the customer never saw: a note, or a word of ours, such as a question."""
    if event.reply_to is None:
        return False
    message = await work.messages.by_event("operators", event.reply_to)
    return message is None or message.direction == "note"


def _is_own(message: Message, view: ConversationView, sender: str) -> bool:
    """Whether somebody wrote this in this room, and has not taken it back; the customer's copies are no one's."""
    return (
        message.conversation_id == view.conversation.id
        and message.author == sender
        and message.direction != "in"
        and message.content is not None
    )


def _note(content: Content) -> Content:
    """What an edited note says; with or without the command before it, a note stays a note."""
    command = command_in(content)
    return Text(command.argument) if command is not None and command.name == "note" else content
