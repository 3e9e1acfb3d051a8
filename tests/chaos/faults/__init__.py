"""What is done to the processes: one module for each kind.

A module holds `FAULTS`, a list of instances; `__all__` below names the modules. A fault leaves everything running when
it returns.
"""

import random
from importlib import import_module
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from tests.chaos.world import World

MODULES = (
    "plugin_killed",
    "homeserver_killed",
    "database_killed",
    "all_killed",
    "network",
    "transactions",
    "disk",
    "limits",
    "stopped",
    "clock",
)


class Fault(Protocol):
    """One thing that can happen.

    Attributes:
        name: as it is printed and chosen on the command line.
        weight: how often it happens, in comparison with the others.
    """

    name: str
    weight: float

    def fits(self, world: "World") -> bool:
        """Whether it can happen in this world."""
        ...

    async def inflict(self, world: "World", rng: random.Random) -> None:
        """Do it, count it in the tally, and return when everything runs again."""
        ...


def all_faults() -> list[Fault]:
    """Every fault there is."""
    return [fault for name in MODULES for fault in import_module(f"{__name__}.{name}").FAULTS]
