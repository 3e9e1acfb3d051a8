"""Whether everything arrived, once, in order: read from the rooms alone, without asking the plugin's database.

What must hold of each conversation, by what its two rooms say:

- every act of the customer stands in the session room once, and in their order;
- every act of an operator stands in the customer's room once, and in their order, or else its writer was told;
- its sessions have one card each, and one of them is open at most;
- in its session room is whom its card names, and no other operator.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Sequence

import httpx

from tests.chaos.acts import done_by, told_about
from tests.chaos.client import CARD, Card
from tests.chaos.comparing import compare
from tests.chaos.reading import Event, Reader
from tests.chaos.tally import Tally
from tests.chaos.world import World

SETTLED_WITHIN = 300.0
"""Seconds after the last fault in which everything that is owed must have arrived."""

SORRY = "Sorry, this message could not be passed on"


async def check(world: World) -> Tally:
    """Look until nothing is missing any more, or it is too late for that; the findings stand in the tally returned."""
    deadline = time.monotonic() + SETTLED_WITHIN
    while True:
        found = Tally()
        try:
            async with Reader.logged_in(world.homeserver.url, "ada", "ada") as reader:
                await Check(world, reader, found).run()
        except httpx.HTTPError as error:
            found.found("no answer", repr(error))
        if found.is_clean and await _is_idle(world):
            return found
        if time.monotonic() > deadline or set(found.findings) & FINAL:
            if not await _is_idle(world):
                found.found("still owed", "the plugin has deliveries that it does not make")
            return found
        await asyncio.sleep(1)


FINAL = {"doubled", "two cards"}
"""Findings that do not go away by waiting."""


async def _is_idle(world: World) -> bool:
    return (await world.metrics()).get("livechat_deliveries_waiting") == 0


class Check:
    """One look at everything."""

    def __init__(self, world: World, reader: Reader, tally: Tally) -> None:
        self._world = world
        self._reader = reader
        self._tally = tally
        self._operators = {world.user_id(name): name.title() for name in world.traffic.operators}

    async def run(self) -> None:
        rooms = await self._reader.rooms()
        timelines = {}
        for room, creator in rooms.items():
            if creator == self._world.ghost and room != self._world.traffic.queue:
                timelines[room] = await self._reader.timeline(room)
        cards = self._cards(await self._reader.timeline(self._world.traffic.queue))
        self._tally.sessions = len(cards)
        for name, (_, room) in self._world.traffic.customers.items():
            own = {one: events for one, events in timelines.items() if _is_about(events, name)}
            if len(own) > 1:
                self._tally.found("two session rooms", f"{name}: {sorted(own)}")
            session_room, inside = next(iter(own.items()), ("", []))
            outside = await self._reader.timeline(room)
            self._incoming(name, outside, inside)
            self._outgoing(name, inside, outside)
            await self._sessions(name, [card for card in cards if card.customer == name], session_room)

    def _incoming(self, name: str, outside: Sequence[Event], inside: Sequence[Event]) -> None:
        ghosts = {event["sender"] for event in inside if event["sender"].startswith("@livechat_support_c")}
        written = list(done_by(outside, {self._world.user_id(name)}))
        arrived = list(done_by(inside, ghosts))
        told = sum(SORRY in event.get("content", {}).get("body", "") for event in outside)
        self._tally.told += told
        compare(self._tally, f"from {name}", written, arrived, {}, excused=told)

    def _outgoing(self, name: str, inside: Sequence[Event], outside: Sequence[Event]) -> None:
        written = list(done_by(inside, self._operators))
        arrived = list(done_by(outside, {self._world.ghost}))
        told = told_about(inside, {self._world.ghost})
        self._tally.told += sum(told.values())
        compare(self._tally, f"to {name}", written, arrived, told, is_from_operators=True)

    def _cards(self, queue: Sequence[Event]) -> list[Card]:
        """As they stand, and whether each session has one only."""
        cards: dict[str, Card] = {}
        for event in queue:
            content = event.get("content", {})
            body, relation = content.get("body"), content.get("m.relates_to", {})
            if event["sender"] != self._world.ghost or not isinstance(body, str):
                continue
            if relation.get("rel_type") == "m.replace":
                if (card := cards.get(relation["event_id"])) is not None:
                    card.text = content["m.new_content"]["body"]
            elif not relation and "\n" in body and (found := CARD.match(body)):
                cards[event["event_id"]] = Card(int(found[1]), event["event_id"], found[2], body)
        for number, count in Counter(card.number for card in cards.values()).items():
            if count > 1:
                self._tally.found("two cards", f"session #{number} has {count}")
        return list(cards.values())

    async def _sessions(self, name: str, cards: list[Card], session_room: str) -> None:
        standing = sorted((card for card in cards if not card.is_closed), key=lambda card: card.number)
        if len(standing) > 1:
            self._tally.found(
                "two at once", f"{name}: sessions {[card.number for card in standing]} are open"
            )
        if not session_room:
            if cards:
                self._tally.found("no session room", name)
            return
        people = await self._reader.people(session_room)
        inside = {
            self._operators[user]
            for user, membership in people.items()
            if user in self._operators and membership in {"join", "invite"}
        }
        serving = {standing[-1].operator} - {None} if standing else set()
        if inside != serving:
            self._tally.found("two at once", f"{name}: {inside} are in the room, {serving} on the card")


def _is_about(timeline: Sequence[Event], name: str) -> bool:
    return any(
        event["sender"].startswith("@livechat_support_c")
        and str(event.get("content", {}).get("body", "")).startswith(f"{name}>")
        for event in timeline
    )
