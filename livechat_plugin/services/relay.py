"""What each side of a conversation does, owed to the other side."""

from dataclasses import dataclass, replace
from datetime import datetime

from livechat_plugin.core import wording
from livechat_plugin.core.acts import Act, React, Say, Target
from livechat_plugin.core.content import Content, Text, fit
from livechat_plugin.core.conversations import CustomerRoomState
from livechat_plugin.core.naming import Naming
from livechat_plugin.core.sessions import Session
from livechat_plugin.services.deliveries import (
    ActForCustomer,
    ActInSessionRoom,
    to_customer_lane,
    to_operators_lane,
)
from livechat_plugin.services.mirroring import CONTENT_LIMIT, mirror
from livechat_plugin.services.repositories.conversations import ConversationView
from livechat_plugin.services.room_events import AnyRoomEvent, MessageEdited
from livechat_plugin.services.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class Relay:
    """Owes each side what the other does."""

    naming: Naming

    async def from_customer(
        self, work: UnitOfWork, view: ConversationView, event: AnyRoomEvent
    ) -> int | None:
        """Owe the operators what the customer did; returns the id of the (first) message kept for it."""
        copies = await mirror(work, view, "customer", event)
        for copy in copies:
            await self.show_operators(work, view, copy.act, message_id=copy.message_id)
        return copies[0].message_id if copies else None

    async def from_operator(self, work: UnitOfWork, view: ConversationView, event: AnyRoomEvent) -> None:
        """Owe the customer what the operator did, if it has anything to do with them."""
        # An edit is not shown as an event of its own, so that a warning answers the message.
        warn_event = event.target if isinstance(event, MessageEdited) else event.event_id
        for copy in await mirror(work, view, "operators", event):
            await self.show_customer(work, view, copy.act, copy.message_id, warn_event, event.sender)

    async def say(
        self, work: UnitOfWork, view: ConversationView, session: Session, words: str, at: datetime
    ) -> None:
        """Say something in the live chat's name, to the customer and for the operators to see."""
        for part in fit(Text(words), CONTENT_LIMIT):
            message_id = await work.messages.add(
                view.conversation.id, "system", at, session_number=session.number, content=part
            )
            await self.show_customer(work, view, Say(part), message_id, None)
            notice = Say(_as_notice(part))
            await self.show_operators(work, view, notice, message_id=message_id, as_customer=False)

    async def tell_customer(self, work: UnitOfWork, view: ConversationView, words: str) -> None:
        """Tell the customer something that is no part of the conversation."""
        for part in fit(Text(words, style="notice"), CONTENT_LIMIT):
            await self.show_customer(work, view, Say(part), None, None)

    async def tell_operators(
        self,
        work: UnitOfWork,
        view: ConversationView,
        words: str,
        html: str | None = None,
        reply_to: str | None = None,
    ) -> None:
        """Tell the people in the session room something, maybe in answer to one of its events."""
        target = Target(None, reply_to) if reply_to else None
        for part in fit(Text(words, html, "notice"), CONTENT_LIMIT):
            await self.show_operators(work, view, Say(part, target), as_customer=False)
            target = None

    async def acknowledge(self, work: UnitOfWork, view: ConversationView, event_id: str, key: str) -> None:
        """Attach an emoji of ours to somebody's event in the session room."""
        await self.show_operators(work, view, React(Target(None, event_id), key), as_customer=False)

    async def show_operators(
        self,
        work: UnitOfWork,
        view: ConversationView,
        act: Act,
        *,
        message_id: int | None = None,
        as_customer: bool = True,
    ) -> None:
        """Owe the operators an act, in the session room, as the customer's ghost or as the live chat's."""
        room = view.conversation.session_room
        speaker = self.naming.live_chat(view.live_chat.slug)
        if as_customer and room is not None:
            speaker = self.naming.customer(view.live_chat.slug, room.id)
        delivery = ActInSessionRoom(
            view.conversation.id,
            act,
            as_customer,
            message_id,
            room.room_id if room else None,
            speaker if room and room.room_id else None,
        )
        await work.outbox.add(to_operators_lane(view.conversation.id), delivery)

    async def show_customer(
        self,
        work: UnitOfWork,
        view: ConversationView,
        act: Act,
        message_id: int | None,
        warn_event: str | None,
        operator: str | None = None,
    ) -> None:
        """Owe the customer an act, unless they are gone; `operator` is whose it is, None for words of ours."""
        if view.conversation.customer_state is CustomerRoomState.LEFT:
            return  # nothing reaches them until they open the chat again
        delivery = ActForCustomer(
            view.conversation.id,
            act,
            view.account.network,
            view.conversation.customer_room or "",
            self.naming.live_chat(view.live_chat.slug),
            message_id,
            warn_event,
            operator,
        )
        await work.outbox.add(to_customer_lane(view.conversation.id), delivery)


async def note_answer(work: UnitOfWork, view: ConversationView, at: datetime) -> None:
    """An operator has answered: the first time it counts, for the figures of the live chat."""
    if view.session is not None and view.session.answered_after is None:
        await work.sessions.answered(view.session, at)


def explain_not_delivered(reason: str, about: Target, conversation_id: int) -> ActInSessionRoom:
    """The warning in the session room that an operator's message did not reach the customer."""
    text = Text(wording.not_delivered(reason), style="notice")
    act = Say(text, about)
    return ActInSessionRoom(conversation_id, act, as_customer=False)


def _as_notice(content: Content) -> Content:
    return replace(content, style="notice") if isinstance(content, Text) else content
