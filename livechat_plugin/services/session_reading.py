"""Having read a conversation in the console counts as having read it in the session room."""

from dataclasses import dataclass

from livechat_plugin.services.again import anew
from livechat_plugin.services.ports import Store
from livechat_plugin.services.reading import Reading
from livechat_plugin.services.room_events import ReadUpTo
from livechat_plugin.services.session_pages import SessionPages
from livechat_plugin.services.signals import SignalRelay


@dataclass(frozen=True, slots=True)
class SessionReading:
    """Keeps how far employees have read, and shows it to customers whose operator they are."""

    store: Store
    pages: SessionPages
    reading: Reading
    signals: SignalRelay

    @anew
    async def read(self, by: str, number: int, message_id: int) -> None:
        """Somebody has a session's conversation before them, up to a message.

        Raises:
            SessionHidden: it is somebody else's.
        """
        async with self.store.begin() as work:
            sight = await self.pages.look(work, by, number)
            message = await work.messages.get(message_id)
            if not await self.reading.seen(work, sight.view, by, message_id):
                return
            await work.commit()
        room = sight.view.conversation.session_room
        if message is None or message.direction != "in" or message.operators_event is None:
            return
        if sight.serves and room is not None and room.room_id is not None:
            await self.signals.relay([ReadUpTo(room.room_id, by, message.operators_event)])
