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
        postgres = [world.postgres.kill()] if world.postgres else []
        await asyncio.gather(world.homeserver.kill(), world.plugin.kill(), *postgres)
        for what in ("homeserver", "plugin", *(["database"] if world.postgres else [])):
            world.tally.killed(f"{self.name}: {what}")
        if world.postgres:
            await world.postgres.start()
        if rng.random() < 0.5:
            await world.plugin.start(is_waited_for=False)
        await world.homeserver.start()
        if not world.plugin.is_running:
            await world.plugin.start(is_waited_for=False)
        await world.plugin.answering()


FAULTS: list[Fault] = [All()]
