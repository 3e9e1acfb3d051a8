"""What the use cases need from the world: time, the homeserver, channels, and somebody who counts."""

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from livechat_plugin.core.acts import Act
from livechat_plugin.core.employees import AccountState
from livechat_plugin.services.room_events import (
    AnyRoomEvent,
    Membership,
    MembershipChanged,
    RejectedEvent,
    Signal,
)
from livechat_plugin.services.traces import Traces
from livechat_plugin.services.unit_of_work import UnitOfWork


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> datetime:
        """The present moment, with the UTC time zone; it may jump, for somebody can set the clock."""
        ...

    def elapsed(self) -> timedelta:
        """Time since some moment in the past; it never jumps, and says nothing to other processes."""
        ...


class Meter(Protocol):
    """Counts what happens, for `/metrics`."""

    def count(self, what: str, label: str = "") -> None:
        """Count one occurrence; `what` is one of the names in `METERS`."""
        ...


METERS = {
    "events": "Room events received, by outcome.",
    "deliveries": "Deliveries made, by kind.",
    "delivery_retries": "Attempts that failed and were or will be repeated, by kind.",
    "deliveries_failed": "Deliveries given up and told to the person concerned, by kind.",
    "retention_batches": "Batches of rows deleted because they were too old, by kind.",
    "hook_failures": "Failures of hooks, by hook.",
    "signals_dropped": "Typing and read signals that could not be passed on, by sort.",
    "reconciliations": "Times the homeserver was asked for what it may have failed to push.",
}
"""Every counter with its help text; the label's meaning is named after "by"."""


@dataclass(frozen=True, slots=True)
class Profile:
    """How somebody presents themselves on the homeserver; given to a ghost, an empty address takes its picture."""

    display_name: str | None = None
    avatar_url: str | None = None


@dataclass(frozen=True, slots=True)
class FileDetails:
    """A file in the homeserver's media repository: the name it was uploaded under, its media type and its size."""

    name: str | None
    kind: str
    size: int


@dataclass(frozen=True, slots=True)
class RoomWidget:
    """A page of ours that clients with widgets show within a room, above its timeline.

    Attributes:
        key: tells it from other widgets of the room.
        address: of the page; clients fill in `$matrix_room_id` and the like.
    """

    key: str
    name: str
    address: str


@dataclass(frozen=True, slots=True)
class OpenFile:
    """A file that is being read: its media type as its sender told it, its size if that is known, its bytes."""

    kind: str
    size: int | None
    pieces: AsyncIterator[bytes]


@dataclass(frozen=True, slots=True)
class RoomPlan:
    """A room of ours to be made. The alias makes creating it repeatable: a second attempt finds the first room.

    Attributes:
        alias: localpart of its alias.
        creator: the ghost that owns it.
        invite: who is invited at creation.
        speak_level: power level needed to write in it.
        join_through: room whose members may join without invitation (restricted join rule).
        is_space: whether it is a space.
        widget: what it shows from the beginning.
    """

    alias: str
    creator: str
    name: str
    topic: str = ""
    invite: tuple[str, ...] = ()
    speak_level: int = 0
    join_through: str | None = None
    is_space: bool = False
    widget: RoomWidget | None = None


@dataclass(frozen=True, slots=True)
class SpaceChild:
    """A room that a space shows; whether it is a space itself is None where we may not know."""

    room_id: str
    is_space: bool | None


@dataclass(frozen=True, slots=True)
class RoomView:
    """A room or space with what it shows."""

    room_id: str
    name: str | None
    is_space: bool
    children: tuple[SpaceChild, ...] = ()


@dataclass(frozen=True, slots=True)
class Changes:
    """What happened in a user's rooms since a mark."""

    events: Sequence[AnyRoomEvent | RejectedEvent]
    invitations: Sequence[MembershipChanged]
    mark: str


