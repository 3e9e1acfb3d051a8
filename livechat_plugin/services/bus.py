"""What the processes on one database tell each other: where there is work, and what open pages show has changed.

Nothing on the bus is promised. Work that nobody told of is found by the look into the store each second; and when news
may have been lost, because a process was killed or a connection broke, everybody hears that everything may have
changed.
"""

import asyncio
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class News:
    """What another process has done.

    Attributes:
        slots: lanes in these have new deliveries.
        topics: what pages may show has changed.
        is_everything: anything may have changed, and there may be new deliveries anywhere.
    """

    slots: frozenset[int] = frozenset()
    topics: frozenset[str] = frozenset()
    is_everything: bool = False


EVERYTHING = News(is_everything=True)

APPS = "apps"
"""Told as a topic: which apps hooks offer has changed; each process asks its own hooks."""

Hear = Callable[[News], None]
"""Takes note of what another process has done; must not wait."""


class Bus(Protocol):
    """A process's place on the bus."""

    @property
    def is_alone(self) -> bool:
        """Whether no other process listens, as far as can be known; then telling costs nothing."""
        ...

    def tell(self, slots: Collection[int] = (), topics: Collection[str] = ()) -> None:
        """Tell the others after a commit; never waits, and never fails."""
        ...

    async def run(self, hear: Hear) -> None:
        """Tell and hear, until cancelled; what was told by then is on its way when this ends."""
        ...

    async def flush(self) -> None:
        """Tell now, and hear nothing: for a command that ends. Trouble is logged."""
        ...


class Silent:
    """The bus of a process that has nobody to tell."""

    is_alone = True

    def tell(self, slots: Collection[int] = (), topics: Collection[str] = ()) -> None:
        """Nobody hears it."""

    async def run(self, hear: Hear) -> None:  # noqa: ARG002 - as in the protocol
        """Nothing is ever heard."""
        await asyncio.Event().wait()

    async def flush(self) -> None:
        """Nothing is left to tell."""
