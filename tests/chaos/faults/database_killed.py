"""SIGKILL of PostgreSQL: all of it, or the process that serves one connection."""

import asyncio
import os
import random
import signal

from tests.chaos.faults import Fault
from tests.chaos.world import World


class Database:
    name = "database"
    weight = 2.0

    def fits(self, world: World) -> bool:
        return world.postgres is not None

    async def inflict(self, world: World, rng: random.Random) -> None:
        assert world.postgres is not None
        await asyncio.sleep(rng.uniform(0, 1))
        await world.postgres.kill()
        world.tally.killed(self.name)
        await asyncio.sleep(rng.choice((0, 0, 1.5)))
        await world.postgres.start()
        await world.answering()


class Connection:
    name = "one connection's process of the database"
    weight = 3.0

    def fits(self, world: World) -> bool:
        return world.postgres is not None

    async def inflict(self, world: World, rng: random.Random) -> None:
        assert world.postgres is not None
        await asyncio.sleep(rng.uniform(0, 1))
        serving = world.postgres.backends()
        if not serving:
            return
        os.kill(rng.choice(serving), signal.SIGKILL)
        world.tally.killed(self.name)
        await asyncio.sleep(0.3)
        await world.answering()


class HomeserversDatabase:
    """The homeserver's; it answers with errors meanwhile."""

    name = "homeserver's database"
    weight = 2.0

    def fits(self, world: World) -> bool:
        return world.homeserver_postgres is not None

    async def inflict(self, world: World, rng: random.Random) -> None:
        assert world.homeserver_postgres is not None
        await asyncio.sleep(rng.uniform(0, 1))
        await world.homeserver_postgres.kill()
        world.tally.killed(self.name)
        await asyncio.sleep(rng.choice((0, 0, 1.5)))
        await world.homeserver_postgres.start()
        await world.answering()


FAULTS: list[Fault] = [Database(), Connection(), HomeserversDatabase()]
