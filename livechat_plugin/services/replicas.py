"""What part of the work this process has, when several may be at work on one database."""

import asyncio
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any, Protocol

from livechat_plugin.services.deliveries import SLOTS
from livechat_plugin.services.terms import Leadership


@dataclass(frozen=True, slots=True)
class Census:
    """What a replica learns of the others when it renews what it has.

    Attributes:
        is_known: whether this one is still among them; if not, somebody else has what it had.
        replicas: how many there are, with this one.
        is_leading: whether this one does what is done once.
        are_others_on: whether no other one is switched off.
        has_caught_up: whether one of them has fetched what the homeserver failed to push.
        is_some_free: whether there are slots that nobody has.
        has_lost_one: whether one of the others has just been found to be gone.
    """

    is_known: bool = True
    replicas: int = 1
    is_leading: bool = True
    are_others_on: bool = True
    has_caught_up: bool = False
    is_some_free: bool = False
    has_lost_one: bool = False


class LaneShare(Protocol):
    """Which lanes this process works on."""

    @property
    def slots(self) -> Collection[int] | None:
        """The slots of them; None if all."""
        ...

    def has(self, slot: int) -> bool:
        """Whether new deliveries of this slot are begun here; not so of one that is being given back."""
        ...

    async def sure(self) -> None:
        """Wait until it is certain that nobody else works on them; to be asked before each attempt."""
        ...


class Replica(LaneShare, Leadership, Protocol):
    """The right to be at work, and what part of the work comes with it.

    Attributes:
        is_leading: set while this one does what is done once.
        census: what it knows of the others.
        is_busy: tells whether a slot still has something under way; asked before it is given back.
        on_gained: called when slots came to this process: what is owed in them is to be looked for.
        on_census: called with what was learned, once a second.
        is_on: told to the others: whether this one is switched on.
        has_caught_up: told to the others: whether this one has fetched what the homeserver failed to push.
    """

    is_leading: asyncio.Event
    census: Census
    is_busy: Callable[[int], bool]
    on_gained: Callable[[], None]
    on_census: Callable[[Census], None]
    is_on: bool
    has_caught_up: bool


@dataclass(frozen=True, slots=True)
class Part:
    """What part of the work a process has, for those who watch over it.

    Attributes:
        slots: how many slots of lanes.
        leads: whether it does what is done once.
        replicas: how many processes are at work, as far as it knows.
    """

    slots: int
    leads: bool
    replicas: int

    def told(self) -> dict[str, Any]:
        """In words for everybody."""
        return {"slots": self.slots, "of": SLOTS, "leads": self.leads, "replicas": self.replicas}


def part_of(replica: Replica, *, is_at_work: bool) -> Part:
    """The part that a replica has now."""
    if not is_at_work:
        return Part(0, leads=False, replicas=0)
    slots = SLOTS if replica.slots is None else len(replica.slots)
    return Part(slots, replica.is_leading.is_set(), replica.census.replicas)


class EveryLane:
    """All lanes, because nobody else is at work."""

    @property
    def slots(self) -> Collection[int] | None:
        """All."""
        return None

    def has(self, _: int) -> bool:
        """Yes."""
        return True

    async def sure(self) -> None:
        """At once."""


class Alone(EveryLane):
    """The one process at work: it has every lane, and leads.

    Args:
        leadership: the right to be it.
    """

    def __init__(self, leadership: Leadership) -> None:
        self._leadership = leadership
        self.is_leading = asyncio.Event()
        self.is_leading.set()
        self.census = Census()
        self.is_busy: Callable[[int], bool] = lambda _: False
        self.on_gained: Callable[[], None] = lambda: None
        self.on_census: Callable[[Census], None] = lambda _: None
        self.is_on = True
        self.has_caught_up = False

    async def take(self) -> bool:
        """The right to be the one."""
        return await self._leadership.take()

    async def lost(self) -> None:
        """As it is."""
        await self._leadership.lost()

    async def close(self) -> None:
        """Give it back."""
        await self._leadership.close()
