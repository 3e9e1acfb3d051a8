"""Making the deliveries: each lane in order, the lanes side by side.

    committed ──▶ lane ──▶ attempt ──▶ ledger: struck off with its effects
                   ▲          │
                   │          ├─ passing trouble ──▶ wait, attempt again (the lane waits too: order holds)
    found by a     │          └─ refused ──▶ given up: the person concerned is told
    look into ─────┘
    the store

Deliveries arrive right after their commit. A look into the store each second finds the others: those left by a
crash, made by another process, due only now, or passed by because too many were in memory.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from typing import Any

import structlog
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception, wait_random_exponential

from livechat_plugin.core import wording
from livechat_plugin.core.acts import target_of
from livechat_plugin.core.errors import (
    ConcurrentChange,
    HomeserverRefused,
    HomeserverUnavailable,
    StoreUnavailable,
)
from livechat_plugin.services.background import end
from livechat_plugin.services.deliveries import (
    ActForCustomer,
    ActInSessionRoom,
    Delivery,
    ItemPayload,
    Payload,
    PrepareSessionRoom,
    SayInRoom,
    ShowCard,
    session_lane,
)
from livechat_plugin.services.delivering.giving_up import GivingUp
from livechat_plugin.services.delivering.outcome import Done, Effects
from livechat_plugin.services.ledger import Ledger
from livechat_plugin.services.ports import Clock, Meter, Store
from livechat_plugin.services.unit_of_work import UnitOfWork

log = structlog.get_logger()

Handler = Callable[[Delivery, Any], Awaitable[Done]]

LOOK_EVERY = 1.0
"""Seconds between two looks into the store for deliveries that nobody told of."""

IN_MEMORY = 10_000
"""More deliveries than this are left in the store until there is room again."""

PAGE = 500
"""Deliveries read at once in such a look."""

QUESTIONS_AT_ONCE = 8
"""How many questions to hooks that store items are under way at the same time; each may take its time."""

LOOKS_IN_DOUBT = 2
"""How many looks follow a commit that the database did not acknowledge, before newer deliveries are told from memory."""

OTHERS_AT_ONCE = 8
"""How many deliveries other than acts are under way at the same time: joining, making and tidying rooms."""

GIVE_UP_AFTER = 3600.0
"""Seconds of attempts on a homeserver that answers with errors of its own; one that is away is waited for."""

GIVES_WAY = 0.5
"""Seconds that a delivery which nobody waits for lets another lane go first, at most."""

HEAD_START = 0.2
"""Seconds from an invitation until the card tells the others of it: clients that join by themselves are in by then."""

_backoff = wait_random_exponential(multiplier=0.1, max=10)


class _Lane:
    """The deliveries of one lane that are in memory, and the last one that is not struck off yet."""

    def __init__(self) -> None:
        self.waiting: deque[Delivery] = deque()
        self.unsettled: asyncio.Future[None] | None = None
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
        at_once: how many acts are under way at the same time.
    """

    def __init__(
        self,
        store: Store,
        ledger: Ledger,
        handlers: Mapping[type[Payload], Handler],
        giving_up: GivingUp,
        clock: Clock,
        meter: Meter,
        *,
        at_once: int = 24,
    ) -> None:
        self._store = store
        self._ledger = ledger
        self._handlers = handlers
        self._giving_up = giving_up
        self._clock = clock
        self._meter = meter
        self._room_for_acts = asyncio.Semaphore(at_once)
        self._room_for_questions = asyncio.Semaphore(QUESTIONS_AT_ONCE)
        self._room_for_others = asyncio.Semaphore(OTHERS_AT_ONCE)
        self._lanes: dict[str, _Lane] = {}
        self._known: set[int] = set()
        self._passed_by = 0
        self._is_behind = True
        """Whether the store may hold deliveries that nobody has found yet; newer ones must not overtake them."""
        self._in_doubt = 0
        self._tasks: set[asyncio.Task[None]] = set()
        self._is_running = False

    @property
    def waiting(self) -> int:
        """How many deliveries are in memory."""
        return len(self._known)

    def wake(self, deliveries: Sequence[Delivery]) -> None:
        """Start on deliveries that were just committed."""
        if not self._is_running:
            return
        for delivery in deliveries:
            if delivery.due_at is not None:
                continue
            if self._is_behind or len(self._known) >= IN_MEMORY:
                self._is_behind = True
                self._passed_by += 1
                continue
            self._enter(delivery)

    def doubt(self) -> None:
        """A commit was not acknowledged: it may have brought deliveries all the same, or bring them in a moment.

        Newer ones of their lanes must not overtake them, so for a while all are found by looks.
        """
        self._in_doubt = LOOKS_IN_DOUBT
        self._is_behind = True
        self._passed_by += 1

    async def run(self) -> None:
        """Deliver until cancelled; what is under way is then given up and found again at the next start."""
        self._is_running = True
        keeping = asyncio.create_task(self._ledger.run())
        try:
            while True:
                try:
                    await self._look()
                except (StoreUnavailable, ConcurrentChange) as error:
                    log.warning("the database is away; waiting for it", reason=str(error))
                await asyncio.sleep(LOOK_EVERY)
        finally:
            self._is_running = False
            await end([keeping, *self._tasks])

    async def _look(self) -> None:
        """Find the deliveries that nobody told of."""
        passed_by, now, is_full, after = self._passed_by, self._clock.now(), False, 0
        async with self._store.read() as work:
            while not is_full:
                page = await work.outbox.pending(after, PAGE, self._known, due_by=now)
                is_full = self._take_on(page)
                if len(page) < PAGE:
                    break
                after = page[-1].id
        self._in_doubt = max(0, self._in_doubt - 1)
        self._is_behind = is_full or passed_by != self._passed_by or self._in_doubt > 0

    def _take_on(self, deliveries: Sequence[Delivery]) -> bool:
        """Start on them; whether there was no room for one."""
        for delivery in deliveries:
            if len(self._known) >= IN_MEMORY:
                return True
            self._enter(delivery)
        return False

    def _enter(self, delivery: Delivery) -> None:
        if delivery.id in self._known:
            return
        self._known.add(delivery.id)
        lane = self._lanes.get(delivery.lane)
        if lane is not None:
            lane.waiting.append(delivery)
            return
        lane = self._lanes[delivery.lane] = _Lane()
        lane.waiting.append(delivery)
        lane.task = task = asyncio.create_task(self._work_off(delivery.lane, lane))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _work_off(self, name: str, lane: _Lane) -> None:
        """One lane until it is empty."""
        try:
            while lane.waiting or lane.unsettled is not None:
                if not lane.waiting:
                    await self._settled(lane)
                    continue
                delivery = lane.waiting.popleft()
                if _builds_on_predecessors(delivery.payload):
                    await self._settled(lane)
                await self._give_way(delivery.payload)
                lane.unsettled = await self._deliver(delivery)
                lane.unsettled.add_done_callback(partial(self._forget, delivery.id))
        finally:
            del self._lanes[name]

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

    def _forget(self, delivery_id: int, _: asyncio.Future[None]) -> None:
        self._known.discard(delivery_id)

    async def _deliver(self, delivery: Delivery) -> asyncio.Future[None]:
        kind = delivery.payload.kind
        try:
            async with self._room(delivery):
                first = await self._attempt(delivery)
            done = first if first is not None else await self._persist(delivery)
        except Exception as error:  # whatever it was, the lane goes on and the person concerned is told
            self._meter.count("deliveries_failed", kind)
            is_refusal = isinstance(error, HomeserverRefused | HomeserverUnavailable)
            log.error(
                "a delivery was given up",
                kind=kind,
                delivery=delivery.id,
                reason=str(error),
                exc_info=None if is_refusal else error,
            )
            reason = str(error) if is_refusal else wording.INTERNAL_ERROR
            return self._ledger.settle(delivery, self._news(delivery, reason), reason)
        self._meter.count("deliveries", kind)
        otherwise = done.otherwise or self._news(delivery, wording.INTERNAL_ERROR)
        return self._ledger.settle(delivery, done.effects, otherwise=otherwise)

    async def _attempt(self, delivery: Delivery) -> Done | None:
        """The first attempt; None if it met passing trouble and must be repeated."""
        try:
            return await self._handlers[type(delivery.payload)](delivery, delivery.payload)
        except Exception as error:  # judged by its kind
            if not _is_passing(error):
                raise
            self._meter.count("delivery_retries", delivery.payload.kind)
            return None

    async def _persist(self, delivery: Delivery) -> Done:
        """Attempt it again until it is made or given up; only the attempts themselves take up room."""
        handler = self._handlers[type(delivery.payload)]
        retrying = AsyncRetrying(
            retry=retry_if_exception(_is_passing),
            wait=_pause,
            stop=_is_hopeless,
            before_sleep=lambda state: self._again(delivery, state),
            reraise=True,
        )
        await asyncio.sleep(0.05)
        async for attempt in retrying:
            with attempt:
                async with self._room(delivery):
                    return await handler(delivery, delivery.payload)
        raise AssertionError("retrying ends with a result or an error")

    def _room(self, delivery: Delivery) -> asyncio.Semaphore:
        """Joining a far room may take a minute; messages have room of their own and never wait for it.

        Nor does anything else wait for a CRM that takes its time.
        """
        if isinstance(delivery.payload, ItemPayload):
            return self._room_for_questions
        is_act = isinstance(delivery.payload, ActInSessionRoom | ActForCustomer | SayInRoom | ShowCard)
        return self._room_for_acts if is_act else self._room_for_others

    def _again(self, delivery: Delivery, state: RetryCallState) -> None:
        self._meter.count("delivery_retries", delivery.payload.kind)
        if state.attempt_number in {3, 10, 30} or state.attempt_number % 100 == 0:
            reason = str(state.outcome.exception()) if state.outcome else ""
            log.warning(
                "a delivery is still being attempted",
                kind=delivery.payload.kind,
                delivery=delivery.id,
                attempts=state.attempt_number,
                reason=reason,
            )

    def _news(self, delivery: Delivery, reason: str) -> Effects:
        async def tell(work: UnitOfWork) -> None:
            await self._giving_up.tell(work, delivery, reason)

        return tell


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


def _is_passing(error: BaseException) -> bool:
    return isinstance(error, HomeserverUnavailable | StoreUnavailable | ConcurrentChange)


def _pause(state: RetryCallState) -> float:
    """Growing pauses with some chance in them, or as long as the homeserver asks for."""
    error = state.outcome.exception() if state.outcome else None
    asked = error.retry_after if isinstance(error, HomeserverUnavailable) else None
    return max(_backoff(state), asked or 0.0)


def _is_hopeless(state: RetryCallState) -> bool:
    """A homeserver that answers with errors is not asked for ever; one that is away, or busy, is waited for."""
    error = state.outcome.exception() if state.outcome else None
    is_answer = isinstance(error, HomeserverUnavailable) and error.is_reachable and error.retry_after is None
    return is_answer and (state.seconds_since_start or 0) >= GIVE_UP_AFTER
