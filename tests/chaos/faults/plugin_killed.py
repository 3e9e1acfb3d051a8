"""SIGKILL of the plugin: at any moment, at chosen points of its work, and while it starts."""

import asyncio
import random

from tests.chaos import points
from tests.chaos.faults import Fault
from tests.chaos.world import World

PATIENCE = 6.0
"""Seconds in which the traffic must pass a chosen point; otherwise the plugin is killed where it is."""


class AtAnyMoment:
    name = "plugin at any moment"
    weight = 6.0

    def fits(self, world: World) -> bool:
        return True

    async def inflict(self, world: World, rng: random.Random) -> None:
        await asyncio.sleep(rng.uniform(0, 1.5))
        await world.plugin.kill()
        world.tally.killed(self.name)
        await world.plugin.start()


class AtAPoint:
    """At a point of its work that the traffic passes."""

    weight = 1.0

    def __init__(self, point: str) -> None:
        self.name = f"plugin: {point}"
        self.point = point

    def fits(self, world: World) -> bool:
        return True

    async def inflict(self, world: World, rng: random.Random) -> None:
        often = self.point in OFTEN
        world.plugin.choose(f"{self.point}:{rng.randint(1, 12 if often else 2)}")
        if await world.plugin.died(PATIENCE):
            world.tally.killed(self.name)
        else:
            await world.plugin.kill()
            world.tally.killed(AtAnyMoment.name)
        await world.plugin.start()


OFTEN = {
    "before a commit",
    "after a commit",
    "before a send",
    "after a send, before its mark",
    "in the ledger's commit",
}
"""Points that are passed many times a second."""


class WhileStarting:
    """Twice and more in a row, each time before the start is over."""

    name = "plugin while it starts"
    weight = 4.0

    def fits(self, world: World) -> bool:
        return True

    async def inflict(self, world: World, rng: random.Random) -> None:
        await world.plugin.kill()
        world.tally.killed(AtAnyMoment.name)
        for _ in range(rng.randint(2, 3)):
            if rng.random() < 0.5:
                point = rng.choice(list(points.START_POINTS))
                await world.plugin.start(f"{point}:{rng.randint(1, 2)}", is_waited_for=False)
                if await world.plugin.died(3):
                    world.tally.killed(f"plugin: {point}")
                    continue
            else:
                await world.plugin.start(is_waited_for=False)
                await asyncio.sleep(rng.uniform(0, 0.8))
            await world.plugin.kill()
            world.tally.killed(self.name)
        await world.plugin.start()


FAULTS: list[Fault] = [AtAnyMoment(), WhileStarting(), *(AtAPoint(name) for name in points.names())]
