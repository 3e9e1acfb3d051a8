from collections.abc import Collection, Sequence

from livechat_plugin.services.repositories.room_members import Guest
from livechat_plugin.services.repositories.rooms import RoomKind
from tests.fakes.stored import Repository


class FakeRoomMembers(Repository):
    async def replace(self, room_id: str, members: Collection[str]) -> None:
        self._all.room_members[room_id] = frozenset(members)

    async def add(self, room_id: str, user_id: str) -> None:
        self._all.room_members[room_id] = await self.of(room_id) | {user_id}

    async def remove(self, room_id: str, user_id: str) -> None:
        self._all.room_members[room_id] = await self.of(room_id) - {user_id}

    async def of(self, room_id: str) -> frozenset[str]:
        return self._all.room_members.get(room_id, frozenset())

    async def guests(self, live_chat_id: int, user_id: str | None = None) -> Sequence[Guest]:
        return [
            Guest(room.room_id, room.conversation_id, member)
            for _, room in sorted(self._all.rooms.items())
            if room.kind is RoomKind.SESSION
            and room.live_chat_id == live_chat_id
            and room.conversation_id is not None
            for member in sorted(await self.of(room.room_id))
            if user_id in {None, member}
        ]
