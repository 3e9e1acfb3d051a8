"""A real homeserver with the plugin in it, and people with standard clients who have conversations."""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from benchmarks.machine import resident_mb
from benchmarks.plugin_process import SLUG, PluginProcess
from livechat_plugin.demo.homeserver import Homeserver
from livechat_plugin.demo.person import Person, RoomEvent

OPERATORS: Final = ("anna", "boris")
SILENT: Final = "silent"
SETTLE: Final = 5.0
"""Seconds after sessions were opened until the plugin has made new spare rooms and everything is at rest."""


@dataclass(frozen=True, slots=True)
class Conversation:
    """A session that an operator has taken, and rooms of the same people without the plugin.

    Attributes:
        customer: writes in `customer_room`.
        operator: reads and writes in `session_room`.
        customer_room: the customer's direct chat with the live chat.
        session_room: where the operator serves.
        plain_room: customer and operator, nobody else.
        silent: somebody whose client sends and does not look, as ghosts do.
        room_of_customer: the customer and `silent`: the customer's room without the plugin.
        room_of_operator: `silent` and the operator: the session room without the plugin.
    """

    customer: Person
    operator: Person
    customer_room: str
    session_room: str
    plain_room: str
    silent: Person
    room_of_customer: str
    room_of_operator: str


@dataclass(frozen=True, slots=True)
class World:
    """Everything that runs.

    Attributes:
        ready_after: seconds from the plugin's first start, with an empty database, until it was ready.
        rss_at_rest: its memory then.
    """

    homeserver: Homeserver
    plugin: PluginProcess
    conversations: Sequence[Conversation]
    ready_after: float
    rss_at_rest: float


@asynccontextmanager
async def running_world(folder: Path, customers: int) -> AsyncIterator[World]:
    """A world with so many conversations under way; everything ends with it."""
    async with AsyncExitStack() as stack:
        homeserver = Homeserver(folder / "homeserver")
        plugin = PluginProcess(folder / "plugin", homeserver.url, homeserver.server_name)
        await plugin.install("--write", str(homeserver.config_path))
        await stack.enter_async_context(homeserver)
        stack.push_async_callback(plugin.stop)
        ready_after = await plugin.start()
        rss = resident_mb(plugin.pid)
        names = [f"customer{number}" for number in range(customers)]
        ids = {name: await _register(homeserver, name) for name in (*OPERATORS, SILENT, *names)}
        await plugin.add_live_chat(*(ids[name] for name in OPERATORS))
        people = {
            name: Person(homeserver.url, user_id, name, auto_join=name not in names)
            for name, user_id in ids.items()
        }
        for name in (*OPERATORS, *names):
            await stack.enter_async_context(people[name])
        queue = await people["anna"].resolve_alias(f"#livechat_{SLUG}:{homeserver.server_name}")
        for name in OPERATORS:
            await people[name].wait_until(lambda name=name: queue in people[name].rooms)  # type: ignore[misc]
        opened = [
            await _open(plugin.ghost, queue, people[name], people[OPERATORS[number % len(OPERATORS)]])
            for number, name in enumerate(names)
        ]
        silent = people[SILENT]
        async with silent:
            rooms = [
                await _silent_rooms(silent, people[name], operator)
                for name, (operator, *_) in zip(names, opened, strict=True)
            ]
        stack.push_async_callback(silent.disconnect)  # from here on it only sends
        conversations = [
            Conversation(people[name], operator, room, session_room, plain_room, silent, *pair)
            for name, (operator, room, session_room, plain_room), pair in zip(
                names, opened, rooms, strict=True
            )
        ]
        await asyncio.sleep(SETTLE)
        yield World(homeserver, plugin, conversations, ready_after, rss)


@dataclass(frozen=True, slots=True)
class Says:
    """Matches a message with exactly this text."""

    text: str

    def __call__(self, event: RoomEvent) -> bool:
        """Whether the event is that message."""
        return bool(event["type"] == "m.room.message" and event["content"].get("body") == self.text)


async def time_to_see(sender: Person, room: str, viewer: Person, where: str, text: str) -> float:
    """Seconds from the moment somebody sends a text until another client has it."""
    began = time.perf_counter()
    await sender.say(room, text)
    seen = await viewer.wait_for(where, Says(text))
    return viewer.seen_at(seen["event_id"]) - began


async def _register(homeserver: Homeserver, name: str) -> str:
    return await homeserver.register(name, name, display_name=name.title())


async def _open(ghost: str, queue: str, customer: Person, operator: Person) -> tuple[Person, str, str, str]:
    """Through the front door: the customer writes, a card appears, the operator takes it."""
    room = await customer.start_direct_chat(ghost)
    words = f"Good morning from {customer.user_id}"
    await customer.say(room, words)
    card = await operator.wait_for(queue, lambda event: words in event["content"].get("body", ""))
    await operator.react(queue, card["event_id"], "✋")
    session_room: str = await operator.wait_until(
        lambda: next((here for here in operator.rooms - {queue} if _has(operator, here, words)), "")
    )
    plain_room = await customer.start_direct_chat(operator.user_id)
    await operator.wait_until(lambda: plain_room in operator.rooms)
    return operator, room, session_room, plain_room


async def _silent_rooms(silent: Person, customer: Person, operator: Person) -> tuple[str, str]:
    """The rooms of a conversation without the plugin: the customer's, and the operator's."""
    of_customer = await customer.start_direct_chat(silent.user_id)
    of_operator = await silent.start_direct_chat(operator.user_id)
    await silent.wait_until(lambda: of_customer in silent.rooms)
    await operator.wait_until(lambda: of_operator in operator.rooms)
    return of_customer, of_operator


def _has(person: Person, room: str, text: str) -> bool:
    return any(Says(text)(event) for event in person.events(room))
