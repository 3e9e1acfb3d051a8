"""The service as processes run it, on a real database, with a homeserver in memory and people who use it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager

from livechat_plugin.bootstrap.ports import Ports
from livechat_plugin.bootstrap.use_cases import UseCases
from livechat_plugin.channels.matrix import MatrixChannel
from livechat_plugin.core.content import Text
from livechat_plugin.core.conversations import MATRIX
from livechat_plugin.core.errors import ConcurrentChange, Refused, StoreUnavailable
from livechat_plugin.core.live_chats import LiveChat
from livechat_plugin.core.naming import Naming
from livechat_plugin.core.sessions import Session
from livechat_plugin.hookcalls import Hooks
from livechat_plugin.plugins import AnyHook
from livechat_plugin.services.announcements import Announcements
from livechat_plugin.services.deliveries import Delivery
from livechat_plugin.services.live_chats import LiveChatForm
from livechat_plugin.services.repositories.conversations import ConversationView
from livechat_plugin.services.room_events import AnyRoomEvent
from livechat_plugin.services.unit_of_work import UnitOfWork
from livechat_plugin.store.database import Database
from tests.fakes.clock import FakeClock
from tests.fakes.homeserver import FakeHomeserver
from tests.fakes.meter import FakeMeter
from tests.fakes.people import FakePeople
from tests.fakes.rooms import FakeRoom
from tests.unit.wiring import ADA, ADDRESS, SERVER, hook_manager

ANNA, BORIS, EVE, SAM = (f"@{name}:{SERVER}" for name in ("anna", "boris", "eve", "sam"))
CARLA, DAN = f"@carla:{SERVER}", f"@dan:{SERVER}"
SPARE_ROOMS = 2
PATIENCE = 60.0
"""Seconds until a test that waits for something fails."""

Deed = Callable[[UnitOfWork, ConversationView, Session], Awaitable[object]]


class Process:
    """One process of the plugin. It delivers only while it is at work, so others may take in beside it."""

    def __init__(
        self, database_url: str, homeserver: FakeHomeserver, clock: FakeClock, *hooks: AnyHook
    ) -> None:
        self.meter = FakeMeter()
        self._hooks = asked = Hooks(hook_manager(*hooks), time_limit=30, on_failure=lambda _: None)
        self.announcements = Announcements(asked)
        self.store = Database(database_url, self._wake, self.announcements.publish)
        self.use_cases = UseCases(
            Ports(
                store=self.store,
                homeserver=homeserver,
                channels={MATRIX: MatrixChannel(homeserver)},
                clock=clock,
                meter=self.meter,
                hooks=asked,
                naming=homeserver.naming,
                administrators=(ADA,),
                spare_rooms=SPARE_ROOMS,
                public_address=ADDRESS,
                secret=b"known to nobody else",
            )
        )
        self.dispatcher = self.use_cases.new_dispatcher()
        self._clock = clock
        self._work: asyncio.Task[None] | None = None

    def use(self, *hooks: AnyHook) -> None:
        """Switch these hooks on, and no others."""
        self._hooks.replace(hook_manager(*hooks))

    @property
    def is_at_work(self) -> bool:
        """Whether it delivers."""
        return self._work is not None

    def start(self) -> None:
        """Deliver, as a new process does: with nothing in memory."""
        assert self._work is None
        self.dispatcher = self.use_cases.new_dispatcher()
        self._work = asyncio.create_task(self.dispatcher.run())

    async def kill(self) -> None:
        """Stop delivering wherever it is, and forget everything that is in memory."""
        work, self._work = self._work, None
        if work is not None:
            work.cancel()
            await asyncio.gather(work, return_exceptions=True)

    async def close(self) -> None:
        """End for good."""
        await self.kill()
        await self.store.close()

    async def is_idle(self) -> bool:
        """Whether nothing is owed that could be delivered now."""
        if self.dispatcher.waiting:
            return False
        async with self.store.read() as work:
            return not await work.outbox.pending(0, 1, due_by=self._clock.now())

    async def do(self, number: int, deed: Deed) -> str | None:
        """Do something to a session as the console does, anew when somebody was faster; returns why it was refused."""
        while True:
            try:
                async with self.store.begin() as work:
                    found = await work.sessions.get(number)
                    assert found is not None
                    view = await work.conversations.view(found.conversation_id)
                    session = await work.sessions.get(number)
                    assert session is not None
                    await deed(work, view, session)
                    await work.commit()
            except ConcurrentChange:
                await asyncio.sleep(0.005)
            except Refused as refusal:
                return str(refusal)
            else:
                return None

    async def session(self, number: int) -> Session:
        """A session as it stands."""
        async with self.store.read() as work:
            session = await work.sessions.get(number)
        assert session is not None
        return session

    def _wake(self, deliveries: Sequence[Delivery]) -> None:
        if self._work is not None:
            self.dispatcher.wake(deliveries)


class Service:
    """Some processes on one database, and everybody who has to do with them. The first one delivers."""

    def __init__(self, database_url: str, processes: int = 1) -> None:
        self.naming = Naming("livechat", SERVER)
        self.clock = FakeClock()
        self.homeserver = FakeHomeserver(self.naming)
        self.people = FakePeople(self.homeserver)
        self.processes = [Process(database_url, self.homeserver, self.clock) for _ in range(processes)]
        for user in (ADA, ANNA, BORIS, EVE, SAM, CARLA, DAN):
            self.homeserver.introduce(user)

    @property
    def first(self) -> Process:
        """The process that delivers."""
        return self.processes[0]

    @asynccontextmanager
    async def working(self) -> AsyncIterator["Service"]:
        """With the first process at work; all are closed at the end."""
        self.first.start()
        try:
            yield self
        finally:
            for process in self.processes:
                await process.close()

    # --- what happens ---

    async def add_live_chat(
        self,
        slug: str = "support",
        operators: Sequence[str] = (ANNA, BORIS),
        supervisors: Sequence[str] = (SAM,),
    ) -> LiveChat:
        """Make a live chat with its people in its rooms."""
        administration = self.first.use_cases.administration
        form = LiveChatForm(slug, slug.capitalize(), tuple(operators), tuple(supervisors), (f"@*:{SERVER}",))
        checked = await administration.checking.look(form)
        async with self.first.store.begin() as work:
            made = await administration.create(work, ADA, checked)
            await work.commit()
        await self.settle()
        await self.accept_invitations()
        return await self.live_chat(made.id)

    async def live_chat(self, number: int = 1) -> LiveChat:
        """A live chat as it stands."""
        async with self.first.store.read() as work:
            found = await work.live_chats.get(number)
        assert found is not None
        return found

    async def accept_invitations(self) -> None:
        """Everybody who is not ours comes into the rooms that they are invited to."""
        while True:
            invited = [
                (user, room.room_id)
                for room in self.homeserver.rooms.values()
                for user, membership in room.memberships.items()
                if membership == "invite" and not self.naming.is_ours(user)
            ]
            if not invited:
                return
            for user, room_id in invited:
                await self.people.join(user, room_id)
            await self.settle()

    async def push(self, *events: AnyRoomEvent, process: Process | None = None) -> None:
        """Bring events as the homeserver does, which brings a transaction again until it is acknowledged."""
        into = (process or self.first).use_cases.inbox
        while True:
            try:
                await into.receive(events)
            except StoreUnavailable:
                await asyncio.sleep(0.01)
            else:
                return

    async def push_pending(self, process: Process | None = None) -> list[AnyRoomEvent]:
        """Bring what the homeserver has not brought yet, all in one transaction."""
        events = list(self.homeserver.unpushed)
        self.homeserver.unpushed.clear()
        if events:
            await self.push(*events, process=process)
        return events

    async def settle(self) -> None:
        """Let everything follow that follows from what happened; while nobody is at work, only what is taken in."""
        async with asyncio.timeout(PATIENCE):
            while True:
                if self.homeserver.unpushed:
                    await self.push_pending()
                elif not self.first.is_at_work or await self.first.is_idle():
                    return
                await asyncio.sleep(0.001)

    async def restart(self) -> None:
        """Kill the first process wherever it is, and start it anew."""
        await self.first.kill()
        self.first.start()

    async def write(self, customer: str, said: str, ghost: str | None = None) -> str:
        """A customer writes to a live chat, in a direct chat opened for it if there is none; returns the event's id."""
        to = ghost or self.naming.live_chat("support")
        rooms = self.chats_of(customer, to)
        room_id = rooms[-1] if rooms else await self.people.open_room(customer, to)
        await self.settle()
        event_id = await self.people.say(customer, room_id, said)
        await self.settle()
        return event_id

    async def advance(self, seconds: float) -> None:
        """Let time pass, and what is due then happen."""
        self.clock.advance(seconds)
        await self.settle()

    # --- what one sees ---

    def chats_of(self, customer: str, ghost: str) -> list[str]:
        """The direct chats that a customer opened with a live chat, oldest first."""
        return [
            room.room_id
            for room in self.homeserver.rooms.values()
            if room.creator == customer and ghost in room.memberships
        ]

    def room(self, room_id: str | None) -> FakeRoom:
        """A room that there must be."""
        return self.homeserver.rooms[room_id or ""]

    async def view(self, conversation_id: int = 1) -> ConversationView:
        """A conversation as it stands."""
        async with self.first.store.read() as work:
            return await work.conversations.view(conversation_id)

    async def session_room(self, conversation_id: int = 1) -> FakeRoom:
        """The room where a conversation is served."""
        room = (await self.view(conversation_id)).conversation.session_room
        assert room is not None
        return self.room(room.room_id)

    def said_by_ghosts(self, room: FakeRoom) -> list[str]:
        """What our users said in a room, notices left out: bodies in order."""
        return [
            shown.content.body
            for shown in room.shown()
            if self.naming.is_ours(shown.sender)
            and isinstance(shown.content, Text)
            and shown.content.style == "text"
        ]
