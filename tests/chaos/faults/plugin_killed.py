"""SIGKILL of the plugin: at any moment, at chosen points of its work, and while it starts."""

import asyncio
import random

from tests.chaos import points
from tests.chaos.faults import Fault
from tests.chaos.world import World

PATIENCE = 4.0
"""Seconds in which the traffic must pass a chosen point; otherwise the plugin is killed where it is."""


class AtAnyMoment:
    name = "plugin at any moment"
    weight = 6.0

    def fits(self, world: World) -> bool:
        return True

    async def inflict(self, world: World, rng: random.Random) -> None:
        await asyncio.sleep(rng.uniform(0, 1.5))
        plugin = world.plugin
        await plugin.kill()
        world.tally.killed(self.name)
        await plugin.start()


class AtAPoint:
    """At a point of its work that the traffic passes many times a second."""

    weight = 1.0

    def __init__(self, point: str) -> None:
        self.name = f"plugin: {point}"
        self.point = point

    def fits(self, world: World) -> bool:
        return True

    async def inflict(self, world: World, rng: random.Random) -> None:
        await _kill_at(world, f"{self.point}:{rng.randint(1, 12)}")


class AtARarePoint:
    """At the first one that is passed of some that are passed now and then."""

    name = "plugin at a rare point"
    weight = 9.0

    def fits(self, world: World) -> bool:
        return True

    async def inflict(self, world: World, rng: random.Random) -> None:
        rare = [name for name in points.names() if name not in OFTEN]
        await _kill_at(world, *(f"{name}:1" for name in rng.sample(rare, 8)))


async def _kill_at(world: World, *chosen: str) -> None:
    plugin = world.plugin
    plugin.choose(*chosen)
    if await plugin.died(PATIENCE):
        world.tally.killed(f"plugin: {plugin.died_at() or 'by itself'}")
    else:
        await plugin.kill()
        world.tally.killed(AtAnyMoment.name)
    await plugin.start()


class AtAReplicasPoint:
    """Where the processes divide the work among them; a slot is given back only when another process comes."""

    name = "plugin where replicas divide the work"
    weight = 5.0

    def fits(self, world: World) -> bool:
        return world.postgres is not None

    async def inflict(self, world: World, rng: random.Random) -> None:
        chosen = rng.sample(list(points.REPLICA_POINTS), 3)
        if len(world.plugins) == 1 or rng.random() < 0.3:
            await _kill_at(world, *(f"{name}:1" for name in chosen))
            return
        first, second = rng.sample(world.plugins, 2)
        await first.kill()
        world.tally.killed(AtAnyMoment.name)
        second.choose(*(f"{name}:{rng.randint(1, 2)}" for name in chosen))
        await asyncio.sleep(rng.uniform(0, 1))
        await first.start()
        if await second.died(PATIENCE):
            world.tally.killed(f"plugin: {second.died_at() or 'by itself'}")
        else:
            await second.kill()
            world.tally.killed(AtAnyMoment.name)
        await second.start()


OFTEN = (
    "before a commit",
    "after a commit",
    "a transaction comes",
    "after the commit, before the 200",
    "after the 200",
    "before a send",
    "after a send, before its mark",
    "before the ledger's commit",
    "in the ledger's commit",
    "after the ledger's commit",
)
"""Points that are passed many times a second."""


class WhileStarting:
    """Twice and more in a row, each time before the start is over."""

    name = "plugin while it starts"
    weight = 4.0

    def fits(self, world: World) -> bool:
        return True

    async def inflict(self, world: World, rng: random.Random) -> None:
        plugin = world.plugin
        await plugin.kill()
        world.tally.killed(AtAnyMoment.name)
        for _ in range(rng.randint(2, 3)):
            if rng.random() < 0.5:
                point = rng.choice(list(points.START_POINTS))
                await plugin.start(f"{point}:{rng.randint(1, 2)}", is_waited_for=False)
                if await plugin.died(3):
                    world.tally.killed(f"plugin: {point}")
                    continue
            else:
                await plugin.start(is_waited_for=False)
                await asyncio.sleep(rng.uniform(0, 0.8))
            await plugin.kill()
            world.tally.killed(self.name)
        await plugin.start()


FAULTS: list[Fault] = [
    AtAnyMoment(),
    WhileStarting(),
    AtARarePoint(),
    AtAReplicasPoint(),
    *map(AtAPoint, OFTEN),
]
