"""All that is on the fake homeserver: rooms, people, and what happened in which order."""

from datetime import UTC, datetime, timedelta
from itertools import count

from livechat_plugin.core.employees import AccountState
from livechat_plugin.core.naming import Naming
from livechat_plugin.services.ports import FileDetails, Profile
from livechat_plugin.services.room_events import AnyRoomEvent, Membership, MembershipChanged
from tests.fakes.rooms import FakeRoom

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)


class World:
    """Rooms in dictionaries.

    Attributes:
        rooms: by id.
        aliases: that people gave their rooms.
        profiles: of everybody.
        accounts: how people's accounts stand, where an administrator changed that.
        log: everything that happened, everywhere.
        files: what was uploaded, by its addresses.
        uploaders: who uploaded it.
        openid_tokens: that clients asked for, with whose they are.
        unpushed: what the application service is still to be told, in order.
    """

    def __init__(self, naming: Naming) -> None:
        self.naming = naming
        self.rooms: dict[str, FakeRoom] = {}
        self.aliases: dict[str, str] = {}
        self.profiles: dict[str, Profile] = {}
        self.accounts: dict[str, AccountState] = {}
        self.log: list[AnyRoomEvent] = []
        self.unpushed: list[AnyRoomEvent] = []
        self.files: dict[str, tuple[FileDetails, bytes]] = {}
        self.uploaders: dict[str, str] = {}
        self.openid_tokens: dict[str, str] = {}
        self.forgotten: set[tuple[str, str]] = set()
        self.retired: set[str] = set()
        self._numbers = count(1)

    def introduce(self, user_id: str) -> None:
        """Give somebody the name that clients make of an id."""
        self.profiles[user_id] = Profile(user_id[1:].partition(":")[0].title())

    def upload(
        self, name: str | None, data: bytes = b"{}", kind: str = "application/json", *, by: str = ""
    ) -> str:
        """Put a file into the media repository; returns its address."""
        url = self.new_id(f"mxc://{self.naming.server_name}/")
        self.files[url] = FileDetails(name, kind, len(data)), data
        self.uploaders[url] = by
        return url

    def new_id(self, sigil: str) -> str:
        """An id that was never used."""
        return f"{sigil}{next(self._numbers)}"

    def now(self) -> datetime:
        """A moment later than the last."""
        return BEGIN + timedelta(milliseconds=len(self.log))

    def upgraded(self, room_id: str, user: str) -> str:
        """A room that goes on in the place of another one, with whom who made it in it."""
        old, new_id = self.rooms[room_id], self.new_id("!")
        new = FakeRoom(new_id, user, old.name, is_space=old.is_space, is_public=old.is_public)
        new.predecessor, new.children = room_id, set(old.children)
        self.rooms[new_id] = new
        self.change_membership(new, user, user, "join")
        return new_id

    def happen(self, event: AnyRoomEvent) -> None:
        """Keep an event, and push it if it concerns us and is not our own doing."""
        room = self.rooms[event.room_id]
        room.take_in(event)
        self.log.append(event)
        is_about_us = isinstance(event, MembershipChanged) and self.naming.is_ours(event.user_id)
        if not self.naming.is_ours(event.sender) and (
            is_about_us or any(map(self.naming.is_ours, room.joined()))
        ):
            self.unpushed.append(event)

    def change_membership(
        self,
        room: FakeRoom,
        sender: str,
        user_id: str,
        membership: Membership,
        *,
        is_direct: bool = False,
    ) -> str:
        """Let somebody in, out or be invited."""
        profile = self.profiles.get(user_id, Profile())
        event_id = self.new_id("$")
        change = MembershipChanged(
            *(event_id, room.room_id, sender, self.now(), user_id, membership),
            previous=room.memberships.get(user_id),
            display_name=profile.display_name,
            avatar_url=profile.avatar_url,
            is_direct=is_direct,
        )
        self.happen(change)
        return event_id
