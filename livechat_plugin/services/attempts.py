"""Making one delivery: attempts with pauses between them, until it is made or given up."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import structlog
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception, wait_random_exponential

from livechat_plugin.core import wording
from livechat_plugin.core.errors import (
    ConcurrentChange,
    HomeserverRefused,
    HomeserverUnavailable,
    StoreUnavailable,
)
from livechat_plugin.services.deliveries import (
    ActForCustomer,
    ActInSessionRoom,
    Delivery,
    ItemPayload,
    Payload,
    RelayEarly,
    SayInRoom,
    ShowCard,
    TakeByCard,
)
from livechat_plugin.services.delivering.giving_up import GivingUp
from livechat_plugin.services.delivering.outcome import Done, Effects
from livechat_plugin.services.ledger import Ledger
from livechat_plugin.services.ports import Meter
from livechat_plugin.services.replicas import LaneShare
from livechat_plugin.services.unit_of_work import UnitOfWork

log = structlog.get_logger()

Handler = Callable[[Delivery, Any], Awaitable[Done]]

QUESTIONS_AT_ONCE = 8
"""How many questions to hooks that store items are under way at the same time; each may take its time."""

OTHERS_AT_ONCE = 8
"""How many deliveries other than acts are under way at the same time: joining, making and tidying rooms."""

GIVE_UP_AFTER = 3600.0
"""Seconds of attempts on a homeserver that answers with errors of its own; one that is away is waited for."""

_backoff = wait_random_exponential(multiplier=0.1, max=10)


class LaneLeft(Exception):
    """The lane is given to another replica: this delivery is left to it."""


class Attempts:
    """Makes deliveries, and tells the ledger.

    Args:
        ledger: strikes them off.
        handlers: how each kind is made.
        giving_up: what follows when one cannot be made.
        meter: counts.
        share: which lanes are ours.
        at_once: how many acts are under way at the same time.
    """

    def __init__(
        self,
        ledger: Ledger,
        handlers: Mapping[type[Payload], Handler],
        giving_up: GivingUp,
        meter: Meter,
        share: LaneShare,
        at_once: int,
    ) -> None:
        self._ledger = ledger
        self._handlers = handlers
        self._giving_up = giving_up
        self._meter = meter
        self._share = share
        self._room_for_acts = asyncio.Semaphore(at_once)
        self._room_for_questions = asyncio.Semaphore(QUESTIONS_AT_ONCE)
        self._room_for_others = asyncio.Semaphore(OTHERS_AT_ONCE)

    async def make(self, delivery: Delivery) -> asyncio.Future[bool]:
        """Make a delivery, or give it up; the future is done when either is kept.

        Raises:
            LaneLeft: nothing was kept, and another replica will make it.
        """
        kind = delivery.payload.kind
        try:
            first = await self._first(delivery)
            done = first if first is not None else await self._persist(delivery)
        except LaneLeft:
            raise
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
        news = self._news(delivery, wording.INTERNAL_ERROR)
        otherwise = (news,) if done.otherwise is None else (done.otherwise, news)
        return self._ledger.settle(delivery, done.effects, otherwise=otherwise)

    async def _first(self, delivery: Delivery) -> Done | None:
        """The first attempt; None if it met passing trouble and must be repeated."""
        try:
            return await self._attempt(delivery)
        except Exception as error:  # judged by its kind
            if not _is_passing(error):
                raise
            self._meter.count("delivery_retries", delivery.payload.kind)
            return None

    async def _persist(self, delivery: Delivery) -> Done:
        """Attempt it again until it is made or given up; only the attempts themselves take up room."""
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
                return await self._attempt(delivery)
        raise AssertionError("retrying ends with a result or an error")

    async def _attempt(self, delivery: Delivery) -> Done:
        async with self._room(delivery):
            await self._share.sure()
            if not self._share.has(delivery.slot):
                raise LaneLeft
            return await self._handlers[type(delivery.payload)](delivery, delivery.payload)

    def _room(self, delivery: Delivery) -> asyncio.Semaphore:
        """Joining a far room may take a minute; messages have room of their own and never wait for it.

        Nor does anything else wait for a CRM that takes its time.
        """
        if isinstance(delivery.payload, ItemPayload):
            return self._room_for_questions
        is_act = isinstance(
            delivery.payload,
            ActInSessionRoom | ActForCustomer | SayInRoom | ShowCard | TakeByCard | RelayEarly,
        )
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
