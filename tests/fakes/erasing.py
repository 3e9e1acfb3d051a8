"""Taking things away from the fake homeserver."""

from collections.abc import Collection

from livechat_plugin.core.content import Location, Media, Text
from livechat_plugin.services.ports import Profile
from livechat_plugin.services.room_events import MessageEdited, MessageSent, ReactionSent
from livechat_plugin.services.traces import Trace, TracePage
from tests.fakes.faults import Faults, refusal
from tests.fakes.world import World

PAGE = 3
"""Few, so that tests see several pages."""


class FakeErasing(World):
    """The part of the fake homeserver that takes things away.

    Attributes:
        forgotten: rooms that ghosts forgot.
        retired: ghosts that are deactivated.
    """

    faults: Faults
    has_admin_token: bool

    @property
    def is_administrator(self) -> bool:
        return self.has_admin_token

    async def traces(self, room_id: str, as_user: str, start: str | None = None) -> TracePage:
        await self.faults.meet(room_id, as_user)
        room = self.rooms.get(room_id)
        if room is None or not room.has(as_user):
            raise refusal()
        newest_first = list(reversed(room.events))
        begin = int(start or 0)
        page = newest_first[begin : begin + PAGE]
        traces = [
            Trace(event.event_id, event.sender, *_inside(event))
            for event in page
            if isinstance(event, MessageSent | MessageEdited | ReactionSent)
            and event.event_id not in room.redacted
        ]
        end = str(begin + PAGE) if len(newest_first) > begin + PAGE else None
        return TracePage(traces, end, page[-1].at.timestamp() if page else None)

    async def forget(self, room_id: str, as_user: str) -> None:
        await self.faults.meet(room_id, as_user)
        self.forgotten.add((room_id, as_user))

    async def retire(self, ghost: str) -> None:
        await self.faults.meet(ghost)
        self.profiles[ghost] = Profile()
        self.retired.add(ghost)

    async def purge(self, room_id: str) -> None:
        await self.faults.meet(room_id)
        if not self.has_admin_token:
            raise refusal()
        self.rooms.pop(room_id, None)

    async def present(self, room_id: str) -> Collection[str]:
        await self.faults.meet(room_id)
        if not self.has_admin_token or room_id not in self.rooms:
            raise refusal()
        return self.rooms[room_id].joined()

    async def uploader(self, url: str) -> str | None:
        await self.faults.meet(url)
        if not self.has_admin_token:
            raise refusal()
        return self.uploaders.get(url) if url in self.files else None

    async def delete_file(self, url: str) -> bool:
        await self.faults.meet(url)
        if not self.has_admin_token:
            raise refusal()
        return self.files.pop(url, None) is not None


def _inside(event: MessageSent | MessageEdited | ReactionSent) -> tuple[str, tuple[str, ...]]:
    if isinstance(event, ReactionSent):
        return event.key, ()
    match event.content:
        case Text(body=body):
            return body, ()
        case Media(url=url, filename=name, caption=caption):
            return f"{name}\n{caption}", (url,) if url else ()
        case Location(description=description):
            return description, ()
