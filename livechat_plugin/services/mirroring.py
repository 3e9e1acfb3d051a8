"""What somebody does on one side of a conversation, as it is to be shown on the other.

A message is kept with its id on the side where it was written; its copy's id is added when it is delivered. An
edit, reaction or deletion finds its target through these ids, in either direction. What is too long for one event
is copied in several parts, each a message of its own; the writer's event id stands with the first, and the others
name that one.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from livechat_plugin.core.acts import Act, Edit, React, Redact, Say, Target
from livechat_plugin.core.content import Content, fit
from livechat_plugin.services.live import live_chat_topic, person_topic
from livechat_plugin.services.repositories.conversations import ConversationView
from livechat_plugin.services.repositories.messages import Direction, Message, Side
from livechat_plugin.services.room_events import (
    AnyRoomEvent,
    EventRedacted,
    MessageEdited,
    MessageSent,
    ReactionSent,
)
from livechat_plugin.services.unit_of_work import UnitOfWork
from livechat_plugin.services.written import unescaped

CONTENT_LIMIT = 60_000
"""Bytes of content in one copy: the homeserver's 65,536 less what it adds around the content."""

_DIRECTION: Mapping[Side, Direction] = {"customer": "in", "operators": "out"}


@dataclass(frozen=True, slots=True)
class Copy:
    """What the other side is to be shown; `message_id` is the message whose copy the act makes, if it makes one."""

    act: Act
    message_id: int | None = None


async def mirror(work: UnitOfWork, view: ConversationView, side: Side, event: AnyRoomEvent) -> Sequence[Copy]:
    """Keep what happened on one side.

    Returns:
        What to show on the other, in order; nothing if the event points at what only one side has, or changes
        what is not its sender's own.
    """
    if isinstance(event, MessageSent):
        return await _sent(work, view, side, event)
    if isinstance(event, MessageEdited | ReactionSent | EventRedacted):
        message = await _find(work, view, side, event.target)
        if message is not None:
            return await _pointed(work, view, message, side, event)
    return []


async def _pointed(
    work: UnitOfWork,
    view: ConversationView,
    message: Message,
    side: Side,
    event: MessageEdited | ReactionSent | EventRedacted,
) -> list[Copy]:
    if isinstance(event, ReactionSent):
        target = await _on_other_side(work, message, side)
        return [Copy(React(target, event.key), await _keep(work, view, side, event))]
    # Somebody may be customer and operator at once: the copy of what they wrote is not theirs to change.
    if message.author != event.sender or message.direction != _DIRECTION[side]:
        return []
    if isinstance(event, EventRedacted):
        return await _taken_back(work, message, side)
    return await _edited(work, view, message, side, event)


async def _sent(work: UnitOfWork, view: ConversationView, side: Side, event: MessageSent) -> list[Copy]:
    answered = await _find(work, view, side, event.reply_to) if event.reply_to is not None else None
    reply_to = await _on_other_side(work, answered, side) if answered is not None else None
    copies: list[Copy] = []
    for part in _parts(side, event.content):
        first = copies[0].message_id if copies else None
        number = view.session.number if view.session else None
        message_id = await _keep(work, view, side, event, part, part_of=first, session_number=number)
        if side == "operators":  # who answers has read what was said before
            await work.reading.follow(view.conversation.id, event.sender, message_id, event.at)
        copies.append(Copy(Say(part, None if copies else reply_to), message_id))
    return copies


async def _edited(
    work: UnitOfWork, view: ConversationView, message: Message, side: Side, event: MessageEdited
) -> list[Copy]:
    """Part by part, so that the words keep their place; surplus old parts go, further new ones follow."""
    if message.content is None:
        return []  # taken back meanwhile
    old = [message, *await work.messages.parts(message.id)]
    new = _parts(side, event.content)
    copies: list[Copy] = []
    for part, content in zip_longest(old, new):
        if part is None:
            number = message.session_number
            further = await _keep(work, view, side, event, content, part_of=message.id, session_number=number)
            copies.append(Copy(Say(content), further))
            continue
        await work.messages.change(part.id, content, event.at)
        target = _copy_of(part, side)
        copies.append(Copy(Edit(target, content) if content is not None else Redact(target)))
    return copies


async def _taken_back(work: UnitOfWork, message: Message, side: Side) -> list[Copy]:
    """A message with all its parts, whose words are not kept either; or a reaction."""
    parts = [message, *await work.messages.parts(message.id)]
    for part in parts:
        await work.messages.change(part.id, None)
    return [Copy(Redact(_copy_of(part, side))) for part in parts]


async def _find(work: UnitOfWork, view: ConversationView, side: Side, event_id: str) -> Message | None:
    """What an event points at, if both sides have it: notes stay inside."""
    message = await work.messages.by_event(side, event_id)
    if message is None or message.conversation_id != view.conversation.id or message.direction == "note":
        return None
    return message


async def _on_other_side(work: UnitOfWork, message: Message, side: Side) -> Target:
    """The same message as the other side knows it: a copied part is part of what the writer wrote as one."""
    if message.part_of is not None and message.direction != _DIRECTION[side]:
        message = await work.messages.get(message.part_of) or message
    return _copy_of(message, side)


def _copy_of(message: Message, side: Side) -> Target:
    event_id = message.operators_event if side == "customer" else message.customer_event
    return Target(message.id, event_id, message.speaker)


def _parts(side: Side, content: Content) -> list[Content]:
    return fit(content if side == "customer" else unescaped(content), CONTENT_LIMIT)


async def _keep(
    work: UnitOfWork,
    view: ConversationView,
    side: Side,
    event: AnyRoomEvent,
    content: Content | None = None,
    *,
    part_of: int | None = None,
    session_number: int | None = None,
) -> int:
    event_id = event.event_id if part_of is None else None
    return await work.messages.add(
        view.conversation.id,
        _DIRECTION[side],
        event.at,
        session_number=session_number,
        author=event.sender,
        content=content,
        customer_event=event_id if side == "customer" else None,
        operators_event=event_id if side == "operators" else None,
        part_of=part_of,
        touches=_whose_lists(view) if side == "customer" else (),
    )


def _whose_lists(view: ConversationView) -> Collection[str]:
    """The lists that show the last words of a customer: their operator's, or while they wait, the queue."""
    session = view.session
    if session is not None and session.operator is not None:
        return (person_topic(session.operator),)
    return (live_chat_topic(view.live_chat.id),)
