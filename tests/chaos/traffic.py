"""What customers and operators do all the time: they write, edit, reply, react, send files and take words back;
sessions are taken, handed on, closed and opened anew."""

import asyncio
import random
import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from tests.chaos.client import Card, Client

AGAIN = 5.0
"""Seconds after which a person whose command had no visible effect repeats it."""


def text(body: str, reply_to: str | None = None) -> dict[str, Any]:
    content: dict[str, Any] = {"msgtype": "m.text", "body": body}
    if reply_to is not None:
        content["m.relates_to"] = {"m.in_reply_to": {"event_id": reply_to}}
    return content


def edited(event_id: str, body: str) -> dict[str, Any]:
    relation = {"rel_type": "m.replace", "event_id": event_id}
    return text(f"* {body}") | {"m.new_content": text(body), "m.relates_to": relation}


def file(name: str, mxc: str) -> dict[str, Any]:
    return {"msgtype": "m.file", "body": name, "filename": name, "url": mxc, "info": {"size": 9}}


def reaction(event_id: str, key: str) -> dict[str, Any]:
    return {"m.relates_to": {"rel_type": "m.annotation", "event_id": event_id, "key": key}}


@dataclass
class Written:
    """A message of one's own."""

    event_id: str
    body: str
    is_touched: bool = False


class Pen:
    """Writes numbered messages of one person to one other, one after another."""

    def __init__(self, client: Client, label: str, rng: random.Random, mxc: str) -> None:
        self.client, self.label, self.rng, self.mxc = client, label, rng, mxc
        self.own: list[Written] = []
        self.number = 0
        self.events = 0

    async def write(self, room: str, others: frozenset[str] | set[str]) -> None:
        """Do one of the things that people do; `others` is what has arrived on the other side."""
        chance = self.rng.random()
        untouched = [one for one in self.own[-12:] if not one.is_touched]
        recent = self.client.recent.get(room)
        if chance < 0.06 and untouched:
            one = self.rng.choice(untouched)
            self.number += 1
            if await self.client.persist(
                room, edited(one.event_id, f"{self._next_label()} edit of {one.body}")
            ):
                self.events += 1
        elif chance < 0.10 and recent:
            self.number += 1
            key = f"👍{self.label}{self.number}"
            if await self.client.persist(room, reaction(self.rng.choice(recent), key), "m.reaction"):
                self.events += 1
        elif chance < 0.12:
            await self._take_back([one for one in untouched if one.body in others], room)
        elif chance < 0.20 and recent:
            await self._say(room, lambda body: text(body, self.rng.choice(recent)))
        elif chance < 0.23:
            # What a file is called stands in one line, whatever its sender's client says.
            await self._say(room, lambda body: file(f"{body.replace(chr(10), ' ')}.txt", self.mxc))
        else:
            await self._say(room, text)

    async def _say(self, room: str, content_of: Any) -> None:
        self.number += 1
        content = content_of(f"{self._next_label()} {self.rng.choice(WORDS)}")
        event_id = await self.client.persist(room, content)
        if event_id:
            self.events += 1
            self.own.append(Written(event_id, content["body"]))

    async def _take_back(self, unwanted: list[Written], room: str) -> None:
        if unwanted:
            one = self.rng.choice(unwanted)
            one.is_touched = True
            await self.client.take_back(room, one.event_id)

    def _next_label(self) -> str:
        return f"{self.label}>{self.number}"


WORDS = ("hello", "is it on?", "thank you so much", "what a nice day äöü 🦊", "line one\nline two", "no")


