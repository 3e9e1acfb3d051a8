"""The fake repositories of everything around the conversations."""

from collections.abc import Collection, Container, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from secrets import token_hex

from livechat_plugin.core.errors import InvalidLiveChat
from livechat_plugin.core.live_chats import LiveChat
from livechat_plugin.services.deliveries import Delivery, Payload
from livechat_plugin.services.repositories.rooms import RoomBinding
from livechat_plugin.services.room_events import AnyRoomEvent
from livechat_plugin.store.codec import payload_to_json
from tests.fakes.stored import Repository, Unit, in_utc, must_exist, visible


class FakeOutbox(Repository):
    def __init__(self, unit: Unit) -> None:
        super().__init__(unit)
        self.added: list[Delivery] = []

    async def add(self, lane: str, payload: Payload, due_at: datetime | None = None) -> Delivery:
        payload_to_json(payload)  # It refuses what cannot be kept.
        due_at = in_utc(due_at) if due_at is not None else None
        delivery = Delivery(self._all.next_id("deliveries"), lane, token_hex(8), payload, due_at)
        self._all.deliveries[delivery.id] = delivery
        self.added.append(delivery)
        return delivery

    async def pending(self, after: int, limit: int, known: Container[int] = ()) -> Sequence[Delivery]:
        pending = self._all.deliveries.values()
        return [owed for owed in pending if owed.id > after and owed.id not in known][:limit]

    async def done(self, delivery_id: int) -> bool:
        return self._all.deliveries.pop(delivery_id, None) is not None

    async def failed(self, delivery_id: int, reason: str) -> bool:
        delivery = self._all.deliveries.pop(delivery_id, None)
        if delivery is not None:
            self._all.failed[delivery_id] = (delivery, reason)
            self._all.failed_at[delivery_id] = datetime.now(UTC)
        return delivery is not None

    async def forget_failed(self, before: datetime) -> None:
        for delivery_id in [number for number, at in self._all.failed_at.items() if at < before]:
            del self._all.failed[delivery_id], self._all.failed_at[delivery_id]


class FakeRooms(Repository):
    async def bindings(self, room_ids: Collection[str]) -> Mapping[str, RoomBinding]:
        return {room_id: self._all.rooms[room_id] for room_id in room_ids if room_id in self._all.rooms}

    async def bind(self, binding: RoomBinding) -> None:
        must_exist(self._all.live_chats, binding.live_chat_id)
        must_exist(self._all.conversations, binding.conversation_id)
        self._all.rooms[binding.room_id] = binding

    async def forget(self, room_id: str) -> None:
        self._all.rooms.pop(room_id, None)


class FakeLiveChats(Repository):
    async def add(self, live_chat: LiveChat) -> LiveChat:
        if await self.by_slug(live_chat.slug) is not None:
            raise InvalidLiveChat("slug", f"there is a live chat {live_chat.slug!r} already")
        added = replace(live_chat, id=self._all.next_id("live_chats"), name=visible(live_chat.name))
        self._all.live_chats[added.id] = added
        return added

    async def save(self, live_chat: LiveChat) -> None:
        known = self._all.live_chats.get(live_chat.id)
        if known is not None:
            self._all.live_chats[known.id] = replace(live_chat, slug=known.slug, name=visible(live_chat.name))

    async def get(self, live_chat_id: int) -> LiveChat | None:
        return self._all.live_chats.get(live_chat_id)

    async def by_slug(self, slug: str) -> LiveChat | None:
        return next((known for known in self._all.live_chats.values() if known.slug == slug), None)

    async def all(self) -> Sequence[LiveChat]:
        return sorted(self._all.live_chats.values(), key=lambda known: (known.name.casefold(), known.id))


class FakeGroups(Repository):
    async def set_members(self, name: str, members: Collection[str]) -> None:
        self._all.groups[name] = frozenset(members)

    async def names(self) -> frozenset[str]:
        return frozenset(self._all.groups)

    async def members(self, group: str) -> frozenset[str]:
        return self._all.groups.get(group, frozenset())

    async def of(self, user_id: str) -> frozenset[str]:
        return frozenset(name for name, members in self._all.groups.items() if user_id in members)


class FakeInbox(Repository):
    async def mark_seen(self, event_ids: Collection[str], at: datetime) -> frozenset[str]:
        new = frozenset(event_ids) - self._all.seen.keys()
        self._all.seen.update(dict.fromkeys(new, in_utc(at)))
        return new

    async def hold(self, conversation_id: int, event: AnyRoomEvent) -> None:
        must_exist(self._all.conversations, conversation_id)
        self._all.held.append((conversation_id, event))

    async def release(self, conversation_id: int) -> Sequence[AnyRoomEvent]:
        released = [event for number, event in self._all.held if number == conversation_id]
        self._all.held[:] = [entry for entry in self._all.held if entry[0] != conversation_id]
        return released

    async def reject(self, event_id: str | None, reason: str, at: datetime) -> None:
        self._all.rejected.append((event_id, reason, in_utc(at)))

    async def forget_seen(self, before: datetime) -> None:
        before = in_utc(before)
        for event_id in [event_id for event_id, at in self._all.seen.items() if at < before]:
            del self._all.seen[event_id]

    async def forget_rejected(self, before: datetime) -> None:
        self._all.rejected[:] = [entry for entry in self._all.rejected if entry[2] >= before]

    async def note(self, name: str) -> str | None:
        return self._all.notes.get(name)

    async def keep_note(self, name: str, value: str) -> None:
        self._all.notes[name] = value
