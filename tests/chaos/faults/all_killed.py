"""SIGKILL of everything at once, as when the machine loses power."""

import asyncio
import random

from tests.chaos.faults import Fault
from tests.chaos.world import World


class All:
    name = "all at once"
    weight = 1.0

    def fits(self, world: World) -> bool:
        return True

    async def inflict(self, world: World, rng: random.Random) -> None:
        await asyncio.sleep(rng.uniform(0, 1))
        postgres = [one.kill() for one in world.databases]
        plugins = [one.kill() for one in world.plugins]
        await asyncio.gather(world.homeserver.kill(), *plugins, *postgres)
        killed = ["homeserver", *("plugin" for _ in plugins), *("database" for _ in postgres)]
        for what in killed:
            world.tally.killed(f"{self.name}: {what}")
        await asyncio.gather(*(one.start() for one in world.databases))
        if rng.random() < 0.5:
            await world.plugins[0].start(is_waited_for=False)
        await world.homeserver.start()
        await world.answering()


FAULTS: list[Fault] = [All()]
