"""The system gives the plugin nothing more: no open files, no room in files, no memory."""

import asyncio
import random
import resource
from pathlib import Path

from tests.chaos.faults import Fault
from tests.chaos.world import World

SPARE_MEMORY = 2 * 1024 * 1024


class Limited:
    """A limit of the running process is lowered to what it uses, for some seconds.

    A file-size limit stands in for a full disk where nothing may be mounted.
    """

    is_slow = True

    def __init__(self, what: str, limit: int, weight: float) -> None:
        self.name = f"limits: {what}"
        self.weight = weight
        self._limit = limit

    def fits(self, world: World) -> bool:
        # PostgreSQL writes the files then; the plugin's own writing is its log alone.
        return self._limit != resource.RLIMIT_FSIZE or world.postgres is None

    async def inflict(self, world: World, rng: random.Random) -> None:
        plugin = world.plugin
        if not plugin.is_running:
            return
        world.excused |= EXCUSED
        _, hard = resource.prlimit(plugin.pid, self._limit)
        resource.prlimit(plugin.pid, self._limit, (self._used(plugin.pid), hard))
        await asyncio.sleep(rng.uniform(1, 6))
        if plugin.is_running:
            resource.prlimit(plugin.pid, self._limit, (hard, hard))
        world.tally.suffered(self.name)
        await world.answering()

    def _used(self, pid: int) -> int:
        if self._limit == resource.RLIMIT_NOFILE:
            # The highest number counts, not how many there are.
            return max(int(one.name) for one in Path(f"/proc/{pid}/fd").iterdir()) + 1
        if self._limit == resource.RLIMIT_AS:
            pages = int(Path(f"/proc/{pid}/statm").read_text().split()[0])
            return pages * resource.getpagesize() + SPARE_MEMORY
        return 0


EXCUSED = {
    "out of system resource",
    "Too many open files",
    "MemoryError",
    "can't start new thread",
    "File too large",
}
"""What libraries log of it."""

FAULTS: list[Fault] = [
    Limited("no more open files", resource.RLIMIT_NOFILE, 1.0),
    Limited("no file may grow, as on a full disk", resource.RLIMIT_FSIZE, 1.0),
    Limited("no more memory", resource.RLIMIT_AS, 0.5),
]
