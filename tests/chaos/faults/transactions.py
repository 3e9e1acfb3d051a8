"""The homeserver's transactions, repeated and lost."""

import asyncio
import random

from tests.chaos.faults import Fault
from tests.chaos.network import network_of
from tests.chaos.pushes import Mischief
from tests.chaos.world import World


class Repeated:
    """They come more than once."""

    weight = 1.0

    def __init__(self, mischief: Mischief) -> None:
        self.name = f"transactions: {mischief}"
        self._mischief = mischief

    def fits(self, world: World) -> bool:
        return True

    async def inflict(self, world: World, rng: random.Random) -> None:
        pushes = (await network_of(world)).pushes
        before = pushes.caused.total()
        pushes.mischief, pushes.share = (self._mischief,), rng.choice((0.3, 1.0))
        if self._mischief is Mischief.UNANSWERED:
            pushes.share = 0.3  # Synapse waits longer each time.
        await asyncio.sleep(rng.uniform(2, 6))
        pushes.mischief = ()
        world.tally.suffered(self.name)
        world.tally.troubled(self.name, pushes.caused.total() - before)


class Lost:
    """The homeserver is killed, and what it had to push is lost with its memory."""

    name = "transactions: lost while the homeserver restarts"
    weight = 2.0

    def fits(self, world: World) -> bool:
        return True

    async def inflict(self, world: World, rng: random.Random) -> None:
        pushes = (await network_of(world)).pushes
        before = pushes.caused[Mischief.SWALLOWED]
        pushes.mischief, pushes.share = (Mischief.SWALLOWED,), 1.0
        await asyncio.sleep(rng.uniform(0.3, 4))
        is_plugin_killed = rng.random() < 0.3
        await world.homeserver.kill()
        pushes.mischief = ()
        if is_plugin_killed:
            await world.plugin.kill()
            world.tally.killed("plugin while transactions are lost")
        world.tally.killed("homeserver, with transactions that are lost")
        await world.homeserver.start()
        await world.answering()
        world.tally.suffered(self.name)
        world.tally.troubled(self.name, pushes.caused[Mischief.SWALLOWED] - before)


FAULTS: list[Fault] = [
    *(Repeated(mischief) for mischief in Mischief if mischief is not Mischief.SWALLOWED),
    Lost(),
]
