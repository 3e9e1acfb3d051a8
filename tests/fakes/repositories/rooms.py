from collections.abc import Collection, Mapping
from dataclasses import replace

from livechat_plugin.services.repositories.rooms import RoomBinding
from tests.fakes.stored import Repository, must_exist


class FakeRooms(Repository):
    async def bindings(self, room_ids: Collection[str]) -> Mapping[str, RoomBinding]:
        is_off = bool(self._all.off_period)
        return {
            room_id: replace(self._all.rooms[room_id], is_off=is_off)
            for room_id in room_ids
            if room_id in self._all.rooms
        }

    async def bind(self, binding: RoomBinding) -> None:
        must_exist(self._all.live_chats, binding.live_chat_id)
        must_exist(self._all.conversations, binding.conversation_id)
        self._all.rooms[binding.room_id] = binding

    async def forget(self, room_id: str) -> None:
        self._all.rooms.pop(room_id, None)
