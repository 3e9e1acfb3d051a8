"""How a session begins: the customer's first message until its card is seen, and the take until the operator is in."""

import asyncio
import time
from contextlib import AsyncExitStack
from typing import Final

from benchmarks.figures import Latencies, Report, at_most
from benchmarks.machine import load
from benchmarks.plugin_process import SLUG
from benchmarks.world import Conversation, Says, World, time_to_see
from livechat_plugin.demo.person import Person

CARD_TARGET: Final = 3.5
TAKE_TARGET: Final = 4.0
FLOORS: Final = 3
"""Plain sends before each of the two, which they are held against."""
PACE: Final = 0.15
THINKS: Final = 1.0
"""Seconds that the operator looks at the card, and that everything is left alone before a first message."""
ROUND: Final = 5.0
"""Seconds from one first message to the next: by then a new spare room has been made for the one that was taken."""


async def measure(world: World, rounds: int) -> Report:
    """Each round a customer who was never here; plain sends of other people beside it, in the same minutes."""
    meter = _Meter(world)
    async with AsyncExitStack() as stack:
        for number in range(-1, rounds):
            customer = await _newcomer(world, f"newcomer{number + 1}")
            await stack.enter_async_context(customer)
            await meter.round(customer, number)
    return _report(meter, rounds)


class _Meter:
    """What was measured so far."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.floor: list[float] = []
        self.card: list[float] = []
        self.take: list[float] = []

    async def round(self, customer: Person, number: int) -> None:
        """One customer from the first word until somebody serves them; the round before the first is no more than practice."""
        world, other = self._world, self._world.conversations[0]
        operator = other.operator
        queue = await operator.resolve_alias(f"#livechat_{SLUG}:{world.homeserver.server_name}")
        room = await customer.start_direct_chat(world.plugin.ghost)
        await customer.wait_for(room, lambda event: _has_joined(event, world.plugin.ghost))
        await asyncio.sleep(THINKS)
        floor = await _floor(other, f"before {number}")
        words = f"Good evening from {customer.user_id}"
        began = time.perf_counter()
        await customer.say(room, words)
        card = await operator.wait_for(queue, lambda event: words in event["content"].get("body", ""))
        card_after = operator.seen_at(card["event_id"]) - began
        await asyncio.sleep(THINKS)
        floor += await _floor(other, f"between {number}")
        before = set(operator.rooms)
        taken = time.perf_counter()
        await operator.react(queue, card["event_id"], "✋")
        session_room: str = await operator.wait_until(
            lambda: next((here for here in operator.rooms - before if _has(operator, here, words)), "")
        )
        said = await operator.wait_for(session_room, Says(words))
        take_after = operator.seen_at(said["event_id"]) - taken
        if number >= 0:
            self.floor += floor
            self.card.append(card_after)
            self.take.append(take_after)
        await asyncio.sleep(max(0.0, began + ROUND - time.perf_counter()))


async def _floor(conversation: Conversation, label: str) -> list[float]:
    times = []
    for number in range(FLOORS):
        began = time.perf_counter()
        room = conversation.plain_room
        text = f"{label}, {number}"
        times.append(await time_to_see(conversation.customer, room, conversation.operator, room, text))
        await asyncio.sleep(max(0.0, began + PACE - time.perf_counter()))
    return times


async def _newcomer(world: World, name: str) -> Person:
    user_id = await world.homeserver.register(name, name, display_name=name.title())
    return Person(world.homeserver.url, user_id, name)


def _has_joined(event: dict[str, object], user_id: str) -> bool:
    content = event["content"]
    is_join = isinstance(content, dict) and content.get("membership") == "join"
    return event["type"] == "m.room.member" and event.get("state_key") == user_id and is_join


def _has(person: Person, room: str, text: str) -> bool:
    return any(Says(text)(event) for event in person.events(room))


def _report(meter: _Meter, rounds: int) -> Report:
    floor, card, take = Latencies(meter.floor), Latencies(meter.card), Latencies(meter.take)
    report = Report(
        "Opening: customers who come for the first time, milliseconds until the operator's client has it",
        ("", "n", "p50", "p95", "p99"),
        notes=[
            (
                f"{rounds} customers, one every {ROUND:.0f} s. The card: from the customer's send until the operator sees"
                " the card in the queue room. The take: from the operator's reaction until their client was invited, has"
                f" joined and shows what the customer wrote; the client joins by itself. {load()}."
            )
        ],
    )
    report.rows.append(("plain send (floor)", *floor.cells()))
    for what, times, target in (
        ("first message until its card is seen", card, CARD_TARGET),
        ("take until the operator has the history", take, TAKE_TARGET),
    ):
        ratios = [times.milliseconds(percent) / floor.milliseconds(percent) for percent in (50, 95, 99)]
        report.rows.append((what, *times.cells()))
        report.rows.append((f"{what}, ratio", "", *(f"{ratio:.2f}" for ratio in ratios)))
        report.checks.append(at_most(f"{what}: ratio of p50", ratios[0], target))
        report.figures[what] = times.figures() | {"ratio_p50": ratios[0], "ratio_p95": ratios[1]}
    report.figures["floor"] = floor.figures()
    return report
