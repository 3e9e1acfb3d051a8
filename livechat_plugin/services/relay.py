"""What each side of a conversation does, owed to the other side.

A message is kept with its id on the side where it was written; its copy's id is added when it is delivered. An
edit, reaction or deletion finds its target through these ids, in either direction.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from livechat_plugin.core import wording
from livechat_plugin.core.acts import Act, Edit, React, Redact, Say, Target
from livechat_plugin.core.command_lines import unescape
from livechat_plugin.core.content import Content, Text, fit
from livechat_plugin.core.naming import Naming
from livechat_plugin.core.sessions import Session
from livechat_plugin.services.deliveries import (
    ActForCustomer,
    ActInSessionRoom,
    to_customer_lane,
    to_operators_lane,
)
from livechat_plugin.services.room_events import (
    AnyRoomEvent,
    EventRedacted,
    MessageEdited,
    MessageSent,
    ReactionSent,
)
from livechat_plugin.services.unit_of_work import ConversationView, Message, Side, UnitOfWork

CONTENT_LIMIT = 60_000
"""Bytes of content in one copy: the homeserver's 65,536 less what it adds around the content."""


@dataclass(frozen=True, slots=True)
class Relay:
    """Owes each side what the other does."""

    naming: Naming

    async def from_customer(
        self, work: UnitOfWork, view: ConversationView, session: Session | None, event: AnyRoomEvent
    ) -> int | None:
        """Owe the operators what the customer did; returns the id of the (first) message kept for it."""
        conversation_id = view.conversation.id
        author = event.sender
        if isinstance(event, MessageSent):
            reply_to = await self._target(work, "customer", conversation_id, event.reply_to)
            first: int | None = None
            for index, part in enumerate(fit(event.content, CONTENT_LIMIT)):
                message_id = await work.messages.add(
                    conversation_id,
                    "in",
                    event.at,
                    session_number=session.number if session else None,
                    author=author,
                    content=part,
                    customer_event=event.event_id if index == 0 else None,
                )
                await self._show_operators(work, view, Say(part, reply_to), message_id=message_id)
                first, reply_to = first or message_id, None
            return first
        reaction_id, act = await self._follow_up(work, view, "customer", event)
        if act is not None:
            await self._show_operators(work, view, act, message_id=reaction_id)
        return reaction_id

    async def from_operator(
        self, work: UnitOfWork, view: ConversationView, session: Session | None, event: AnyRoomEvent
    ) -> bool:
        """Owe the customer what the operator did; False if it has nothing to do with the customer."""
        conversation_id = view.conversation.id
        if isinstance(event, MessageSent):
            reply_to = await self._target(work, "operators", conversation_id, event.reply_to)
            for index, part in enumerate(fit(_unescaped(event.content), CONTENT_LIMIT)):
                message_id = await work.messages.add(
                    conversation_id,
                    "out",
                    event.at,
                    session_number=session.number if session else None,
                    author=event.sender,
                    content=part,
                    operators_event=event.event_id if index == 0 else None,
                )
                await self._show_customer(work, view, Say(part, reply_to), message_id, event.event_id)
                reply_to = None
            return True
        reaction_id, act = await self._follow_up(work, view, "operators", event)
        if act is not None:
            await self._show_customer(work, view, act, reaction_id, event.event_id)
        return act is not None

    async def say(
        self, work: UnitOfWork, view: ConversationView, session: Session, words: str, at: datetime
    ) -> None:
        """Say something in the live chat's name, to the customer and for the operators to see."""
        content = Text(words)
        message_id = await work.messages.add(
            view.conversation.id, "system", at, session_number=session.number, content=content
        )
        await self._show_customer(work, view, Say(content), message_id, None)
        notice = Say(replace(content, style="notice"))
        await self._show_operators(work, view, notice, message_id=message_id, as_customer=False)

    async def tell_customer(self, work: UnitOfWork, view: ConversationView, words: str) -> None:
        """Tell the customer something that is no part of the conversation."""
        await self._show_customer(work, view, Say(Text(words, style="notice")), None, None)

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
        act = Say(Text(words, html, "notice"), target)
        await self._show_operators(work, view, act, as_customer=False)

    async def acknowledge(self, work: UnitOfWork, view: ConversationView, event_id: str, key: str) -> None:
        """Attach an emoji of ours to somebody's event in the session room."""
        await self._show_operators(work, view, React(Target(None, event_id), key), as_customer=False)

    async def _follow_up(
        self, work: UnitOfWork, view: ConversationView, side: Side, event: AnyRoomEvent
    ) -> tuple[int | None, Act | None]:
        """An edit, reaction or deletion on one side, as it is to be shown on the other.

        Returns:
            The id of the message whose copy the act makes (reactions only), and the act; None if the target is
            nothing that both sides have, or is not the author's to change.
        """
        if not isinstance(event, MessageEdited | ReactionSent | EventRedacted):
            return None, None
        message = await work.messages.by_event(side, event.target)
        if message is None or message.conversation_id != view.conversation.id or message.direction == "note":
            return None, None
        target = _on_other_side(message, side)
        is_own = message.author == event.sender
        match event:
            case MessageEdited() if is_own:
                content = event.content if side == "customer" else _unescaped(event.content)
                return None, Edit(target, fit(content, CONTENT_LIMIT)[0])
            case EventRedacted() if is_own:
                return None, Redact(target)
            case ReactionSent():
                reaction_id = await work.messages.add(
                    view.conversation.id,
                    "in" if side == "customer" else "out",
                    event.at,
                    author=event.sender,
                    customer_event=event.event_id if side == "customer" else None,
                    operators_event=event.event_id if side == "operators" else None,
                )
                return reaction_id, React(target, event.key)
            case _:
                return None, None

    async def _target(
        self, work: UnitOfWork, side: Side, conversation_id: int, event_id: str | None
    ) -> Target | None:
        if event_id is None:
            return None
        message = await work.messages.by_event(side, event_id)
        if message is None or message.conversation_id != conversation_id or message.direction == "note":
            return None
        return _on_other_side(message, side)

    async def _show_operators(
        self,
        work: UnitOfWork,
        view: ConversationView,
        act: Act,
        *,
        message_id: int | None = None,
        as_customer: bool = True,
    ) -> None:
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

    async def _show_customer(
        self,
        work: UnitOfWork,
        view: ConversationView,
        act: Act,
        message_id: int | None,
        warn_event: str | None,
    ) -> None:
        delivery = ActForCustomer(
            view.conversation.id,
            act,
            view.account.network,
            view.conversation.customer_room or "",
            self.naming.live_chat(view.live_chat.slug),
            message_id,
            warn_event,
        )
        await work.outbox.add(to_customer_lane(view.conversation.id), delivery)


def explain_not_delivered(reason: str, warn_event: str, conversation_id: int) -> ActInSessionRoom:
    """The warning in the session room that an operator's message did not reach the customer."""
    text = Text(wording.not_delivered(reason), style="notice")
    act = Say(text, Target(None, warn_event))
    return ActInSessionRoom(conversation_id, act, as_customer=False)


def _on_other_side(message: Message, side: Side) -> Target:
    return Target(message.id, message.operators_event if side == "customer" else message.customer_event)


def _unescaped(content: Content) -> Content:
    """Without the second "!" of what is meant literally; captions and places hold no commands."""
    if not isinstance(content, Text):
        return content
    html = content.html
    return replace(content, body=unescape(content.body), html=unescape(html) if html is not None else None)
