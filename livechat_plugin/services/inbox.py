"""Where everything that happened on the homeserver comes in: once, in order, and durably before it is acknowledged.

A batch is one unit of work. If anything goes wrong in it, its events are taken one by one, so that a single bad
one is recorded and passed over while the others go through (invariants 1 and 2).
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import structlog

from livechat_plugin.core import wording
from livechat_plugin.core.errors import ConcurrentChange, StoreUnavailable
from livechat_plugin.core.naming import Naming
from livechat_plugin.services.batches import concerned, prepare, together
from livechat_plugin.services.bot_chats import BotChats
from livechat_plugin.services.customers import CustomerSide
from livechat_plugin.services.gate import Gate
from livechat_plugin.services.group_events import GroupEvents
from livechat_plugin.services.invitations import Invitations
from livechat_plugin.services.operators import OperatorSide
from livechat_plugin.services.ports import Clock, Meter, Store
from livechat_plugin.services.queue_room import QueueRoom
from livechat_plugin.services.repositories.rooms import RoomBinding, RoomKind
from livechat_plugin.services.room_events import (
    AnyRoomEvent,
    MembershipChanged,
    MessageSent,
    RejectedEvent,
)
from livechat_plugin.services.turns import Turns
from livechat_plugin.services.unit_of_work import UnitOfWork

log = structlog.get_logger()

RACES_LOST = 5
"""How often a unit of work is tried again when another writer was faster."""


class Inbox:
    """Takes in room events; the web side and the reconciliation both bring theirs here."""

    def __init__(  # noqa: PLR0913 - each kind of room has its handler
        self,
        store: Store,
        clock: Clock,
        meter: Meter,
        naming: Naming,
        *,
        customers: CustomerSide,
        operators: OperatorSide,
        queue: QueueRoom,
        invitations: Invitations,
        bot_chats: BotChats,
        gate: Gate,
        groups: GroupEvents,
    ) -> None:
        self._store = store
        self._clock = clock
        self._meter = meter
        self._naming = naming
        self._customers = customers
        self._operators = operators
        self._queue = queue
        self._invitations = invitations
        self._bot_chats = bot_chats
        self._gate = gate
        self._groups = groups
        self._turns = Turns()
        self._is_first = False
        """Whether what is taken in now comes before all others."""

    @property
    def is_busy(self) -> bool:
        """Whether this process is taking in a batch right now."""
        return self._turns.is_taken

    async def is_quiet(self) -> bool:
        """Whether no batch is being taken in right now, by any replica."""
        return not self.is_busy and await self._store.is_inbox_quiet()

    def begin(self) -> None:
        """Let batches in."""
        self._turns.begin()

    def hold_on(self) -> None:
        """Let batches wait: the leader has yet to fetch older events, which the homeserver did not push."""
        self._turns.hold_on()

    def end(self) -> None:
        """Turn away batches that wait: the process ends, and would wait for them."""
        self._turns.end()

    async def receive(self, events: Sequence[AnyRoomEvent | RejectedEvent]) -> None:
        """Take in a batch; when this returns, everything that follows from it is committed.

        Raises:
            StoreUnavailable: nothing was kept; the homeserver must bring the batch again.
            Stopping: as well, since the process ends before its turn.
        """
        if events:
            async with self._turns.mine():
                await self._receive(events)

    @asynccontextmanager
    async def before_all_others(self) -> AsyncIterator["Turn"]:
        """Keep new batches waiting, of all replicas, while older events are brought in.

        Raises:
            StoreUnavailable: the others cannot be kept waiting.
            ConcurrentChange: somebody takes very long; try again.
        """
        async with self._turns.before_all_others(), self._store.before_all_inboxes():
            self._is_first = True
            try:
                yield Turn(self)
            finally:
                self._is_first = False

    async def _receive(self, events: Sequence[AnyRoomEvent | RejectedEvent]) -> None:
        try:
            await self._take_in(events)
        except StoreUnavailable:
            raise
        except Exception as error:  # noqa: BLE001 - dealt with event by event
            log.warning("a batch is taken in event by event", reason=type(error).__name__)
            for event in events:
                await self._receive_one(event)

    async def _receive_one(self, event: AnyRoomEvent | RejectedEvent) -> None:
        """One event on its own: a fault of ours costs no other event, a lost race not even this one."""
        for attempt in range(RACES_LOST):
            try:
                await self._take_in([event])
            except StoreUnavailable:
                raise
            except ConcurrentChange:
                await asyncio.sleep(0.01 * attempt)
            except Exception as error:  # noqa: BLE001 - recorded under the event's id
                await self._pass_over(event, error)
                return
            else:
                return
        raise StoreUnavailable("other writers were faster each time; the batch must come again")

    async def _pass_over(self, event: AnyRoomEvent | RejectedEvent, error: Exception) -> None:
        """An event that we fail on: recorded so that the fault can be mended, and told to who wrote it."""
        log.error(
            "a room event could not be handled and is passed over", event_id=event.event_id, exc_info=error
        )
        rejected = RejectedEvent(event.event_id, type(error).__name__)
        try:
            await self._take_in([rejected], about=event)
        except (StoreUnavailable, ConcurrentChange):
            raise
        except Exception:
            log.exception("nor could who wrote it be told", event_id=event.event_id)
            await self._take_in([rejected])

    async def _take_in(
        self,
        events: Sequence[AnyRoomEvent | RejectedEvent],
        about: AnyRoomEvent | RejectedEvent | None = None,
    ) -> None:
        """Most often one unit of work; `about` is an event passed over, whose writer is told."""
        rest = list(events)
        while rest:
            rest = rest[await self._take_in_some(rest, about) :]

    async def _take_in_some(
        self,
        events: Sequence[AnyRoomEvent | RejectedEvent],
        about: AnyRoomEvent | RejectedEvent | None,
    ) -> int:
        """As many of the first events as one unit of work can hold; returns how many.

        What it locks is known before it begins, and locked in one order: whoever locks one thing after another may
        meet another writer head on. Of some events it is not known, so each of them has a unit of its own.
        """
        now = self._clock.now()
        async with self._store.begin() as work:
            rooms = {event.room_id for event in events if not isinstance(event, RejectedEvent)}
            bindings = dict(await work.rooms.bindings(rooms))
            events = together(events, bindings, self._naming)
            ids = {event.event_id for event in events if event.event_id is not None}
            new = await work.inbox.mark_seen(ids, now, in_turn=not self._is_first)
            if not new and all(event.event_id is not None for event in events):
                self._meter.count("events", "repeated")
                return len(events)
            conversations, sessions = concerned(events, bindings)
            await work.conversations.hold(conversations, sessions)
            await work.conversations.load(conversations)
            await prepare(work, [event for event in events if event.event_id in new], bindings)
            handled: set[str] = set()
            for event in events:
                if event.event_id is not None and (event.event_id not in new or event.event_id in handled):
                    continue
                if isinstance(event, RejectedEvent):
                    log.warning(
                        "a malformed event is passed over", event_id=event.event_id, reason=event.reason
                    )
                    await work.inbox.reject(event.event_id, event.reason, now)
                    self._meter.count("events", "rejected")
                    continue
                handled.add(event.event_id)
                work.outbox.because_of(event.event_id)
                is_handled = await self._handle(work, event, bindings)
                self._meter.count("events", "handled" if is_handled else "postponed")
            if isinstance(about, MessageSent):
                await self._tell_writer(work, about)
            await work.commit()
        return len(events)

    async def _record(
        self, work: UnitOfWork, event: AnyRoomEvent, error: Exception, *, is_told: bool
    ) -> None:
        log.error(
            "a room event could not be handled and is passed over", event_id=event.event_id, exc_info=error
        )
        await work.inbox.reject(event.event_id, type(error).__name__, self._clock.now())
        self._meter.count("events", "rejected")
        if is_told and isinstance(event, MessageSent):
            await self._tell_writer(work, event)

    async def _tell_writer(self, work: UnitOfWork, message: MessageSent) -> None:
        """What is passed over is told to the person who wrote it, in their room (invariant 5)."""
        binding = (await work.rooms.bindings({message.room_id})).get(message.room_id)
        if binding is None or binding.conversation_id is None:
            return
        view = await work.conversations.view(binding.conversation_id)
        relay = self._customers.relay
        if binding.kind is RoomKind.CUSTOMER:
            await relay.tell_customer(work, view, wording.customer_not_delivered(view.live_chat))
        elif binding.kind is RoomKind.SESSION:
            words = wording.not_delivered(wording.INTERNAL_ERROR)
            await relay.tell_operators(work, view, words, None, message.event_id)

    async def _hold(self, work: UnitOfWork, event: AnyRoomEvent, conversation_id: int) -> None:
        """Keep an event of a room that we are coming into, unless we came in just now.

        Reading the conversation locks it, so what is held here is not overlooked by who lets it go.
        """
        await work.conversations.view(conversation_id)
        binding = (await work.rooms.bindings({event.room_id})).get(event.room_id)
        if binding is not None and binding.kind is RoomKind.JOINING:
            await work.inbox.hold(conversation_id, event)
        elif binding is not None and not await self._gate.keeps_back(work, event, binding):
            await self._dispatch(work, event, binding)

    async def _handle(self, work: UnitOfWork, event: AnyRoomEvent, bindings: dict[str, RoomBinding]) -> bool:
        """Handle an event, or keep it for later; whether it was the former."""
        binding = bindings.get(event.room_id)
        if isinstance(event, MembershipChanged) and self._naming.is_ours(event.user_id):
            await self._invitations.handle(work, event, binding)
            bindings.pop(event.room_id, None)
            bindings.update(await work.rooms.bindings({event.room_id}))
            return True
        if binding is not None and await self._gate.keeps_back(work, event, binding):
            return False
        if binding is not None:
            await self._dispatch(work, event, binding)
        return True

    async def _handle_late(self, work: UnitOfWork, event: AnyRoomEvent, conversation_id: int | None) -> None:
        """Handle what was kept; a customer may have another room by now, and wrote in the same conversation."""
        work.outbox.because_of(event.event_id)
        if conversation_id is not None:
            await self._customers.handle_late(work, event, conversation_id)
        elif (binding := (await work.rooms.bindings({event.room_id})).get(event.room_id)) is not None:
            await self._dispatch(work, event, binding)

    async def _dispatch(self, work: UnitOfWork, event: AnyRoomEvent, binding: RoomBinding) -> None:
        """An event by the kind of its room."""
        match binding.kind:
            case RoomKind.JOINING if binding.conversation_id is not None:
                await self._hold(work, event, binding.conversation_id)
            case RoomKind.CUSTOMER if binding.conversation_id is not None:
                await self._customers.handle(work, event, binding.conversation_id)
            case RoomKind.SESSION:
                await self._operators.handle(work, event, binding)
            case RoomKind.QUEUE | RoomKind.SUPERVISORS:
                await self._queue.handle(work, event, binding)
            case RoomKind.GROUP:
                await self._groups.handle(work, event)
            case RoomKind.BOT:
                await self._bot_chats.handle(work, event, binding)
            case _:
                return


class Turn:
    """Leave to bring in events before those that wait."""

    def __init__(self, inbox: Inbox) -> None:
        self._inbox = inbox

    async def receive(self, events: Sequence[AnyRoomEvent | RejectedEvent]) -> None:
        """As `Inbox.receive`."""
        if events:
            await self._inbox._receive(events)  # noqa: SLF001 - the turn is the inbox's own, handed out

    async def handle(self, work: UnitOfWork, event: AnyRoomEvent, conversation_id: int | None) -> None:
        """Handle an event that was kept while the plugin was switched off; whose it is, in a customer's room."""
        await self._inbox._handle_late(work, event, conversation_id)  # noqa: SLF001

    async def pass_over(
        self, work: UnitOfWork, event: AnyRoomEvent, error: Exception, *, is_told: bool
    ) -> None:
        """Record an event that we fail on, and tell who wrote it."""
        await self._inbox._record(work, event, error, is_told=is_told)  # noqa: SLF001
