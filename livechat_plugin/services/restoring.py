"""After a database was restored from a backup: the homeserver is ahead of it, and rooms may hold what it forgot.

What was written since is fetched by the reconciliation, and recognized where it was delivered. Left are session rooms
that conversations got since: they must not be given to other customers.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from livechat_plugin.core.errors import HomeserverRefused
from livechat_plugin.core.live_chats import LiveChat
from livechat_plugin.core.naming import Naming
from livechat_plugin.core.wording.restoring import LEFT_BEHIND
from livechat_plugin.services.deliveries import ProvisionLiveChat, live_chat_lane
from livechat_plugin.services.ports import Homeserver, Store

LOOKED_FURTHER = 16
"""Numbers of session rooms in a row of which there must be none, until it is believed that there are no more."""


@dataclass(frozen=True, slots=True)
class LeftBehind:
    """A session room that was used after the backup was made."""

    number: int
    room_id: str
    live_chat: LiveChat


@dataclass(frozen=True, slots=True)
class Restoring:
    """Sets a restored database right, before the plugin works with it."""

    store: Store
    homeserver: Homeserver
    naming: Naming

    async def settle(self) -> int:
        """Leave the session rooms behind that were used since the backup; returns how many they were.

        What is done again finds nothing more to do.
        """
        async with self.store.read() as work:
            chats = [chat for chat in await work.live_chats.all() if chat.deleted_at is None]
            spare = {room.id for room in await work.session_rooms.spare()}
            last = await work.session_rooms.last()
        found, highest = await self._look(chats, sorted(spare), last)
        for room in found:
            await self._leave(room)
        async with self.store.begin() as work:
            await work.session_rooms.skip_to(highest)
            for room in found:
                if room.number in spare:
                    await work.session_rooms.drop(room.number)
                    await work.rooms.forget(room.room_id)
            for chat in chats:
                await work.outbox.add(live_chat_lane(chat.id), ProvisionLiveChat(chat.id))
            await work.commit()
        return len(found)

    async def _look(
        self, chats: Sequence[LiveChat], spare: Sequence[int], last: int
    ) -> tuple[list[LeftBehind], int]:
        """The rooms that were used, and the highest number that was ever given."""
        found: list[LeftBehind] = []
        for number in spare:
            found += [room for room in await self._rooms(chats, number) if await self._is_used(room)]
        highest = number = last
        while number < highest + LOOKED_FURTHER:
            number += 1
            if rooms := await self._rooms(chats, number):
                highest = number
                found += rooms
        return found, highest

    async def _rooms(self, chats: Sequence[LiveChat], number: int) -> list[LeftBehind]:
        rooms = []
        for chat in chats:
            alias = f"#{self.naming.session_alias(chat.slug, number)}:{self.naming.server_name}"
            try:
                rooms.append(LeftBehind(number, await self.homeserver.resolve(alias), chat))
            except HomeserverRefused:
                continue
        return rooms

    async def _is_used(self, room: LeftBehind) -> bool:
        """Whether anything was said there, or we are not there any more."""
        ghost = self.naming.live_chat(room.live_chat.slug)
        start: str | None = None
        try:
            while True:
                page = await self.homeserver.traces(room.room_id, ghost, start)
                if page.traces:
                    return True
                if page.end is None:
                    return False
                start = page.end
        except HomeserverRefused:
            return True

    async def _leave(self, room: LeftBehind) -> None:
        slug = room.live_chat.slug
        ghost = self.naming.live_chat(slug)
        try:
            members = await self.homeserver.members(room.room_id, ghost)
            if any(not self.naming.is_ours(member) for member in members):
                await self.homeserver.notice(room.room_id, ghost, LEFT_BEHIND, f"left-behind-{room.number}")
            if room.live_chat.space is not None:
                await self.homeserver.put_into_space(room.live_chat.space, ghost, room.room_id, is_in=False)
        except HomeserverRefused:
            pass  # we are not in it any more
        for user in (self.naming.customer(slug, room.number), ghost):
            await self.homeserver.leave(room.room_id, user, "")
