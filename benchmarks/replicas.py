"""Two replicas on one PostgreSQL against one: how much more they relay."""

import asyncio
import random
import shutil
import time
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Final

import aiohttp

from benchmarks.alone import SERVER_NAME, stub_homeserver
from benchmarks.cpu_share import shares
from benchmarks.databases import DATABASES
from benchmarks.figures import Check, Report, at_least, is_in_order, median
from benchmarks.homeserver_push import Event, HomeserverPush
from benchmarks.machine import load
from benchmarks.plugin_process import PluginProcess
from benchmarks.stub_homeserver import MARK

SHARE: Final = 0.25
"""Of one core, for each replica: the database, the stub and who pushes need the rest of a small machine."""
CONVERSATIONS: Final = 100
MESSAGES: Final = 1000
ROUNDS: Final = 3
SETTLE: Final = 10.0
"""Seconds until two replicas have divided the work."""
TARGET: Final = 1.7
PATIENCE: Final = 120.0


async def measure(folder: Path, rounds: int) -> Report:
    """One, then two, with the same load: two pushers, each with its half of the customers."""
    [database] = [one for one in DATABASES if one.name == "postgresql"]
    async with AsyncExitStack() as stack:
        opened = stack.enter_context(database.opened(folder / "database"))
        stub = await stack.enter_async_context(stub_homeserver())
        limit = stack.enter_context(shares(SHARE))
        environment = {"LIVECHAT_DATABASE__URL": opened.url}
        first, second = [
            PluginProcess(folder / name, stub, SERVER_NAME, environment) for name in ("first", "second")
        ]
        await first.install()
        await first.command("migrate")
        for file in (first.config, first.registration):
            shutil.copy(file, second.config.parent)
        stack.push_async_callback(first.stop)
        await first.start()
        await first.add_live_chat(f"@anna:{SERVER_NAME}")
        watch = await stack.enter_async_context(aiohttp.ClientSession(stub))
        pushes = [
            await stack.enter_async_context(HomeserverPush(first.url, first.registration, name))
            for name in ("one", "two")
        ]
        run = _Run(pushes, watch)
        await run.open(first.ghost)
        is_limited = limit(first.pid)
        alone = await run.rounds(rounds)
        stack.push_async_callback(second.stop)
        await second.start()
        is_limited = limit(second.pid) and is_limited
        pushes[1].move_to(second.url)
        await asyncio.sleep(SETTLE)
        together = await run.rounds(rounds)
        delivered, is_right = await run.outcome()
    return _report(alone, together, run.sent, delivered, is_right=is_right, is_limited=is_limited)


class _Run:
    """The load, and what came of it."""

    def __init__(self, pushes: list[HomeserverPush], watch: aiohttp.ClientSession) -> None:
        self._pushes = pushes
        self._watch = watch
        self._said = [0] * CONVERSATIONS
        self._chance = random.Random(1)  # noqa: S311 -- the same messages in every run

    @property
    def sent(self) -> int:
        """How many messages so far."""
        return sum(self._said)

    async def open(self, ghost: str) -> None:
        """Conversations with a session each."""
        push = self._pushes[0]
        customers = range(CONVERSATIONS)
        await push.push([push.direct_invite(_room(one), _customer(one), ghost) for one in customers])
        await push.push([self._next(push, one) for one in customers])
        await self._arrived()
        await self._asked("rest?seconds=5")

    async def rounds(self, count: int) -> list[float]:
        """Messages a second, each time; the first time is for warming up."""
        return [await self._round() for _ in range(count + 1)][1:]

    async def outcome(self) -> tuple[int, bool]:
        """How many copies there are, and whether each conversation has its own, once and in order."""
        rooms: dict[str, list[str]] = await self._asked("messages")
        pairs = [[text.split() for text in texts] for texts in rooms.values()]
        return sum(map(len, pairs)), all(
            len({whose for whose, _ in texts}) == 1
            and is_in_order([int(number) for _, number in texts], self._said[int(texts[0][0])])
            for texts in pairs
        )

    async def _round(self) -> float:
        halves: list[list[Event]] = [[], []]
        for _ in range(MESSAGES):
            one = self._chance.randrange(CONVERSATIONS)
            halves[one % 2].append(self._next(self._pushes[one % 2], one))
        began = time.perf_counter()
        await asyncio.gather(*(push.push(half) for push, half in zip(self._pushes, halves, strict=True)))
        await self._arrived()
        return MESSAGES / (time.perf_counter() - began)

    def _next(self, push: HomeserverPush, customer: int) -> Event:
        number = self._said[customer]
        self._said[customer] += 1
        return push.message(_room(customer), _customer(customer), f"{MARK}{customer} {number}")

    async def _arrived(self) -> None:
        async with asyncio.timeout(PATIENCE):
            await self._asked(f"wait?count={self.sent}")

    async def _asked(self, what: str) -> dict[str, list[str]]:
        async with self._watch.get(f"/stub/{what}") as response:
            response.raise_for_status()
            answer: dict[str, list[str]] = await response.json()
            return answer


def _room(customer: int) -> str:
    return f"!room{customer}:{SERVER_NAME}"


def _customer(customer: int) -> str:
    return f"@customer{customer}:{SERVER_NAME}"


def _report(
    alone: list[float], together: list[float], sent: int, delivered: int, *, is_right: bool, is_limited: bool
) -> Report:
    ratio = median(together) / median(alone)
    limits = (
        f"Each replica has {SHARE:.0%} of one core, so that two of them, PostgreSQL and the stub fit on a small machine."
        if is_limited
        else "Control groups cannot be written here, so the replicas, PostgreSQL and the stub fight for the same cores:"
        " where there are no more than two, this says little."
    )
    report = Report(
        "Replicas: messages a second on one PostgreSQL",
        ("", "messages/s", "each round"),
        rows=[
            (what, f"{median(values):.0f}", ", ".join(f"{value:.0f}" for value in values))
            for what, values in (("one replica", alone), ("two replicas", together))
        ],
        notes=[
            (
                f"{limits} {MESSAGES} customers' messages a round, in hundreds, from two pushers with half of the"
                f" {CONVERSATIONS} conversations each; with two replicas, one pusher for each. {load()}."
            )
        ],
    )
    report.rows.append(("ratio", f"{ratio:.2f}", ""))
    report.checks += [
        at_least("two replicas against one", ratio, TARGET),
        Check("delivered", str(delivered), str(sent), delivered == sent),
        Check("once and in order", "yes" if is_right else "no", "yes", is_right),
    ]
    report.figures = {"one": alone, "two": together, "ratio": ratio, "is_limited": is_limited}
    return report
