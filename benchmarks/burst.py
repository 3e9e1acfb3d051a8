"""Everybody at once: how long until the operators have it all, and whether it is all there and in order."""

import asyncio
import time
from dataclasses import dataclass
from typing import Final

from benchmarks.figures import Check, Latencies, Report, at_most, is_in_order, is_true, median
from benchmarks.machine import load, resident_mb
from benchmarks.world import World
from livechat_plugin.demo.person import Person

EACH: Final = 20
"""Messages per customer."""
RATIO_TARGET: Final = 1.25
_TIMEOUT: Final = 90.0
_WARM_UP: Final = 3


@dataclass(frozen=True, slots=True)
class Round:
    """One burst.

    Attributes:
        seconds: from the first send until the last message was seen.
        latencies: of each message that arrived.
        sent: how many were sent to be seen.
        in_order: whether each customer's messages are all there, once, in order.
    """

    seconds: float
    latencies: Latencies
    sent: int
    in_order: bool


async def measure(world: World, rounds: int) -> Report:
    """Bursts through the plugin and on the homeserver alone, in turns."""
    await _through_plugin(world, "warm-up", _WARM_UP)
    await _homeserver_alone(world, "warm-up", _WARM_UP)
    relayed, floor = [], []
    for number in range(rounds):
        floor.append(await _homeserver_alone(world, f"floor {number}", EACH))
        relayed.append(await _through_plugin(world, f"burst {number}", EACH))
    return _report(world, relayed, floor)


async def _through_plugin(world: World, label: str, each: int) -> Round:
    return await _round(
        [
            _Stream(one.customer, one.customer_room, one.operator, one.session_room, label, each)
            for one in world.conversations
        ],
        [],
    )


async def _homeserver_alone(world: World, label: str, each: int) -> Round:
    """What a burst is for the homeserver: the same events into rooms of the same kind, read by the same clients.

    Customers send as many messages, and somebody who does not look sends as many to the operators in place of
    the copies; only the pushes to the plugin are missing.
    """
    return await _round(
        [
            _Stream(one.silent, one.room_of_operator, one.operator, one.room_of_operator, label, each)
            for one in world.conversations
        ],
        [
            _Stream(one.customer, one.room_of_customer, one.customer, one.room_of_customer, label, each)
            for one in world.conversations
        ],
    )


@dataclass(frozen=True, slots=True)
class _Stream:
    """Messages that one person sends in one room, each when the one before is accepted."""

    sender: Person
    room: str
    viewer: Person
    where: str
    label: str
    each: int

    async def send(self) -> list[float]:
        """Send them all; returns when each was begun."""
        began = []
        for number in range(self.each):
            began.append(time.perf_counter())
            await self.sender.say(self.room, f"{self.label}/{number}")
        return began

    def seen(self) -> list[tuple[int, float]]:
        """Number and arrival of each message that the viewer has, as they stand in the room."""
        return [
            (int(body.rpartition("/")[2]), self.viewer.seen_at(event["event_id"]))
            for event in self.viewer.events(self.where)
            if (body := str(event["content"].get("body", ""))).startswith(f"{self.label}/")
        ]

    async def arrived(self) -> None:
        """Wait until the viewer has as many as were sent."""
        await self.viewer.wait_until(lambda: len(self.seen()) >= self.each, _TIMEOUT)


async def _round(watched: list[_Stream], others: list[_Stream]) -> Round:
    began = time.perf_counter()
    streams = [*watched, *others]
    sent = await asyncio.gather(*(stream.send() for stream in streams))
    # What does not come in time is counted as missing, not as a failure of the measurement.
    await asyncio.gather(*(stream.arrived() for stream in streams), return_exceptions=True)
    await asyncio.sleep(0.5)  # doubles would come now
    latencies, last, in_order = [], began, True
    for stream, times in zip(streams, sent, strict=True):
        seen = stream.seen()
        in_order &= is_in_order([number for number, _ in seen], stream.each)
        last = max([last, *(at for _, at in seen)])
        if stream in watched:
            latencies += [at - times[number] for number, at in seen]
    return Round(last - began, Latencies(latencies), sum(stream.each for stream in watched), in_order)


def _report(world: World, relayed: list[Round], floor: list[Round]) -> Report:
    customers = len(world.conversations)
    total = customers * EACH
    report = Report(
        f"Burst: {total} messages from {customers} customers at once",
        ("", "delivered", "seconds until all are seen", "p50 ms", "p95 ms", "p99 ms", "messages/s"),
        notes=[
            (
                f"The homeserver alone takes {2 * total} plain sends into {2 * customers} rooms, read by the same"
                f" clients: the same number of events and deliveries. {load()}."
            ),
            f"RSS of the plugin after the bursts: {resident_mb(world.plugin.pid):.0f} MB.",
        ],
    )
    for label, rounds in (("homeserver alone", floor), ("through the plugin", relayed)):
        for number, one in enumerate(rounds, 1):
            report.rows.append(
                (
                    f"{label}, round {number}",
                    f"{one.latencies.count} of {one.sent}",
                    f"{one.seconds:.2f}",
                    f"{one.latencies.milliseconds(50):.0f}",
                    f"{one.latencies.milliseconds(95):.0f}",
                    f"{one.latencies.milliseconds(99):.0f}",
                    f"{one.sent / one.seconds:.0f}",
                )
            )
    ratio = median([one.seconds for one in relayed]) / median([one.seconds for one in floor])
    report.rows.append(("ratio of the time (medians)", "", f"{ratio:.2f}", "", "", "", ""))
    delivered = sum(one.latencies.count for one in relayed)
    sent = sum(one.sent for one in relayed)
    report.checks += [
        at_most("burst: ratio of the time", ratio, RATIO_TARGET),
        Check("delivered", str(delivered), str(sent), delivered == sent),
        is_true("once and in order per customer", all(one.in_order for one in relayed), "yes"),
    ]
    report.figures = {
        "ratio": ratio,
        **{
            name: [{"seconds": one.seconds, "sent": one.sent} | one.latencies.figures() for one in rounds]
            for name, rounds in (("floor", floor), ("relayed", relayed))
        },
    }
    return report
