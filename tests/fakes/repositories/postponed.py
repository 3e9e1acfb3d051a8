from collections.abc import Collection, Sequence

from livechat_plugin.services.repositories.postponed import PostponedEvent
from livechat_plugin.services.room_events import AnyRoomEvent
from tests.fakes.stored import Repository, must_exist


class FakePostponed(Repository):
    async def add(self, event: AnyRoomEvent, conversation_id: int | None = None) -> None:
        must_exist(self._all.conversations, conversation_id)
        number = self._all.next_id("postponed")
        self._all.postponed[number] = PostponedEvent(number, event, conversation_id)

    async def oldest(self, limit: int) -> Sequence[PostponedEvent]:
        return [one for _, one in sorted(self._all.postponed.items())[:limit]]

    async def remove(self, ids: Collection[int]) -> None:
        for number in ids:
            self._all.postponed.pop(number, None)

    async def is_empty(self) -> bool:
        return not self._all.postponed

    async def period(self) -> str | None:
        return self._all.off_period or None

    async def begin_period(self, name: str) -> None:
        self._all.off_period = name

    async def end_period(self) -> None:
        self._all.off_period = ""