class Homeserver(Traces, Protocol):
    """The homeserver as our ghosts use it. `as_user` is the ghost that acts.

    Every method raises `HomeserverUnavailable` when the same call may succeed later, and `HomeserverRefused`
    when it never will. All can be repeated without harm.
    """

    async def act(self, room_id: str, as_user: str, act: Act, token: str) -> str:
        """Do it in the room and return the event id. The same token again returns the first event's id.

        Every target of the act must have its `event_id`.
        """
        ...

    async def notice(
        self,
        room_id: str,
        as_user: str,
        body: str,
        token: str,
        *,
        html: str | None = None,
        reply_to: str | None = None,
        mentions: Collection[str] = (),
    ) -> str:
        """Say something of our own, in answer to an event and mentioning people if given; returns the event id."""
        ...

    async def react(self, room_id: str, as_user: str, event_id: str, key: str, token: str) -> str:
        """Attach an emoji to an event; returns the reaction's id, the first one's if the ghost did so before."""
        ...

    async def file_details(self, url: str, as_user: str) -> FileDetails | None:
        """What everybody learns who loads a file of this homeserver.

        None if it is not there, or on another homeserver, to which nobody of this one uploads.
        """
        ...

    async def load_file(self, url: str, as_user: str) -> bytes:
        """All bytes of a file of this homeserver; see its size first."""
        ...

    def open_file(
        self, url: str, as_user: str, thumbnail: int | None = None
    ) -> AbstractAsyncContextManager[OpenFile]:
        """A file of this homeserver or another, to be read piece by piece while this is open.

        With `thumbnail` a small picture of it, of which no side is longer than so many pixels, where one can be made.
        """
        ...

    async def largest_upload(self) -> int | None:
        """Bytes of the largest file that can be uploaded; None if the homeserver does not say."""
        ...

    async def upload_file(self, as_user: str, data: bytes, details: FileDetails) -> str:
        """Upload a file; returns its address."""
        ...

    async def copy_file(self, url: str, as_user: str, name: str) -> str:
        """Upload a file of this homeserver anew under another name; returns the copy's address."""
        ...

    async def set_typing(self, room_id: str, as_user: str, *, is_typing: bool) -> None:
        """Show or stop showing the ghost as writing."""
        ...

    async def mark_read(self, room_id: str, as_user: str, event_id: str) -> None:
        """Show that the ghost has read up to the event."""
        ...

    async def join(self, room_id: str, as_user: str) -> None:
        """Join the room; joining again is fine."""
        ...

    async def leave(self, room_id: str, as_user: str, reason: str) -> None:
        """Leave the room or decline the invitation; having left already is fine."""
        ...

    async def invite(self, room_id: str, as_user: str, user_id: str) -> None:
        """Invite somebody; their being invited or in the room already is fine."""
        ...

    async def remove(self, room_id: str, as_user: str, user_id: str, reason: str) -> None:
        """Take somebody out of the room; their being out already is fine."""
        ...

    async def members(self, room_id: str, as_user: str) -> frozenset[str]:
        """Who is in the room now."""
        ...

    async def people(self, room_id: str, as_user: str) -> Mapping[str, Membership]:
        """Everybody who is in the room, invited into it or banned from it."""
        ...

    async def membership(self, room_id: str, as_user: str, user_id: str) -> Membership | None:
        """How somebody stands to a room that we are in; None for who never had to do with it."""
        ...

    async def resolve(self, address: str) -> str:
        """The id of a room, by its id or its alias."""
        ...

    async def look(self, room_id: str, as_user: str) -> RoomView:
        """What a room is and, if it is a space, what it shows."""
        ...

    async def successor(self, room_id: str, as_user: str) -> str | None:
        """The room that goes on in the place of one that we are in, if it was upgraded."""
        ...

    async def predecessor(self, room_id: str, as_user: str) -> str | None:
        """The room in whose place one that we are in was made, as its creator said."""
        ...

    async def missed(self, room_id: str, as_user: str, mark: str) -> Sequence[AnyRoomEvent] | None:
        """Who came and went in a room since the mark, and what its space showed; None if that is too much."""
        ...

    async def profile(self, user_id: str) -> Profile:
        """How a user presents themselves; empty for one without a profile."""
        ...

    async def account_state(
        self, user_id: str, as_user: str | None = None, rooms: Collection[str] = ()
    ) -> AccountState:
        """How somebody's account stands (S17); `UNKNOWN` where the homeserver tells nobody, or not us.

        Where it does not tell us, who has no profile any more or has left all these rooms, in which the ghost is,
        counts as deactivated.
        """
        ...

    async def verify_openid(self, token: str) -> str | None:
        """Whom a client got this OpenID token for from the homeserver; None for no token of its, or an old one.

        Raises:
            HomeserverRefused: it tells nobody, for lack of the listener resource `openid`.
        """
        ...

    async def ensure_ghost(self, user_id: str) -> None:
        """Make sure that our user exists and has the device that its sends are recognized by."""
        ...

    async def set_profile(self, user_id: str, profile: Profile) -> None:
        """Give our ghost a name and a picture."""
        ...

    async def create_room(self, plan: RoomPlan) -> str:
        """Make a room, or find the one that an earlier attempt made; returns its id."""
        ...

    async def rename_room(self, room_id: str, as_user: str, name: str) -> None:
        """Give the room a name."""
        ...

    async def show_widget(self, room_id: str, as_user: str, widget: RoomWidget) -> None:
        """Show a page of ours in the room, in place of what had the same key."""
        ...

    async def hide_widget(self, room_id: str, as_user: str, key: str) -> None:
        """Show it no longer."""
        ...

    async def put_into_space(
        self, space: str, as_user: str, room_id: str, *, is_in: bool, is_suggested: bool = False
    ) -> None:
        """Show a room in a space, or no longer; clients show what is suggested before one has joined it."""
        ...

    async def recent(self, room_id: str, as_user: str, limit: int) -> Sequence[AnyRoomEvent | RejectedEvent]:
        """The last events of a room, oldest first, back to where the ghost left it the last time."""
        ...

    async def mark(self, as_user: str) -> str:
        """A mark for the present moment, to ask `changes` with later. The bot cannot be asked, here and below."""
        ...

    async def wait(self, as_user: str, mark: str, seconds: float) -> str:
        """Hold a connection open for so long; returns a newer mark. Raises when the homeserver goes away."""
        ...

    async def changes(self, as_user: str, mark: str) -> Changes:
        """Everything that happened in the rooms of a ghost since the mark, in order within each room."""
        ...


