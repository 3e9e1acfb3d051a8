"""SIGSTOP: processes that stand still with everything they hold, and wake up later knowing nothing of it."""

import asyncio
import os
import random
import signal
from collections.abc import Sequence
from contextlib import suppress

from tests.chaos.faults import Fault
from tests.chaos.world import World


class Stopped:
    """One of the three stands still for a while."""

    is_slow = True

    def __init__(self, what: str, seconds: tuple[float, float], weight: float, words: str) -> None:
        self.name = f"stopped: {what}, {words}"
        self.weight = weight
        self._what = what
        self._seconds = seconds

    def fits(self, world: World) -> bool:
        return self._what != "database" or world.postgres is not None

    async def inflict(self, world: World, rng: random.Random) -> None:
        await asyncio.sleep(rng.uniform(0, 1))
        pids = self._pids(world)
        for pid in pids:
            _signal(pid, signal.SIGSTOP)
        try:
            await asyncio.sleep(rng.uniform(*self._seconds))
        finally:
            for pid in pids:
                _signal(pid, signal.SIGCONT)
        world.tally.suffered(self.name)
        await world.answering()

    def _pids(self, world: World) -> Sequence[int]:
        match self._what:
            case "plugin":
                plugin = world.plugin
                return [plugin.pid] if plugin.is_running else []
            case "homeserver":
                return [world.homeserver.pid]
            case "database" if world.postgres is not None:
                return world.postgres.processes
            case _:
                raise AssertionError(self._what)


def _signal(pid: int, number: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, number)


FAULTS: list[Fault] = [
    Stopped(what, seconds, weight, words)
    for what in ("plugin", "homeserver", "database")
    for seconds, weight, words in (
        ((0.2, 8), 1.0, "some seconds"),
        ((45, 60), 0.05, "up to a minute"),
    )
]
