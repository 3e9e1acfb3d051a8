"""People with ordinary clients, in the fake homeserver: customers, operators and strangers."""

from datetime import datetime

from livechat_plugin.core.content import Content, Text
from livechat_plugin.core.employees import AccountState
from livechat_plugin.services.ports import Profile, RoomWidget
from livechat_plugin.services.room_events import (
    AnyRoomEvent,
    EncryptedSent,
    EventRedacted,
    Membership,
    MessageEdited,
    MessageSent,
    ReactionSent,
    RoomReplaced,
    SpaceChildChanged,
)
from tests.fakes.rooms import FakeRoom
from tests.fakes.world import World

_Base = tuple[str, str, str, datetime]


class FakePeople:
    """What people do on the homeserver; each returns the id of the event, where there is one."""

    def __init__(self, world: World) -> None:
        self._world = world

    async def open_room(self, user: str, *invited: str, is_direct: bool = True) -> str:
        """Make a room with others in it."""
        room = FakeRoom(self._world.new_id("!"), user)
        self._world.rooms[room.room_id] = room
        self._world.change_membership(room, user, user, "join")
        for whom in invited:
            self._world.change_membership(room, user, whom, "invite", is_direct=is_direct)
        return room.room_id

    async def open_space(self, user: str, name: str = "", *invited: str, is_public: bool = False) -> str:
        """Make a space with others invited into it."""
        space = FakeRoom(self._world.new_id("!"), user, name, is_space=True, is_public=is_public)
        self._world.rooms[space.room_id] = space
        self._world.change_membership(space, user, user, "join")
        for whom in invited:
            self._world.change_membership(space, user, whom, "invite")
        return space.room_id

    async def show_in_space(self, user: str, space: str, child: str, *, is_in: bool = True) -> str:
        """Let a space show a room, or show it no longer."""
        children = self._world.rooms[space].children
        (children.add if is_in else children.discard)(child)
        return self._happen(SpaceChildChanged(*self._base(user, space), child))

    async def say(self, user: str, room_id: str, said: str | Content, reply_to: str | None = None) -> str:
        """Write a message."""
        content = Text(said) if isinstance(said, str) else said
        base = self._base(user, room_id)
        return self._happen(MessageSent(*base, content, reply_to))

    async def edit(self, user: str, room_id: str, target: str, said: str) -> str:
        """Change a message."""
        return self._happen(MessageEdited(*self._base(user, room_id), target, Text(said)))

    async def upgrade(self, user: str, room_id: str, successor: str | None = None) -> str:
        """Close a room and make another one that goes on in its place; returns its id."""
        new = successor or self._world.upgraded(room_id, user)
        self._world.rooms[room_id].successor = new
        self._happen(RoomReplaced(*self._base(user, room_id), new))
        return new

    async def react(self, user: str, room_id: str, target: str, key: str) -> str:
        """Attach an emoji."""
        return self._happen(ReactionSent(*self._base(user, room_id), target, key))

    async def redact(self, user: str, room_id: str, target: str) -> str:
        """Delete something."""
        return self._happen(EventRedacted(*self._base(user, room_id), target))

    async def say_encrypted(self, user: str, room_id: str) -> str:
        """Write something that only those with keys can read."""
        return self._happen(EncryptedSent(*self._base(user, room_id)))

    async def invite(self, user: str, room_id: str, whom: str, *, is_direct: bool = False) -> str:
        """Invite somebody."""
        room = self._world.rooms[room_id]
        return self._world.change_membership(room, user, whom, "invite", is_direct=is_direct)

    async def join(self, user: str, room_id: str) -> str:
        """Come in."""
        room = self._world.rooms[room_id]
        through = self._world.rooms.get(room.join_through or "")
        if room.memberships.get(user) not in {"invite", "join"} and not (through and through.has(user)):
            raise AssertionError(f"{user} may not join {room_id}")
        return self._world.change_membership(room, user, user, "join")

    async def leave(self, user: str, room_id: str) -> str:
        """Go out, or decline."""
        return self._world.change_membership(self._world.rooms[room_id], user, user, "leave")

    async def kick(self, user: str, room_id: str, whom: str, *, is_banned: bool = False) -> str:
        """Put somebody out, for good if they are banned."""
        membership: Membership = "ban" if is_banned else "leave"
        return self._world.change_membership(self._world.rooms[room_id], user, whom, membership)

    async def present(self, user: str, name: str, avatar_url: str | None = None) -> None:
        """Take a name and a picture, which every room is told."""
        self._world.profiles[user] = Profile(name, avatar_url)
        for room in self._world.rooms.values():
            if room.has(user):
                self._world.change_membership(room, user, user, "join")

    async def widget_address(self, user: str, room_id: str) -> str | None:
        """The address of the page that a client shows within a room."""
        room = self._world.rooms[room_id]
        if not room.has(user):
            raise AssertionError(f"{user} is not in {room_id}")
        return room.widget.address if room.widget else None

    async def put_widget(self, user: str, room_id: str, address: str) -> None:
        """Try to let a room show a page of one's own."""
        room = self._world.rooms[room_id]
        if user != room.creator:
            raise AssertionError(f"{user} may not change {room_id}")
        room.widget = RoomWidget("livechat_panel", "Mine", address)

    async def openid_token(self, user: str) -> str:
        """Ask the homeserver for proof of one's identity, as clients do for widgets."""
        token = self._world.new_id("openid")
        self._world.openid_tokens[token] = user
        return token

    async def lock(self, user: str) -> None:
        """An administrator of the homeserver locks somebody's account."""
        self._world.accounts[user] = AccountState.LOCKED

    async def suspend(self, user: str) -> None:
        """One suspends it."""
        self._world.accounts[user] = AccountState.SUSPENDED

    async def deactivate(self, user: str, *, is_erased: bool = False) -> None:
        """One deactivates it; they leave all rooms."""
        self._world.accounts[user] = AccountState.DEACTIVATED
        for room in self._world.rooms.values():
            if room.memberships.get(user) in {"join", "invite"}:
                self._world.change_membership(room, user, user, "leave")
        if is_erased:
            del self._world.profiles[user]

    async def upload(self, user: str, name: str | None) -> str:
        """Put a file into the media repository; returns its address."""
        return self._world.upload(name, by=user)

    async def seen(self, user: str, room_id: str) -> list[AnyRoomEvent]:
        """What somebody in the room sees of it, oldest first."""
        return self._world.rooms[room_id].remaining()

    def _base(self, user: str, room_id: str) -> _Base:
        if not self._world.rooms[room_id].has(user):
            raise AssertionError(f"{user} is not in {room_id}")
        return self._world.new_id("$"), room_id, user, self._world.now()

    def _happen(self, event: AnyRoomEvent) -> str:
        self._world.happen(event)
        return event.event_id
