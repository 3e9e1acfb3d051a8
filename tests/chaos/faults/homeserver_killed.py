"""SIGKILL of Synapse."""

import asyncio
import random

from tests.chaos.faults import Fault
from tests.chaos.world import World


class Homeserver:
    name = "homeserver"
    weight = 2.0

    def fits(self, world: World) -> bool:
        return True

    async def inflict(self, world: World, rng: random.Random) -> None:
        await asyncio.sleep(rng.uniform(0, 1))
        await world.homeserver.kill()
        world.tally.killed(self.name)
        await world.homeserver.start()


class HomeserverThenPlugin:
    """The plugin is killed while the homeserver is away, so nobody remembers what was not pushed."""

    name = "homeserver, then plugin"
    weight = 1.0

    def fits(self, world: World) -> bool:
        return True

    async def inflict(self, world: World, rng: random.Random) -> None:
        await asyncio.sleep(rng.uniform(0, 1))
        await world.homeserver.kill()
        world.tally.killed("homeserver")
        await asyncio.sleep(rng.uniform(0, 0.5))
        plugin = world.plugin
        await plugin.kill()
        world.tally.killed("plugin while the homeserver is away")
        if rng.random() < 0.5:
            await plugin.start(is_waited_for=False)
            await world.homeserver.start()
            await world.answering()
        else:
            await world.homeserver.start()
            await plugin.start()


FAULTS: list[Fault] = [Homeserver(), HomeserverThenPlugin()]
