"""Making the deliveries: each lane in order, the lanes side by side.

    committed ──▶ lane ──▶ attempt ──▶ ledger: struck off with its effects
                   ▲          │
                   │          ├─ passing trouble ──▶ wait, attempt again (the lane waits too: order holds)
    found by a     │          └─ refused ──▶ given up: the person concerned is told
    look into ─────┘
    the store

Deliveries arrive right after their commit. A look into the store each second finds the others: those left by a
crash, made by another process, due only now, or passed by because too many were in memory. One that arrives goes
into its lane only behind the one that was written before it; if that is not in memory, both are left to a look.

With several replicas, each works on the lanes of its own slots.
"""

import asyncio
from collections import Counter, deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import partial

import structlog

from livechat_plugin.core.acts import target_of
from livechat_plugin.core.errors import ConcurrentChange, StoreUnavailable
from livechat_plugin.services.attempts import Attempts, Handler, LaneLeft
from livechat_plugin.services.background import end
from livechat_plugin.services.deliveries import (
    ActForCustomer,
    ActInSessionRoom,
    Delivery,
    Payload,
    PrepareSessionRoom,
    SayInRoom,
    ShowCard,
    session_lane,
)
from livechat_plugin.services.delivering.giving_up import GivingUp
from livechat_plugin.services.ledger import Ledger
from livechat_plugin.services.ports import Clock, Meter, Store
from livechat_plugin.services.replicas import LaneShare

log = structlog.get_logger()

LOOK_EVERY = 1.0
"""Seconds between two looks into the store for deliveries that nobody told of."""

IN_MEMORY = 10_000
"""More deliveries than this are left in the store until there is room again."""

REMEMBERED = 500
"""Of so many that were struck off here it is known: what was written behind them needs no look, and a look that began
before may still tell of them."""

BREATH = 0.01
"""Seconds between the beginnings of two looks that others ask for."""

PAGE = 500
"""Deliveries read at once in such a look."""


GIVES_WAY = 0.5
"""Seconds that a delivery which nobody waits for lets another lane go first, at most."""

HEAD_START = 0.2
"""Seconds from an invitation until the card tells the others of it: clients that join by themselves are in by then."""


class _Lane:
    """The deliveries of one lane that are in memory, and the last one that is not struck off yet."""

    def __init__(self, slot: int) -> None:
        self.slot = slot
        self.waiting: deque[Delivery] = deque()
        self.unsettled: asyncio.Future[bool] | None = None
        self.task: asyncio.Task[None] | None = None


