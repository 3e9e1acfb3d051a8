"""Switched off: events are kept. Switched on again: they are handled, in their order, before newer ones (S14)."""

import asyncio

import structlog

from livechat_plugin.core.errors import ConcurrentChange, StoreUnavailable
from livechat_plugin.services.gate import Gate
from livechat_plugin.services.inbox import RACES_LOST, Inbox, Turn
from livechat_plugin.services.ports import Meter, Store
from livechat_plugin.services.repositories.postponed import PostponedEvent

log = structlog.get_logger()

BATCH = 50
"""Events handled in one unit of work. Between two, new events get their turn, and wait behind the others."""

STORE_AWAY = 1.0
"""Seconds between two attempts while the database cannot be reached."""


class Reopening:
    """Brings the gate to where the configurations of all replicas want it; one replica does it for all.

    An event leaves the store in the unit of work in which it is handled. So it is handled once, also when the
    process is killed at any moment; the next one goes on where this one was.
    """

    def __init__(self, store: Store, inbox: Inbox, gate: Gate, meter: Meter) -> None:
        self._store = store
        self._inbox = inbox
        self._gate = gate
        self._meter = meter
        self._switched = asyncio.Event()
        self._are_others_on = True
        self._is_interrupted = False
        """Whether it was switched off again before all that waited was handled."""

    def switch(self, *, is_on: bool) -> None:
        """From now on the plugin is on, or off."""
        self._gate.switch(is_on=is_on)
        self._switched.set()

    def follow_others(self, *, are_on: bool) -> None:
        """From now on all other replicas are on, or one of them is off, and everybody keeps what happens."""
        if are_on != self._are_others_on:
            self._are_others_on = are_on
            self._switched.set()

    @property
    def _is_on(self) -> bool:
        return self._gate.is_on and self._are_others_on

    async def run(self) -> None:
        """Follow the switch until cancelled; another process may have been at work before."""
        self._gate.is_open = False
        # A restart while it is off goes on in the same off-period.
        self._is_interrupted = False
        while True:
            self._switched.clear()
            try:
                await self._follow()
            except (StoreUnavailable, ConcurrentChange) as error:
                log.warning("switching waits for the database", reason=str(error))
                await asyncio.sleep(STORE_AWAY)
                continue
            await self._switched.wait()

    async def _follow(self) -> None:
        if self._is_on:
            self._is_interrupted = True
            await self._reopen()
            return
        async with self._store.begin() as work:
            await self._gate.close(work, is_new=self._is_interrupted)
            await work.commit()
        self._is_interrupted = False
        log.info("switched off: what happens is kept until the plugin is switched on again")

    async def _reopen(self) -> None:
        """Handle what waits, and let new events pass when nothing does."""
        handled = 0
        while self._is_on:
            async with self._inbox.before_all_others() as turn:
                count = await self._work_off(turn)
                handled += count
                if count == 0 and await self._open():
                    self._is_interrupted = False
                    break
        if handled:
            log.info("what happened while switched off is handled", events=handled)

    async def _open(self) -> bool:
        async with self._store.begin() as work:
            is_open = await self._gate.open(work)
            await work.commit()
        # Unless it was switched off just now.
        self._gate.is_open = is_open and self._is_on
        return is_open

    async def _work_off(self, turn: Turn) -> int:
        """Handle a batch; if anything goes wrong in it, its events one by one. Returns how many there were."""
        async with self._store.begin() as work:
            postponed = await work.postponed.oldest(BATCH)
            await work.commit()  # without those that could not be read
        try:
            await self._handle(turn, *postponed)
        except StoreUnavailable:
            raise
        except Exception as error:  # noqa: BLE001 - dealt with event by event
            log.warning("postponed events are handled one by one", reason=type(error).__name__)
            for one in postponed:
                await self._handle_alone(turn, one)
        return len(postponed)

    async def _handle(self, turn: Turn, *postponed: PostponedEvent) -> None:
        if not postponed:
            return
        async with self._store.begin() as work:
            conversations = {one.conversation_id for one in postponed if one.conversation_id is not None}
            await work.conversations.hold(conversations)
            for one in postponed:
                await turn.handle(work, one.event, one.conversation_id)
            await work.postponed.remove([one.id for one in postponed])
            await work.commit()
        for _ in postponed:
            self._meter.count("events", "handled_late")

    async def _handle_alone(self, turn: Turn, one: PostponedEvent) -> None:
        for attempt in range(RACES_LOST):
            try:
                await self._handle(turn, one)
            except StoreUnavailable:
                raise
            except ConcurrentChange:
                await asyncio.sleep(0.01 * attempt)
            except Exception as error:  # noqa: BLE001 - recorded under the event's id
                await self._pass_over(turn, one, error)
                return
            else:
                return
        raise StoreUnavailable("other writers were faster each time")

    async def _pass_over(self, turn: Turn, one: PostponedEvent, error: Exception) -> None:
        """One that we fail on is recorded, its writer is told, and the others go on."""

        async def remove(*, is_told: bool) -> None:
            async with self._store.begin() as work:
                await turn.pass_over(work, one.event, error, is_told=is_told)
                await work.postponed.remove([one.id])
                await work.commit()

        try:
            await remove(is_told=True)
        except (StoreUnavailable, ConcurrentChange):
            raise
        except Exception:
            log.exception("nor could who wrote it be told", event_id=one.event.event_id)
            await remove(is_told=False)
