"""One message at a time: through the plugin, against a plain message in a room of the same people."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from typing import Final

from benchmarks.figures import Latencies, Report, at_most
from benchmarks.machine import CpuMeter, load, resident_mb
from benchmarks.world import Conversation, World, time_to_see

PACE: Final = 0.15
"""Seconds from one send to the next, so that each message meets an idle system."""

P50_TARGET: Final = 2.1
P95_TARGET: Final = 2.5
_WARM_UP: Final = 15

Probe = Callable[[str], Awaitable[float]]


async def measure(world: World, rounds: int) -> Report:
    """Each round sends one message of every kind, in a new order each time, so that drift meets all alike."""
    probes = _probes(world.conversations[0])
    times: dict[str, list[float]] = {name: [] for name in probes}
    order = list(probes)
    chance = random.Random(1)  # noqa: S311 -- the same order in every run
    cpu, messages = CpuMeter(world.plugin.pid), 0
    for number in range(-_WARM_UP, rounds):
        if number == 0:
            cpu, messages = CpuMeter(world.plugin.pid), 2 * rounds
        chance.shuffle(order)
        for name in order:
            began = time.perf_counter()
            seconds = await probes[name](f"{name} {number}")
            if number >= 0:
                times[name].append(seconds)
            await asyncio.sleep(max(0.0, began + PACE - time.perf_counter()))
    return _report(world, {name: Latencies(seconds) for name, seconds in times.items()}, cpu, messages)


def _probes(conversation: Conversation) -> dict[str, Probe]:
    customer, operator = conversation.customer, conversation.operator
    plain = conversation.plain_room
    return {
        "floor in": lambda text: time_to_see(customer, plain, operator, plain, text),
        "relay in": lambda text: time_to_see(
            customer, conversation.customer_room, operator, conversation.session_room, text
        ),
        "floor out": lambda text: time_to_see(operator, plain, customer, plain, text),
        "relay out": lambda text: time_to_see(
            operator, conversation.session_room, customer, conversation.customer_room, text
        ),
    }


def _report(world: World, times: dict[str, Latencies], cpu: CpuMeter, messages: int) -> Report:
    report = Report(
        "Relay: one message at a time, milliseconds until the other client has it",
        ("", "n", "p50", "p95", "p99"),
        notes=[f"One message every {PACE * 1000:.0f} ms; SQLite, synchronous=FULL; {load()}."],
    )
    words = {"in": "customer to operator", "out": "operator to customer"}
    for way, told in words.items():
        floor, relay = times[f"floor {way}"], times[f"relay {way}"]
        ratios = [relay.milliseconds(percent) / floor.milliseconds(percent) for percent in (50, 95, 99)]
        report.rows += [
            (f"{told}, plain room (floor)", *floor.cells()),
            (f"{told}, through the plugin", *relay.cells()),
            (f"{told}, ratio", "", *(f"{ratio:.2f}" for ratio in ratios)),
        ]
        report.checks += [
            at_most(f"{told}: ratio of p50", ratios[0], P50_TARGET),
            at_most(f"{told}: ratio of p95", ratios[1], P95_TARGET),
        ]
        report.figures[way] = {
            "floor": floor.figures(),
            "relay": relay.figures(),
            "ratio_p50": ratios[0],
            "ratio_p95": ratios[1],
        }
    per_message = cpu.milliseconds() / messages
    rss = resident_mb(world.plugin.pid)
    report.notes.append(
        f"The plugin used {per_message:.1f} ms of CPU per relayed message, the homeserver's echo of the copy and idle time included;"
        f" RSS {world.rss_at_rest:.0f} MB at rest, {rss:.0f} MB after."
    )
    report.checks.append(at_most("ready after the first start", world.ready_after, 2.0, " s"))
    report.figures |= {
        "cpu_ms_per_message": per_message,
        "ready_after_s": world.ready_after,
        "rss_at_rest_mb": world.rss_at_rest,
        "rss_after_mb": rss,
    }
    return report
