"""One run: faults one after another while people write, and a look at everything now and then."""

import asyncio
import random
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from tests.chaos.check import check
from tests.chaos.faults import Fault, all_faults
from tests.chaos.tally import Tally
from tests.chaos.world import World


@dataclass(frozen=True)
class Plan:
    """What is asked for.

    Attributes:
        seed: of everything random.
        database: `sqlite` or `postgresql`.
        kills: how many, other faults with them where `only` chooses; it ends after them, or after the minutes.
        minutes: how long at most.
        only: parts of the names of the faults that may happen, with commas between; empty for all.
        check_every: kills between two looks at everything.
    """

    seed: int
    database: str = "sqlite"
    kills: int = 500
    minutes: float = 60
    only: str = ""
    customers: int = 5
    check_every: int = 60
    pace: float = 1.0
    replicas: int = 1
    homeserver_database: str = "sqlite"

    @property
    def command(self) -> str:
        only = f" --only {self.only!r}" if self.only else ""
        return (
            f"python -m tests.chaos --seed {self.seed} --database {self.database} --kills {self.kills} "
            f"--minutes {self.minutes:g} --customers {self.customers} --pace {self.pace:g} "
            f"--replicas {self.replicas} --homeserver-database {self.homeserver_database} --check-every {self.check_every}{only}"
        )


async def run(plan: Plan, folder: Path) -> Tally:
    """Do it; the folder stays as the last look found it."""
    world = World(
        folder,
        plan.seed,
        plan.database,
        customers=plan.customers,
        pace=plan.pace,
        replicas=plan.replicas,
        homeserver_database=plan.homeserver_database,
    )
    rng = random.Random(plan.seed)
    try:
        await world.set_up()
        faults = [fault for fault in all_faults() if _is_wanted(fault, plan) and fault.fits(world)]
        await _go_on(world, plan, rng, faults)
    finally:
        await world.end()
    return world.tally


async def _go_on(world: World, plan: Plan, rng: random.Random, faults: list[Fault]) -> None:
    tally = world.tally
    tally.began = time.monotonic()
    ends = tally.began + plan.minutes * 60
    looked_at = 0
    world.traffic.start()
    world.open_for_newcomers()
    await asyncio.sleep(2)
    while _done(tally, plan) < plan.kills and time.monotonic() < ends and tally.is_clean:
        fault = rng.choices(faults, [one.weight for one in faults])[0]
        _note(world, fault.name)
        await fault.inflict(world, rng)
        world.traffic.look()
        await asyncio.sleep(rng.uniform(0.1, 1.0))
        kills = sum(tally.kills.values()) + sum(tally.faults.values())
        if kills - looked_at >= plan.check_every:
            looked_at = kills
            await look(world)
            world.traffic.resume()
    if tally.is_clean:
        await look(world)


SHORT = 2.0
"""In a run of fewer minutes only those faults happen that are over in some seconds, unless others are chosen."""


def _done(tally: Tally, plan: Plan) -> int:
    """Kills; where some sorts of faults were chosen, whatever happened counts."""
    return sum(tally.kills.values()) + (sum(tally.faults.values()) if plan.only else 0)


def _is_wanted(fault: Fault, plan: Plan) -> bool:
    if plan.minutes < SHORT and not plan.only and getattr(fault, "is_slow", False):
        return False
    return any(part.strip() in fault.name for part in plan.only.split(","))


async def look(world: World) -> None:
    """Let everything come to rest, and check it."""
    _note(world, "a look at everything")
    await world.repaired()
    await world.traffic.pause()
    found = await check(world)
    tally = world.tally
    tally.checks += 1
    tally.messages, tally.sessions, tally.told = found.messages, found.sessions, found.told
    tally.reactions_dropped = found.reactions_dropped
    for kind, findings in found.findings.items():
        for one in findings:
            tally.found(kind, one)
    _given_up(world)
    sys.stderr.write(
        f"{time.strftime('%H:%M:%S')} {sum(tally.kills.values())} kills, {tally.messages} messages, "
        f"{'nothing amiss' if tally.is_clean else 'SOMETHING IS AMISS'}\n"
    )


def _given_up(world: World) -> None:
    """What the plugin's own log tells of trouble that must not come from kills alone."""
    for plugin in world.plugins:
        for line in plugin.log.read_text(errors="replace").splitlines():
            is_excused = any(sign in line for sign in world.excused)
            if any(sign in line for sign in TROUBLE) and not is_excused:
                world.tally.found("trouble in the log", line[:400])


TROUBLE = (
    "a delivery was given up",
    "passed over",
    "effects cannot be kept",
    "a part of the plugin broke",
    "Traceback (most recent call last)",
)


def _note(world: World, what: str) -> None:
    with (world.folder / "chaos.log").open("a", encoding="utf-8") as log:
        log.write(f"{time.strftime('%H:%M:%S')} {time.time():.3f} {what}\n")
