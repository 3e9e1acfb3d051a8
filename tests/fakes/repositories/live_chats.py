from collections.abc import Collection, Sequence
from dataclasses import replace

from livechat_plugin.core.errors import ConcurrentChange, InvalidLiveChat
from livechat_plugin.core.live_chats import LiveChat
from tests.fakes.stored import Repository, visible


class FakeLiveChats(Repository):
    async def alone(self) -> None:
        pass  # writers come one after another

    async def add(self, live_chat: LiveChat) -> LiveChat:
        if await self.by_slug(live_chat.slug) is not None:
            raise InvalidLiveChat("slug", f"there is a live chat {live_chat.slug!r} already")
        added = replace(live_chat, id=self._all.next_id("live_chats"), name=visible(live_chat.name))
        self._all.live_chats[added.id] = added
        return added

    async def save(self, live_chat: LiveChat) -> None:
        known = self._all.live_chats.get(live_chat.id)
        if known is None or known.version != live_chat.version - 1:
            raise ConcurrentChange(live_chat.name)
        rooms = {name: getattr(known, name) for name in ("slug", "queue_room", "supervisors_room", "space")}
        self._all.live_chats[known.id] = replace(live_chat, **rooms, name=visible(live_chat.name))

    async def set_rooms(self, live_chat_id: int, queue_room: str, supervisors_room: str, space: str) -> None:
        known = self._all.live_chats.get(live_chat_id)
        if known is not None:
            self._all.live_chats[live_chat_id] = replace(
                known, queue_room=queue_room, supervisors_room=supervisors_room, space=space
            )

    async def get(self, live_chat_id: int) -> LiveChat | None:
        return self._all.live_chats.get(live_chat_id)

    async def by_slug(self, slug: str) -> LiveChat | None:
        return next((known for known in self._all.live_chats.values() if known.slug == slug), None)

    async def of_groups(self, groups: Collection[str]) -> Sequence[LiveChat]:
        return [known for known in await self.all() if {known.operators, known.supervisors} & set(groups)]

    async def all(self) -> Sequence[LiveChat]:
        kept = [known for known in self._all.live_chats.values() if known.deleted_at is None]
        return sorted(kept, key=lambda known: (known.name.casefold(), known.id))
