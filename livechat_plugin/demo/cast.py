"""Who plays in the scripted conversation, and how each of them finds their way."""

import time
from dataclasses import dataclass, field

from livechat_plugin.demo.both_ways import Way
from livechat_plugin.demo.person import Person, Predicate, RoomEvent
from livechat_plugin.demo.sightings import body_of, relation_of
from livechat_plugin.demo.world import World


@dataclass(frozen=True, slots=True)
class Card:
    """A session's card in the queue room."""

    event_id: str
    queue_room: str
    number: int
    body: str


@dataclass(slots=True)
class Talk:
    """One conversation: who sits on each side, and in which room.

    Attributes:
        slug: of the live chat.
        began: when this story began, in milliseconds; the rooms may know older ones.
        live_chats_ghost: who speaks for the operators in the customer's room.
        operator: who serves the session now.
        customers_ghost: who speaks for the customer in the session room.
    """

    slug: str
    began: int
    customer: Person
    customers_room: str
    live_chats_ghost: str
    operator: Person | None = None
    session_room: str = ""
    customers_ghost: str = ""

    def to_operator(self) -> Way:
        """The way of what the customer does."""
        operator, ghost = self._operator(), self.customers_ghost
        return Way(self.customer, self.customers_room, operator, self.session_room, ghost, self.began)

    def to_customer(self) -> Way:
        """The way of what the operator does."""
        operator, ghost = self._operator(), self.live_chats_ghost
        return Way(operator, self.session_room, self.customer, self.customers_room, ghost, self.began)

    def _operator(self) -> Person:
        if self.operator is None:
            raise RuntimeError("nobody has taken the session")
        return self.operator


@dataclass(slots=True)
class Cast:
    """The people, each with a standard client, and what they have found."""

    world: World
    people: dict[str, Person]
    began: int = field(default_factory=lambda: int(time.time() * 1000))
    talks: list[Talk] = field(default_factory=list)

    async def open_chat(self, name: str, slug: str) -> Talk:
        """A customer opens a direct chat with a live chat."""
        customer, ghost = self.people[name], self.world.ghosts[slug]
        room = await customer.start_direct_chat(ghost)
        talk = Talk(slug, self.began, customer, room, ghost)
        self.talks.append(talk)
        return talk

    async def sees(self, person: Person, room: str, predicate: Predicate) -> RoomEvent:
        """The event of this story that satisfies the predicate, as a person sees it."""
        return await person.wait_for(
            room, lambda event: event["origin_server_ts"] >= self.began and predicate(event)
        )

    def unfinished(self, name: str, slug: str) -> int | None:
        """The number of a customer's session that an earlier run left open, going by its card."""
        cards: dict[str, str] = {}
        for event in self.people["anna"].events(self.world.queue_room(slug)):
            body = body_of(event).removeprefix("* ")  # so begin edits, for clients that do not know them
            if event["sender"] == self.world.ghosts[slug] and body.startswith("#"):
                cards[str(relation_of(event).get("event_id", event["event_id"]))] = body
        for body in cards.values():
            number, whose = body.split()[:2]
            if whose.lower() == name and "Closed." not in body:
                return int(number.removeprefix("#"))
        return None

    async def card(self, slug: str, subject: str) -> Card:
        """The card of a new session, by the customer's first words, as anna sees it."""
        queue_room = self.world.queue_room(slug)
        event = await self.sees(
            self.people["anna"],
            queue_room,
            lambda event: subject in body_of(event) and "m.relates_to" not in event["content"],
        )
        body = body_of(event)
        return Card(event["event_id"], queue_room, int(body.split()[0].removeprefix("#")), body)

    async def card_says(self, card: Card, words: str) -> str:
        """The card once its present version contains these words, as boris sees it."""
        edited = await self.sees(
            self.people["boris"],
            card.queue_room,
            lambda event: relation_of(event).get("event_id") == card.event_id and words in body_of(event),
        )
        return body_of(edited)

    async def enter(self, talk: Talk, name: str, card: Card) -> None:
        """Let the operator who took the session come into its room."""
        operator = self.people[name]
        talk.session_room = await operator.wait_until(
            lambda: next((room for room in operator.rooms if _is_called(operator, room, card.number)), "")
        )
        talk.operator = operator

    async def wait_for_space(self, name: str, talk: Talk, *, is_in: bool) -> None:
        """Wait until somebody sees the session room in the space of the live chat, or no longer."""
        person = self.people[name]
        space = next(chat.space or "" for chat in self.world.live_chats if chat.slug == talk.slug)

        def holds() -> bool:
            entries = [
                event["content"]
                for event in person.events(space)
                if event["type"] == "m.space.child" and event["state_key"] == talk.session_room
            ]
            return bool(entries and entries[-1]) == is_in

        await person.wait_until(holds)


def _is_called(person: Person, room: str, number: int) -> bool:
    names = [
        event["content"].get("name", "") for event in person.events(room) if event["type"] == "m.room.name"
    ]
    return bool(names) and names[-1].startswith(f"#{number} ")