@dataclass
class Traffic:
    """Everybody at it, until told to pause.

    Attributes:
        customers: by name: client and room with the live chat.
        operators: by name.
        pace: mean seconds between two acts of a customer.
        going: set while they are not told to pause.
    """

    ghost: str
    queue: str
    customers: dict[str, tuple[Client, str]]
    operators: dict[str, Client]
    rng: random.Random
    mxc: str
    pace: float = 1.0
    pens: dict[str, Pen] = field(default_factory=dict)
    going: asyncio.Event = field(default_factory=asyncio.Event)
    _tasks: list[asyncio.Task[None]] = field(default_factory=list)
    _busy: int = 0
    _asked: dict[tuple[str, int], float] = field(default_factory=dict)

    @property
    def events(self) -> int:
        """How many acts were acknowledged."""
        return sum(pen.events for pen in self.pens.values())

    def start(self) -> None:
        self.going.set()
        names = [(name, self._customer) for name in self.customers]
        names += [(name, self._operator) for name in self.operators]
        self._tasks = [
            asyncio.create_task(self._keep_at_it(name, act), name=f"traffic of {name}") for name, act in names
        ]

    def arrive(self, name: str, client: Client, room: str) -> None:
        """Somebody new writes from now on, and falls silent after a while."""
        self.customers[name] = (client, room)
        self._tasks.append(asyncio.create_task(self._visit(name), name=f"traffic of {name}"))

    async def pause(self) -> None:
        """Nobody begins anything new; what was begun is ended, however long the homeserver needs."""
        self.going.clear()
        async with asyncio.timeout(120):
            while self._busy:  # noqa: ASYNC110 - a pause is rare
                await asyncio.sleep(0.05)
        self.look()

    def resume(self) -> None:
        self.going.set()

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        for task in self._tasks:
            with suppress(asyncio.CancelledError):
                await task

    def look(self) -> None:
        """Raise what went wrong in traffic itself."""
        for task in self._tasks:
            if task.done() and not task.cancelled():
                task.result()

    async def _keep_at_it(self, name: str, act: Any) -> None:
        rng = random.Random(self.rng.random())
        while True:
            await self._act(name, act, rng)

    async def _visit(self, name: str) -> None:
        rng = random.Random(self.rng.random())
        for _ in range(rng.randint(2, 8)):
            await self._act(name, self._customer, rng)
        await self.customers[name][0].disconnect()

    async def _act(self, name: str, act: Any, rng: random.Random) -> None:
        await asyncio.sleep(rng.expovariate(1 / self.pace))
        await self.going.wait()
        self._busy += 1
        try:
            await act(name, rng)
        finally:
            self._busy -= 1

    def _pen(self, client: Client, label: str, rng: random.Random) -> Pen:
        return self.pens.setdefault(label, Pen(client, label, rng, self.mxc))

    async def _customer(self, name: str, rng: random.Random) -> None:
        client, room = self.customers[name]
        arrived = set().union(*(one.seen for one in self.operators.values()))
        for _ in range(rng.choice((1, 1, 1, 2, 4))):
            await self._pen(client, name, rng).write(room, arrived)

    async def _operator(self, name: str, rng: random.Random) -> None:
        client = self.operators[name]
        waiting = [card for card in list(client.cards.values()) if card.is_waiting]
        if waiting:
            await self._take(client, name, rng.choice(waiting))
        mine = [
            card
            for card in list(client.cards.values())
            if card.operator == name.title() and client.session_rooms.get(card.customer) in client.rooms
        ]
        for card in rng.sample(mine, min(len(mine), 2)):
            room = client.session_rooms[card.customer]
            chance = rng.random()
            if chance < 0.06:
                await self._once_in_a_while(client, name, card, room, "!close")
            elif chance < 0.12:
                other = rng.choice([one for one in self.operators.values() if one is not client])
                await self._once_in_a_while(client, name, card, room, f"!transfer {other.user_id} please")
            else:
                label = f"op{name[0].upper()}>{card.customer}"
                await self._pen(client, label, rng).write(room, self.customers[card.customer][0].seen)

    async def _take(self, client: Client, name: str, card: Card) -> None:
        asked = self._asked.get((name, card.number))
        if asked is not None and time.monotonic() - asked < AGAIN:
            return
        self._asked[name, card.number] = time.monotonic()
        if asked is None:
            await client.persist(self.queue, reaction(card.event_id, "✋"), "m.reaction")
        else:
            await client.persist(self.queue, text(f"!take {card.number}"))

    async def _once_in_a_while(self, client: Client, name: str, card: Card, room: str, command: str) -> None:
        """A command about a session, and again when it seems to have had no effect."""
        asked = self._asked.get((name, -card.number))
        if asked is None or time.monotonic() - asked >= AGAIN:
            self._asked[name, -card.number] = time.monotonic()
            await client.persist(room, text(command))
