"""Connections that break, drip and fall silent: between homeserver and plugin in both directions, and to PostgreSQL."""

import asyncio
import random

from tests.chaos.faults import Fault
from tests.chaos.network import network_of
from tests.chaos.proxy import Line, Proxy, Trouble
from tests.chaos.world import World

RESETS = (Trouble.RESET_BEFORE, Trouble.RESET_AFTER, Trouble.RESET_WITHIN)
SILENCES = (Trouble.BLACK_HOLE, Trouble.HALF_OPEN)
PLACES = ("plugin", "homeserver", "database")


class Troubled:
    """The network to one place is bad for some seconds."""

    is_slow = True

    def __init__(self, what: str, place: str, weight: float, seconds: tuple[float, float]) -> None:
        self.name = f"proxy: {what} on the way to the {place}"
        self.weight = weight
        self._what = what
        self._place = place
        self._seconds = seconds

    def fits(self, world: World) -> bool:
        return self._place != "database" or world.postgres is not None

    async def inflict(self, world: World, rng: random.Random) -> None:
        proxy = (await network_of(world)).proxies[self._place]
        before = proxy.caused.copy()
        await self._worsen(proxy, rng)
        await asyncio.sleep(rng.uniform(*self._seconds))
        if not proxy.is_listening:
            await proxy.start()
        proxy.heal()
        world.tally.suffered(self.name)
        for trouble, times in (proxy.caused - before).items():
            world.tally.troubled(f"{self._place}: {trouble}", times)
        await world.answering()

    async def _worsen(self, proxy: Proxy, rng: random.Random) -> None:
        match self._what:
            case "resets":
                proxy.line = Line(RESETS, rng.choice((0.1, 0.3, 0.7)))
            case "silence":
                proxy.line = Line(SILENCES, rng.choice((0.05, 0.2)))
            case "dripping answers":
                proxy.line = Line((Trouble.DRIP,), 0.5)
            case "late bytes":
                proxy.line = Line(latency=rng.uniform(0.02, 0.4))
            case "little bandwidth":
                proxy.line = Line(bandwidth=rng.choice((5_000, 20_000)))
            case "no way at all":
                await proxy.stop()
            case _:
                raise AssertionError(self._what)


KINDS = {
    "resets": (2.0, (1.0, 5.0)),
    "silence": (0.4, (0.5, 2.0)),
    "dripping answers": (0.5, (1.0, 4.0)),
    "late bytes": (0.5, (1.0, 5.0)),
    "little bandwidth": (0.5, (1.0, 5.0)),
    "no way at all": (1.0, (0.2, 4.0)),
}
"""How often, and for how many seconds."""

FAULTS: list[Fault] = [Troubled(kind, place, *KINDS[kind]) for place in PLACES for kind in KINDS]
