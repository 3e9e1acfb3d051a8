"""A support desk on fakes, in the words of those who use it."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

from livechat_plugin.core.content import Content, Text, preview
from livechat_plugin.core.errors import StoreUnavailable
from livechat_plugin.core.live_chats import LiveChat
from livechat_plugin.core.sessions import Session
from livechat_plugin.plugins import AnyHook
from livechat_plugin.services.live_chats import LiveChatForm
from livechat_plugin.services.room_events import AnyRoomEvent, RejectedEvent
from livechat_plugin.services.session_panel import NO_PANEL, SessionPanel
from tests.fakes.homeserver import FakeHomeserver
from tests.fakes.people import FakePeople
from tests.fakes.rooms import FakeRoom, Shown
from tests.fakes.stored import Stored
from tests.unit.wiring import ADA, SERVER, Wiring

ANNA, BORIS, SAM = f"@anna:{SERVER}", f"@boris:{SERVER}", f"@sam:{SERVER}"
"""Two operators and the supervisor of the live chat."""
CARLA, DAN = f"@carla:{SERVER}", f"@dan:{SERVER}"
"""Two customers."""
MALLORY = "@mallory:elsewhere.org"
"""Somebody of another homeserver, for whom nothing is open."""
SUPPORT, BOT = f"@livechat_support:{SERVER}", f"@livechat:{SERVER}"

PATIENCE = 30.0
"""Seconds until a test that waits for something fails."""


class Desk(Wiring):
    """One live chat "support" with its people."""

    def __init__(
        self,
        *hooks: AnyHook,
        stored: Stored | None = None,
        homeserver: FakeHomeserver | None = None,
        panel: SessionPanel = NO_PANEL,
    ) -> None:
        super().__init__(*hooks, stored=stored, homeserver=homeserver, panel=panel)
        self.people = FakePeople(self.homeserver)
        for user in (ADA, ANNA, BORIS, SAM, CARLA, DAN):
            if user not in self.homeserver.profiles:
                self.homeserver.introduce(user)

    @asynccontextmanager
    async def working(self) -> AsyncIterator["Desk"]:
        """Deliver and announce, as the running process does."""
        loops = (self.dispatcher.run, self.announcements.run, self.use_cases.reopening.run)
        tasks = [asyncio.create_task(run()) for run in loops]
        try:
            yield self
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def set_up(self) -> None:
        """Make the live chat, and let its people into its rooms."""
        await self.add_live_chat(
            LiveChatForm("support", "Customer Support", (ANNA, BORIS), (SAM,), (f"@*:{SERVER}",))
        )
        for user in (ANNA, BORIS, SAM):
            await self.people.join(user, self.queue.room_id)
        await self.people.join(SAM, self.live_chat.supervisors_room or "")
        await self.settle()
        self.stored.audit.clear()  # tests look at what comes after

    async def add_live_chat(self, new: LiveChatForm) -> None:
        """Make a live chat as an administrator does."""
        administration = self.use_cases.administration
        checked = await administration.checking.look(new)
        async with self.store.begin() as work:
            await administration.create(work, ADA, checked)
            await work.commit()
        await self.settle()

    def change_live_chat(self, **changes: Any) -> None:
        """Let an administrator have changed the live chat."""
        self.stored.live_chats[1] = replace(self.live_chat, **changes)

    # --- what happens ---

    async def push(self, *events: AnyRoomEvent | RejectedEvent) -> None:
        """Bring events as the homeserver does in a transaction."""
        await self.inbox.receive(events)

    async def settle(self) -> None:
        """Let everything follow that follows from what happened."""
        async with asyncio.timeout(PATIENCE):
            while True:
                if self.homeserver.unpushed:
                    await self.push_pending()
                elif self._is_idle():
                    return
                await asyncio.sleep(0)

    async def push_pending(self) -> None:
        """Bring what the homeserver has not brought yet, all in one transaction."""
        events = list(self.homeserver.unpushed)
        self.homeserver.unpushed.clear()
        await self.push(*events)

    async def settle_patiently(self) -> None:
        """Settle as the homeserver helps to: it brings a batch again until that is acknowledged."""
        while True:
            batch = list(self.homeserver.unpushed)
            try:
                await self.settle()
            except StoreUnavailable:
                self.homeserver.unpushed[:0] = batch
            else:
                return

    async def until(self, holds: Callable[[], object]) -> None:
        """Wait until something holds."""
        async with asyncio.timeout(PATIENCE):
            while not holds():  # noqa: ASYNC110 - anything may be waited for
                await asyncio.sleep(0.001)

    def _is_idle(self) -> bool:
        now = self.clock.now()
        due = [d for d in self.stored.deliveries.values() if d.due_at is None or d.due_at <= now]
        return not due and not self.dispatcher.waiting

    async def open_chat(self, customer: str = CARLA) -> str:
        """A customer opens a direct chat; returns the room's id."""
        room_id = await self.people.open_room(customer, SUPPORT)
        await self.settle()
        return room_id

    async def write(self, customer: str = CARLA, said: str | Content = "Hello") -> str:
        """A customer writes in their direct chat, opened if there is none; returns the event's id."""
        if not self.rooms_of(customer):
            await self.open_chat(customer)
        event_id = await self.people.say(customer, self.rooms_of(customer)[-1], said)
        await self.settle()
        return event_id

    async def command(self, user: str, text: str, reply_to: str | None = None) -> str:
        """Somebody writes in the queue room."""
        event_id = await self.people.say(user, self.queue.room_id, text, reply_to)
        await self.settle()
        return event_id

    async def take(self, operator: str = ANNA, number: int = 1) -> None:
        """An operator takes a session and comes into its room."""
        await self.command(operator, f"!take {number}")
        await self.enter(operator)

    async def enter(self, user: str, customer: str = CARLA) -> None:
        """Somebody comes into a customer's session room."""
        await self.people.join(user, self.session_room(customer).room_id)
        await self.settle()

    async def answer(self, user: str, said: str | Content, reply_to: str | None = None) -> str:
        """Somebody writes in Carla's session room; returns the event's id."""
        event_id = await self.people.say(user, self.session_room().room_id, said, reply_to)
        await self.settle()
        return event_id

    # --- what one sees ---

    @property
    def stored(self) -> Stored:
        """What is committed."""
        return self.store.stored

    @property
    def live_chat(self) -> LiveChat:
        """The live chat as it stands."""
        return self.stored.live_chats[1]

    @property
    def queue(self) -> FakeRoom:
        """The queue room."""
        return self.homeserver.rooms[self.live_chat.queue_room or ""]

    def session(self, number: int = 1) -> Session:
        """A session as it stands."""
        return self.stored.sessions[number]

    def rooms_of(self, customer: str) -> list[str]:
        """The direct chats that a customer opened, oldest first."""
        return [room.room_id for room in self.homeserver.rooms.values() if room.creator == customer]

    def chat(self, customer: str = CARLA) -> FakeRoom:
        """The direct chat that a customer opened last."""
        return self.homeserver.rooms[self.rooms_of(customer)[-1]]

    def session_room(self, customer: str = CARLA) -> FakeRoom:
        """The room where operators serve a customer."""
        [account] = [a.id for a in self.stored.accounts.values() if a.external_id == customer]
        [conversation] = [c for c in self.stored.conversations.values() if c.account_id == account]
        room = self.stored.conversation(conversation.id).session_room
        assert room is not None
        assert room.room_id is not None
        return self.homeserver.rooms[room.room_id]

    def ghost(self, customer: str = CARLA) -> str:
        """The ghost that is a customer in their session room."""
        [ghost] = [user for user in self.session_room(customer).joined() if "_c" in user]
        return ghost

    def card(self, number: int = 1) -> Shown:
        """A session's card as it is shown now."""
        event_id = self.session(number).card
        [card] = [shown for shown in self.queue.shown() if shown.event_id == event_id]
        return card

    def lines(self, room: FakeRoom) -> list[str]:
        """What a room shows: who and what, line by line, the cards left out."""
        cards = {session.card for session in self.stored.sessions.values()}
        return [
            f"{shown.sender[1:].partition(':')[0]}: {preview(shown.content, 10_000)}"
            for shown in room.shown()
            if shown.event_id not in cards
        ]


def event_ids(shown: Sequence[Shown], body: str) -> list[str]:
    """The ids of the messages with these words."""
    return [s.event_id for s in shown if isinstance(s.content, Text) and s.content.body == body]
