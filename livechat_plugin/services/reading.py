"""Who has read what: what is unread in lists, and who saw a message in a conversation."""

from collections.abc import Mapping
from dataclasses import dataclass

from livechat_plugin.services.ports import Clock, Store
from livechat_plugin.services.repositories.conversations import ConversationView
from livechat_plugin.services.repositories.messages import Message
from livechat_plugin.services.unit_of_work import UnitOfWork

Marks = Mapping[tuple[int, str], int]
"""The last message that somebody has read, by conversation and reader."""


@dataclass(frozen=True, slots=True)
class Reading:
    """Keeps how far employees and customers have read.

    Marks only go forward, so that it does not matter in which order they come.
    """

    clock: Clock

    async def seen(self, work: UnitOfWork, view: ConversationView, user: str, message_id: int) -> bool:
        """An employee, who may see the conversation, has it before them up to a message.

        Returns:
            Whether they had not read so far: then there is something to commit.
        """
        message = await work.messages.get(message_id)
        if message is None or message.conversation_id != view.conversation.id:
            return False
        return await work.reading.advance(view.conversation.id, user, message_id, self.clock.now())


def note(marks: dict[tuple[int, str], int], reader: str, message: Message) -> None:
    """Remember that somebody has read up to a message, to be kept later together with others."""
    key = message.conversation_id, reader
    marks[key] = max(marks.get(key, 0), message.id)


async def keep(store: Store, clock: Clock, marks: Marks) -> None:
    """Keep what was noted, if it goes forward; in one order, so that two who do so never wait for each other.

    Raises:
        StoreUnavailable: nothing was kept.
    """
    async with store.begin() as work:
        now = clock.now()
        moved = [
            await work.reading.advance(conversation_id, reader, message_id, now)
            for (conversation_id, reader), message_id in sorted(marks.items())
        ]
        if any(moved):
            await work.commit()
