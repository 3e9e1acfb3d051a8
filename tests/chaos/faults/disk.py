"""Full disks, and one that may only be read: the plugin's database, PostgreSQL's data, the homeserver's media."""

import asyncio
import random
import re
import shutil
import subprocess
import time
from contextlib import suppress
from weakref import WeakKeyDictionary

import asyncpg  # type: ignore[import-untyped]
import httpx

from tests.chaos.faults import Fault
from tests.chaos.postgres import Postgres
from tests.chaos.processes import PluginProcess
from tests.chaos.small_disks import SmallDisk, may_mount
from tests.chaos.world import World

_DISKS: "WeakKeyDictionary[World, dict[str, SmallDisk]]" = WeakKeyDictionary()

STARTS, LOOKS = 4, 30
"""How often PostgreSQL is started at most, and how often it is looked at each time, until it serves."""

TOLD_WITHIN = 25.0
"""Seconds in which `/ready` must tell that nothing can be kept, or that it can again."""


async def database_disk(world: World) -> SmallDisk:
    """The disk of the plugin's database; put in place the first time."""
    disks = _DISKS.setdefault(world, {})
    if "database" not in disks:
        await world.end_plugin()
        if world.postgres is not None:
            await world.postgres.kill()
            await world.postgres.gone()
            disk = SmallDisk(world.postgres.folder, 200)
            await disk.put_in()
            await world.postgres.start()
        else:
            folder = world.folder / "small"
            folder.mkdir()
            for file in world.folder.glob("livechat.db*"):
                shutil.move(file, folder)
            text = world.config.read_text()
            world.config.write_text(re.sub(r'"sqlite:///[^"]*"', f'"sqlite:///{folder}/livechat.db"', text))
            disk = SmallDisk(folder, 24)
            await disk.put_in()
        disks["database"] = disk
        world.at_end.append(disk.take_away)
        await world.answering()
    return disks["database"]


async def _up(postgres: Postgres) -> None:
    """Wait until it serves; it ends, now or in a moment, when its log finds no room.

    Once in a while its recovery stands still for good after that, and it is killed and started by who looks after it.
    """
    for _ in range(STARTS):
        if await _serves(postgres):
            return
        if postgres.is_running:
            await postgres.kill()
    raise AssertionError("PostgreSQL does not serve, with room on its disk")


async def _serves(postgres: Postgres) -> bool:
    """Whether it takes connections after a while; started if it does not run."""
    for _ in range(LOOKS):
        with suppress(subprocess.SubprocessError, AssertionError):
            if not postgres.is_running:
                await postgres.start()
        with suppress(asyncpg.PostgresError, OSError):
            connection = await asyncpg.connect(postgres.url, timeout=5)
            await connection.close(timeout=1)
            return True
        await asyncio.sleep(0.5)
    return False


class DatabaseFull:
    is_slow = True
    name = "disk: the database's is full"
    weight = 1.0

    def fits(self, world: World) -> bool:
        return may_mount()

    async def inflict(self, world: World, rng: random.Random) -> None:
        disk = await database_disk(world)
        written = [plugin.log.stat().st_size for plugin in world.plugins]
        disk.fill()
        try:
            if world.postgres is not None:
                await _use_up(world.postgres.url)
            await asyncio.sleep(rng.uniform(3, 6))
            if (plugin := _met(world, written)) is not None:  # There may have been room within the files.
                world.tally.troubled("databases that met with a full disk", 1)
                await _told(world, plugin, is_missing=True)
        finally:
            disk.free()
        if world.postgres is not None:
            await _up(world.postgres)
        await world.answering()
        for plugin in world.plugins:
            await _told(world, plugin, is_missing=False)
        world.tally.suffered(self.name)


class DatabaseReadOnly:
    is_slow = True
    name = "disk: the database's may only be read"
    weight = 0.5

    def fits(self, world: World) -> bool:
        return may_mount() and world.postgres is None

    async def inflict(self, world: World, rng: random.Random) -> None:
        disk = await database_disk(world)
        await asyncio.gather(*(plugin.kill() for plugin in world.plugins))
        world.tally.killed("plugin, while its disk becomes read-only")
        disk.remount("ro")
        try:
            await world.plugin.start(is_waited_for=False)
            await asyncio.sleep(rng.uniform(1, 3))
        finally:
            disk.remount("rw")
        await world.answering()
        world.tally.suffered(self.name)


class MediaFull:
    """The homeserver cannot keep files: copies of what people send wait, and are made when there is room."""

    is_slow = True
    name = "disk: the homeserver's media are full"
    weight = 0.5

    def fits(self, world: World) -> bool:
        return may_mount()

    async def inflict(self, world: World, rng: random.Random) -> None:
        disks = _DISKS.setdefault(world, {})
        if "media" not in disks:
            folder = world.homeserver.directory / "media"
            assert folder.is_dir()
            await world.homeserver.stop()
            disk = SmallDisk(folder, 1)
            await disk.put_in()
            disks["media"] = disk
            world.at_end.append(disk.take_away)
            await world.homeserver.start()
        disks["media"].fill()
        try:
            await asyncio.sleep(rng.uniform(3, 8))
        finally:
            disks["media"].free()
        world.tally.suffered(self.name)


async def _use_up(url: str) -> None:
    """Let PostgreSQL end the files of its log that it has ready."""
    with suppress(asyncpg.PostgresError, OSError):
        connection = await asyncpg.connect(url, timeout=5, command_timeout=5)
        for _ in range(4):
            await connection.execute("SELECT pg_switch_wal()")
            await connection.execute("SELECT pg_logical_emit_message(false, 'chaos', 'chaos')")
        await connection.close(timeout=1)


def _met(world: World, written: list[int]) -> PluginProcess | None:
    """The process that has failed to keep something since the logs were so long; one that had nothing to keep knows
    nothing of it."""
    logs = zip(world.plugins, written, strict=True)
    return next((plugin for plugin, size in logs if b"the database" in plugin.log.read_bytes()[size:]), None)


async def _told(world: World, plugin: PluginProcess, *, is_missing: bool) -> None:
    """Wait until `/ready` says how the database is; a finding if it does not."""
    deadline = time.monotonic() + TOLD_WITHIN
    told = ""
    async with httpx.AsyncClient(timeout=10) as client:
        while time.monotonic() < deadline:
            try:
                answer = await client.get(f"{plugin.address}/ready")
                told = answer.text
                if ("database" in answer.json().get("missing", {})) is is_missing:
                    return
            except httpx.TransportError as error:
                told = repr(error)
            await asyncio.sleep(0.2)
    expected = "that the database is missing" if is_missing else "that the database is there again"
    world.tally.found("not told", f"/ready does not say {expected}: {told}")


FAULTS: list[Fault] = [DatabaseFull(), DatabaseReadOnly(), MediaFull()]
