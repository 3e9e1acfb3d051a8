"""What our users have left on the homeserver, and how it is taken away again: a part of the `Homeserver` port."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Trace:
    """An event in a room that is not taken back: who sent it, its words, the files in it."""

    event_id: str
    sender: str
    text: str
    files: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TracePage:
    """A part of a room's history, newest first; `end` is where it goes on, None at its beginning."""

    traces: Sequence[Trace]
    end: str | None
    oldest: float | None = None
    """When the last event of the page was sent, in seconds since 1970; state is counted too."""


class Traces(Protocol):
    """Takes away what stands in rooms, and users of ours. Everything can be repeated without harm."""

    @property
    def is_administrator(self) -> bool:
        """Whether we were given the token of a server administrator."""
        ...

    async def traces(self, room_id: str, as_user: str, start: str | None = None) -> TracePage:
        """The last events of a room, or those before a page's end."""
        ...

    async def forget(self, room_id: str, as_user: str) -> None:
        """Forget a room that the ghost has left; having forgotten it is fine."""
        ...

    async def retire(self, ghost: str) -> None:
        """Deactivate our own user and empty its profile; its being gone is fine."""
        ...

    async def purge(self, room_id: str) -> None:
        """Delete a room with everything in it, as a server administrator.

        Raises:
            HomeserverRefused: we are none.
        """
        ...

    async def present(self, room_id: str) -> Collection[str]:
        """Who is in a room, also where none of ours is, as a server administrator.

        Raises:
            HomeserverRefused: we are none, or there is no such room.
        """
        ...

    async def uploader(self, url: str) -> str | None:
        """Who uploaded a file of this homeserver, as a server administrator; None if it is not there.

        Raises:
            HomeserverRefused: we are none, or the homeserver does not tell.
        """
        ...

    async def delete_file(self, url: str) -> bool:
        """Delete a file of this homeserver, as a server administrator; False if it is another's, or not there.

        Raises:
            HomeserverRefused: we are none.
        """
        ...
