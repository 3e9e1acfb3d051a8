from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime

from livechat_plugin.core.content import Content, Media
from livechat_plugin.core.errors import ConcurrentChange
from livechat_plugin.services.repositories.messages import (
    LOOKED_AT_FOR_FILES,
    Direction,
    Message,
    Side,
    WrittenIn,
)
from tests.fakes.stored import Repository, in_utc, must_exist, visible


def _event_on(side: Side, message: Message) -> str | None:
    return message.customer_event if side == "customer" else message.operators_event


def _is_shown(message: Message) -> bool:
    return message.content is not None or (message.session_number is not None and message.part_of is None)


class FakeMessages(Repository):
    async def expect(self, count: int) -> None: ...

    async def add(
        self,
        conversation_id: int,
        direction: Direction,
        at: datetime,
        *,
        session_number: int | None = None,
        author: str | None = None,
        content: Content | None = None,
        customer_event: str | None = None,
        operators_event: str | None = None,
        part_of: int | None = None,
        written_in: WrittenIn | None = None,
        touches: Collection[str] = (),
    ) -> int:
        del touches
        must_exist(self._all.conversations, conversation_id)
        must_exist(self._all.sessions, session_number)
        must_exist(self._all.messages, part_of)
        self._must_be_new(operators_event)
        message = Message(
            self._all.next_id("messages"),
            conversation_id,
            session_number,
            direction,
            author,
            in_utc(at),
            content,
            customer_event,
            operators_event,
            part_of,
            written_in=written_in,
        )
        self._all.messages[message.id] = message
        return message.id

    async def get(self, message_id: int) -> Message | None:
        return self._all.messages.get(message_id)

    async def by_event(self, side: Side, event_id: str) -> Message | None:
        found = [message for message in self._all.messages.values() if _event_on(side, message) == event_id]
        return found[-1] if found else None

    async def parts(self, message_id: int) -> Sequence[Message]:
        return [
            message
            for message in self._all.messages.values()
            if message.part_of == message_id and message.content is not None
        ]

    async def last_file(self, session_number: int) -> Media | None:
        said = [m.content for m in self._all.messages.values() if m.session_number == session_number]
        latest = [content for content in reversed(said) if content is not None][:LOOKED_AT_FOR_FILES]
        return next((content for content in latest if isinstance(content, Media)), None)

    async def change(
        self, message_id: int, content: Content | None, edited_at: datetime | None = None
    ) -> None:
        message = self._all.messages.get(message_id)
        if message is not None:
            at = in_utc(edited_at) if edited_at is not None else message.edited_at
            self._all.messages[message_id] = replace(message, content=content, edited_at=at)

    async def fail(self, message_id: int, reason: str) -> None:
        message = self._all.messages.get(message_id)
        if message is not None:
            self._all.messages[message_id] = replace(message, failure=visible(reason))

    async def page(
        self, conversation_id: int, limit: int, *, before: int | None = None, since: int | None = None
    ) -> Sequence[Message]:
        found = [
            message
            for message in self._all.messages.values()
            if message.conversation_id == conversation_id
            and (before is None or message.id < before)
            and message.id >= (since or 0)
            and _is_shown(message)
        ]
        return found[-limit:]

    async def following(self, conversation_id: int, after: int, limit: int) -> Sequence[Message]:
        found = [
            message
            for message in self._all.messages.values()
            if message.conversation_id == conversation_id and message.id > after and _is_shown(message)
        ]
        return found[:limit]

    async def first_of(self, session_number: int) -> int | None:
        return min(
            (m.id for m in self._all.messages.values() if m.session_number == session_number), default=None
        )

    async def shown(
        self,
        message_id: int,
        side: Side,
        event_id: str,
        speaker: str | None = None,
        *,
        of: int | None = None,
    ) -> None:
        message = self._all.messages.get(message_id)
        if message is None:
            return
        if side == "customer":
            self._all.messages[message_id] = replace(message, customer_event=event_id, speaker=speaker)
        elif message.operators_event != event_id:
            self._must_be_new(event_id)
            self._all.messages[message_id] = replace(message, operators_event=event_id)

    def _must_be_new(self, operators_event: str | None) -> None:
        if operators_event is not None and any(
            message.operators_event == operators_event for message in self._all.messages.values()
        ):
            raise ConcurrentChange(f"there is a message with {operators_event} already")