class Dispatcher:
    """Makes deliveries until it is stopped.

    Args:
        store: where deliveries are kept.
        ledger: strikes them off.
        handlers: how each kind is made.
        giving_up: what follows when one cannot be made.
        clock: tells when a delivery is due.
        meter: counts.
        share: which lanes are ours.
        at_once: how many acts are under way at the same time.

    Attributes:
        tell_others: called after a commit with the slots of others in which something is owed now.
    """

    def __init__(
        self,
        store: Store,
        ledger: Ledger,
        handlers: Mapping[type[Payload], Handler],
        giving_up: GivingUp,
        clock: Clock,
        meter: Meter,
        share: LaneShare,
        *,
        at_once: int = 24,
    ) -> None:
        self._store = store
        self._ledger = ledger
        self._clock = clock
        self._share = share
        self._attempts = Attempts(ledger, handlers, giving_up, meter, share, at_once)
        self._lanes: dict[str, _Lane] = {}
        self._busy: Counter[int] = Counter()
        self._known: set[int] = set()
        self._struck_off: dict[int, None] = {}  # a set that knows which came first
        self._is_looking = False
        self._tasks: set[asyncio.Task[None]] = set()
        self._is_running = False
        self._to_look = asyncio.Event()
        self.tell_others: Callable[[frozenset[int]], None] = lambda _: None

    @property
    def waiting(self) -> int:
        """How many deliveries are in memory."""
        return len(self._known)

    def is_busy(self, slot: int) -> bool:
        """Whether something of this slot is still under way."""
        return self._busy[slot] > 0

    def look_soon(self) -> None:
        """Look for deliveries of our lanes that others have written."""
        self._to_look.set()

    def doubt(self) -> None:
        """A commit was not acknowledged: it may have brought deliveries all the same, or bring them in a moment."""
        self.look_soon()

    def wake(self, deliveries: Sequence[Delivery]) -> None:
        """Start on deliveries that were just committed, and tell others of theirs."""
        theirs: set[int] = set()
        for delivery in deliveries:
            if delivery.due_at is not None:
                continue
            if not self._share.has(delivery.slot):
                theirs.add(delivery.slot)
            elif self._is_running:
                self._take_in(delivery)
        if theirs:
            self.tell_others(frozenset(theirs))

    async def run(self) -> None:
        """Deliver until cancelled; what is under way is then given up and found again at the next start."""
        self._is_running = True
        keeping = asyncio.create_task(self._ledger.run())
        try:
            while True:
                self._to_look.clear()
                began = asyncio.get_running_loop().time()
                try:
                    await self._look()
                except (StoreUnavailable, ConcurrentChange) as error:
                    log.warning("the database is away; waiting for it", reason=str(error))
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._to_look.wait(), LOOK_EVERY)
                    await asyncio.sleep(began + BREATH - asyncio.get_running_loop().time())
        finally:
            self._is_running = False
            await end([keeping, *self._tasks])

    def _take_in(self, delivery: Delivery) -> None:
        """Start on it, unless there is something before it that only a look can find."""
        if len(self._known) >= IN_MEMORY:
            return
        before = delivery.predecessor
        if before is None or before in self._known or before in self._struck_off:
            self._enter(delivery)
        else:
            self.look_soon()

    async def _look(self) -> None:
        """Find the deliveries that nobody told of."""
        now, is_full, after, slots = self._clock.now(), False, 0, self._share.slots
        if slots is not None and not slots:
            return
        self._is_looking = True
        try:
            async with self._store.read() as work:
                while not is_full:
                    page = await work.outbox.pending(after, PAGE, self._known, due_by=now, slots=slots)
                    is_full = self._take_on(page)
                    if len(page) < PAGE:
                        break
                    after = page[-1].id
        finally:
            self._is_looking = False

    def _take_on(self, deliveries: Sequence[Delivery]) -> bool:
        """Start on them; whether there was no room for one."""
        for delivery in deliveries:
            if len(self._known) >= IN_MEMORY:
                return True
            if self._share.has(delivery.slot):
                self._enter(delivery)
        return False

    def _enter(self, delivery: Delivery) -> None:
        if delivery.id in self._known or delivery.id in self._struck_off:
            return
        self._known.add(delivery.id)
        lane = self._lanes.get(delivery.lane)
        if lane is not None:
            lane.waiting.append(delivery)
            return
        lane = self._lanes[delivery.lane] = _Lane(delivery.slot)
        self._busy[lane.slot] += 1
        lane.waiting.append(delivery)
        lane.task = task = asyncio.create_task(self._work_off(delivery.lane, lane))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _work_off(self, name: str, lane: _Lane) -> None:
        """One lane until it is empty."""
        try:
            while lane.waiting or lane.unsettled is not None:
                if not self._share.has(lane.slot):
                    self._leave(lane)
                if not lane.waiting:
                    await self._settled(lane)
                    continue
                delivery = lane.waiting.popleft()
                if _builds_on_predecessors(delivery.payload):
                    await self._settled(lane)
                await self._give_way(delivery.payload)
                try:
                    lane.unsettled = await self._attempts.make(delivery)
                except LaneLeft:
                    self._known.discard(delivery.id)
                    self._leave(lane)
                    continue
                lane.unsettled.add_done_callback(partial(self._forget, delivery.id))
        finally:
            del self._lanes[name]
            self._busy[lane.slot] -= 1

    def _leave(self, lane: _Lane) -> None:
        """Another replica will have this lane; what is not begun is not known here any more."""
        self._known.difference_update(delivery.id for delivery in lane.waiting)
        lane.waiting.clear()

    async def _give_way(self, payload: Payload) -> None:
        """Let go first what somebody waits for: a homeserver makes at once what it is asked at once, each slowly.

        A courtesy among what is in memory here, for a moment; order and retries know nothing of it.
        """
        first = self._lanes.get(_first_lane(payload) or "")
        if first is not None and first.task is not None:
            await asyncio.wait([first.task], timeout=GIVES_WAY)
            if isinstance(payload, ShowCard):
                await asyncio.sleep(HEAD_START)

    async def _settled(self, lane: _Lane) -> None:
        """Wait until what was delivered in this lane is struck off and its effects are kept."""
        settling = lane.unsettled
        if settling is not None:
            await asyncio.wait([settling])
            if lane.unsettled is settling:
                lane.unsettled = None

    def _forget(self, delivery_id: int, settled: asyncio.Future[bool]) -> None:
        self._known.discard(delivery_id)
        if settled.cancelled() or not settled.result():
            return  # a look finds it again
        self._struck_off[delivery_id] = None
        while len(self._struck_off) > REMEMBERED and not self._is_looking:
            del self._struck_off[next(iter(self._struck_off))]


def _builds_on_predecessors(payload: Payload) -> bool:
    """Whether the effects of the deliveries before it must be kept first."""
    match payload:
        case ActInSessionRoom(room_id=None):
            return True
        case ActInSessionRoom(act=act) | ActForCustomer(act=act):
            target = target_of(act)
            return target is not None and target.event_id is None
        case SayInRoom():
            return False
        case _:
            return True


def _first_lane(payload: Payload) -> str | None:
    """The lane that goes first: a new session's card before its room is dressed, the invitation before the new card."""
    match payload:
        case PrepareSessionRoom(session_number=number):
            return session_lane(number)
        case ShowCard(gives_way_to=lane):
            return lane
        case _:
            return None
