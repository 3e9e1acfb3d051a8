"""Dividing the lanes among the replicas: each has its fair share of the slots, as long as it is heard of.

Renewing costs one small statement a second. Slots change hands only when replicas come and go: who has too many
finishes what is under way in one and gives it back; what nobody has is taken by who has too few.
"""

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from math import ceil
from typing import Protocol

import structlog

from livechat_plugin.core.errors import StoreUnavailable
from livechat_plugin.services.background import end
from livechat_plugin.services.deliveries import SLOTS
from livechat_plugin.services.replicas import Census

log = structlog.get_logger()

LEASE = 5.0
"""Seconds after which a replica that is not heard of has nothing any more."""

MARGIN = 0.5
"""Seconds before that at which it stops by itself."""

RENEW_EVERY = 1.0
"""Seconds between two renewals."""

LOOK_EVERY = 0.05
"""Seconds between two looks whether a slot that is to be given back is quiet."""


def since_boot() -> float:
    """Seconds on a clock that goes on while the machine sleeps, where there is one."""
    if hasattr(time, "CLOCK_BOOTTIME"):
        return time.clock_gettime(time.CLOCK_BOOTTIME)
    return time.monotonic()


class Register(Protocol):
    """Where the replicas of a database know each other from."""

    async def enter(self) -> bool:
        """Be one of them, with no slots; False while a process that must be alone is at work.

        Raises:
            StoreUnavailable: the database cannot be reached; so do the others.
        """
        ...

    async def renew(self, *, is_on: bool, has_caught_up: bool, wants_lead: bool) -> Census:
        """Be heard of, for another lease; and whoever is not any more, is forgotten."""
        ...

    async def claim(self, at_most: int) -> frozenset[int]:
        """Take slots that nobody has."""
        ...

    async def give_back(self, slots: frozenset[int]) -> None:
        """Let others have them."""
        ...

    async def broken(self) -> None:
        """Wait until the connection is broken."""
        ...

    async def close(self) -> None:
        """Leave the others, who have everything from now on."""
        ...


class Leases:
    """A `Replica` among others.

    Args:
        register: where they know each other from.
        ticks: tells the seconds; it must go on while the process is stopped.
    """

    def __init__(self, register: Register, *, ticks: Callable[[], float] = since_boot) -> None:
        self._register = register
        self._ticks = ticks
        self._slots: frozenset[int] = frozenset()
        self._leaving: frozenset[int] = frozenset()
        self._until = 0.0
        self._renewed = asyncio.Event()
        self.is_leading = asyncio.Event()
        self.census = Census(is_known=False, is_leading=False)
        self.is_busy: Callable[[int], bool] = lambda _: False
        self.on_gained: Callable[[], None] = lambda: None
        self.on_census: Callable[[Census], None] = lambda _: None
        self.is_on = True
        self.has_caught_up = False

    @property
    def slots(self) -> frozenset[int]:
        """Those that are not being given back."""
        return self._slots - self._leaving

    def has(self, slot: int) -> bool:
        """Whether it is one of them."""
        return slot in self._slots and slot not in self._leaving

    async def sure(self) -> None:
        """Wait for the next renewal if the lease is over: the process may have been stopped for long.

        Who has lost it does not come back from here: its work is ended.
        """
        while self._ticks() >= self._until:
            await self._renewed.wait()

    async def take(self) -> bool:
        """Be one of the replicas, with what is free for it."""
        self._forget()
        if not await self._register.enter():
            return False
        await self._renew()
        return True

    async def lost(self) -> None:
        """Renew until the connection breaks, or the others have taken us for gone."""
        breaking = asyncio.create_task(self._register.broken())
        try:
            next_renewal = self._ticks() + RENEW_EVERY
            while True:
                pause = max(0.0, next_renewal - self._ticks())
                await asyncio.wait([breaking], timeout=min(pause, LOOK_EVERY) if self._leaving else pause)
                if breaking.done():
                    return
                await self._give_back_what_is_quiet()
                if self._ticks() >= next_renewal:
                    next_renewal = self._ticks() + RENEW_EVERY
                    await self._renew()
        except StoreUnavailable as error:
            log.warning("what this replica has cannot be renewed", reason=str(error))
        finally:
            await end([breaking])
            self._forget()

    async def close(self) -> None:
        """Leave the others."""
        self._forget()
        with suppress(StoreUnavailable):
            await self._register.close()

    def _forget(self) -> None:
        self._slots = self._leaving = frozenset()
        self._until = 0.0
        self.has_caught_up = False  # in this term: others have been at work since
        self.is_leading.clear()
        self.census = Census(is_known=False, is_leading=False)

    async def _renew(self) -> None:
        asked = self._ticks()
        census = await self._register.renew(
            is_on=self.is_on, has_caught_up=self.has_caught_up, wants_lead=not self.is_leading.is_set()
        )
        if not census.is_known:
            raise StoreUnavailable("this replica was not heard of for too long; others have its work")
        if census.has_lost_one:
            log.warning("another replica is gone; what it had is taken over", replicas=census.replicas)
        self.census = census
        # By the moment before: whatever the database saw, it saw later.
        self._until = asked + LEASE - MARGIN
        renewed, self._renewed = self._renewed, asyncio.Event()
        renewed.set()
        if census.is_leading and not self.is_leading.is_set():
            log.info("this replica leads: what is done once is done here")
            self.is_leading.set()
        await self._level(census)
        self.on_census(census)

    async def _level(self, census: Census) -> None:
        """Take or leave slots, towards the fair share."""
        too_few = ceil(SLOTS / census.replicas) - len(self.slots)
        if too_few > 0 and (census.is_some_free or census.has_lost_one):
            gained = await self._register.claim(too_few)
            if gained:
                self._slots |= gained
                self.on_gained()
        elif too_few < 0:
            quiet_first = sorted(self.slots, key=self.is_busy)
            self._leaving |= frozenset(quiet_first[:-too_few])
            await self._give_back_what_is_quiet()

    async def _give_back_what_is_quiet(self) -> None:
        quiet = frozenset(slot for slot in self._leaving if not self.is_busy(slot))
        if quiet:
            # Ours no longer before the others learn of it, never after.
            self._slots -= quiet
            self._leaving -= quiet
            await self._register.give_back(quiet)