class EventReader(Protocol):
    """Turns the homeserver's JSON into types."""

    def events(self, raw: Any) -> Sequence[AnyRoomEvent | RejectedEvent]:
        """The room events that concern us, in order; malformed ones as `RejectedEvent`."""
        ...

    def signals(self, raw: Any) -> Sequence[Signal]:
        """Who is typing and who has read what."""
        ...


class Channel(Protocol):
    """One way to reach customers. Acts go out in the live chat's name."""

    async def deliver(self, address: str, speaker: str, act: Act, token: str) -> str:
        """Show the act to the customer and return its id on their side; the same token again does no harm.

        Raises:
            HomeserverUnavailable: it may succeed later.
            HomeserverRefused: it never will.
        """
        ...

    async def show_typing(self, address: str, speaker: str, *, is_typing: bool) -> None:
        """Show the customer that somebody is writing, where the network can."""
        ...

    async def show_read(self, address: str, speaker: str, message_id: str) -> None:
        """Show the customer that their message was read, where the network can."""
        ...


class Store(Protocol):
    """Opens units of work."""

    def begin(self) -> AbstractAsyncContextManager[UnitOfWork]:
        """A unit of work that can write; nothing is kept unless it is committed.

        Raises:
            StoreUnavailable: the database cannot be reached.
        """
        ...

    def read(self) -> AbstractAsyncContextManager[UnitOfWork]:
        """A unit of work for looking only, which waits for no writer."""
        ...

    def before_all_inboxes(self) -> AbstractAsyncContextManager[None]:
        """Keep those waiting who take in events with `mark_seen(…, in_turn=True)`, in all processes.

        Raises:
            StoreUnavailable: the database cannot be reached.
            ConcurrentChange: somebody takes very long; try again.
        """
        ...

    async def is_inbox_quiet(self) -> bool:
        """Whether nobody is taking in events at this moment."""
        ...
