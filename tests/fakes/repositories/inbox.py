from collections.abc import Collection, Sequence
from datetime import datetime

from livechat_plugin.services.room_events import AnyRoomEvent
from tests.fakes.stored import Repository, in_utc, must_exist


class FakeInbox(Repository):
    async def mark_seen(
        self, event_ids: Collection[str], at: datetime, *, in_turn: bool = False
    ) -> frozenset[str]:
        new = frozenset(event_ids) - self._all.seen.keys()
        self._all.seen.update(dict.fromkeys(new, in_utc(at)))
        return new

    async def unseen(self, event_ids: Collection[str]) -> frozenset[str]:
        return frozenset(event_ids) - self._all.seen.keys()

    async def hold(self, conversation_id: int, event: AnyRoomEvent) -> None:
        must_exist(self._all.conversations, conversation_id)
        self._all.held.append((conversation_id, event))

    async def release(self, conversation_id: int, most: int | None = None) -> Sequence[AnyRoomEvent]:
        released = [entry for entry in self._all.held if entry[0] == conversation_id][:most]
        self._all.held[:] = [entry for entry in self._all.held if entry not in released]
        return [event for _, event in released]

    async def reject(self, event_id: str | None, reason: str, at: datetime) -> None:
        self._all.rejected.append((event_id, reason, in_utc(at)))

    async def forget_seen(self, before: datetime, keep: int = 0) -> None:
        before = in_utc(before)
        if keep > len(self._all.seen):
            return
        if keep:
            before = min(before, sorted(self._all.seen.values(), reverse=True)[keep - 1])
        for event_id in [event_id for event_id, at in self._all.seen.items() if at < before]:
            del self._all.seen[event_id]

    async def forget_rejected(self, before: datetime) -> None:
        self._all.rejected[:] = [entry for entry in self._all.rejected if entry[2] >= before]

    async def note(self, name: str) -> str | None:
        return self._all.notes.get(name)

    async def keep_note(self, name: str, value: str) -> None:
        self._all.notes[name] = value
