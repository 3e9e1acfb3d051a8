from collections.abc import Sequence
from dataclasses import replace

from livechat_plugin.core.conversations import SessionRoom
from tests.fakes.stored import Repository, must_exist


class FakeSessionRooms(Repository):
    async def take_spare(self, live_chat_id: int, conversation_id: int) -> SessionRoom:
        ready = [room for room in self._spare(live_chat_id) if room.room_id is not None]
        room = ready[0] if ready else await self.add(live_chat_id)
        taken = replace(room, conversation_id=conversation_id)
        self._all.session_rooms[room.id] = taken
        return taken

    async def add(self, live_chat_id: int) -> SessionRoom:
        must_exist(self._all.live_chats, live_chat_id)
        room = SessionRoom(self._all.next_id("session_rooms"), live_chat_id)
        self._all.session_rooms[room.id] = room
        return room

    async def get(self, session_room_id: int) -> SessionRoom | None:
        return self._all.session_rooms.get(session_room_id)

    async def made(self, session_room_id: int, room_id: str, panel: str | None = None) -> None:
        room = self._all.session_rooms.get(session_room_id)
        if room is not None:
            self._all.session_rooms[room.id] = replace(room, room_id=room_id, panel=panel)

    async def panel_shown(self, session_room_id: int, panel: str | None) -> None:
        room = self._all.session_rooms.get(session_room_id)
        if room is not None:
            self._all.session_rooms[room.id] = replace(room, panel=panel)

    async def count_spare(self, live_chat_id: int) -> int:
        return len(self._spare(live_chat_id))

    def _spare(self, live_chat_id: int) -> list[SessionRoom]:
        return [
            room
            for room in self._all.session_rooms.values()
            if room.live_chat_id == live_chat_id and room.conversation_id is None
        ]

    async def spare(self) -> Sequence[SessionRoom]:
        return [room for room in self._all.session_rooms.values() if room.conversation_id is None]

    async def drop(self, session_room_id: int) -> None:
        room = self._all.session_rooms.get(session_room_id)
        if room is not None and room.conversation_id is None:
            del self._all.session_rooms[session_room_id]

    async def last(self) -> int:
        return self._all.last_ids["session_rooms"]

    async def skip_to(self, session_room_id: int) -> None:
        self._all.last_ids["session_rooms"] = max(self._all.last_ids["session_rooms"], session_room_id)
