"""The clock on the plugin's wall jumps: an hour ahead, an hour back, into another year, and home again.

It needs Debian's package `libfaketime`, which shows a program another time than there is.
"""

import asyncio
import random
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from weakref import WeakKeyDictionary

import httpx

from tests.chaos.faults import Fault
from tests.chaos.processes import Nursery
from tests.chaos.world import World

LIBRARIES = sorted(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))
JUMPS = {"an hour ahead": "+1h", "an hour back": "-1h", "into next year": "+1y", "into last year": "-1y"}

_CLOCKS: "WeakKeyDictionary[World, Path]" = WeakKeyDictionary()


async def clock_of(world: World) -> Path:
    """The file that says what time it is; the first time, the plugin is started anew with it."""
    if (clock := _CLOCKS.get(world)) is None:
        clock = _CLOCKS[world] = world.folder / "clock"
        clock.write_text("+0\n")
        environment = {
            "LD_PRELOAD": str(LIBRARIES[0]),
            "FAKETIME_TIMESTAMP_FILE": str(clock),
            "FAKETIME_CACHE_DURATION": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "DONT_FAKE_MONOTONIC": "1",
        }
        nursery = Nursery(environment)
        await world.end_plugin()
        await nursery.start()
        for plugin in world.plugins:
            plugin.nursery = nursery
        world.at_end.append(nursery.end)
        await world.answering()
    return clock


class Jump:
    """Away, and back home after some seconds: each is a jump of its own."""

    is_slow = True
    weight = 1.0

    def __init__(self, where: str, offset: str) -> None:
        self.name = f"clock: {where}, and home again"
        self._offset = offset

    def fits(self, world: World) -> bool:
        return bool(LIBRARIES)

    async def inflict(self, world: World, rng: random.Random) -> None:
        clock = await clock_of(world)
        clock.write_text(f"{self._offset}\n")
        await asyncio.sleep(rng.uniform(3, 6))
        await self._look(world)
        if rng.random() < 0.3:  # what is started then believes the clock
            plugin = world.plugin
            await plugin.kill()
            world.tally.killed("plugin while its clock is wrong")
            await plugin.start()
        clock.write_text("+0\n")
        await asyncio.sleep(rng.uniform(1, 2))
        world.tally.suffered(self.name)
        await world.answering()

    async def _look(self, world: World) -> None:
        """Whether the plugin believes the clock: otherwise nothing was tried."""
        async with httpx.AsyncClient(timeout=10) as client:
            told = (await client.get(f"{world.plugins[0].address}/health")).headers["date"]
        away = parsedate_to_datetime(told) - datetime.now(UTC)
        if abs(away) < timedelta(minutes=50):
            world.tally.found("clock not set", f"it is {told}")


FAULTS: list[Fault] = [Jump(where, offset) for where, offset in JUMPS.items()]
