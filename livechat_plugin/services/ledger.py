"""Striking deliveries off: many at once, since each commit costs a write to disk."""

import asyncio
from dataclasses import dataclass, replace

import structlog

from livechat_plugin.core.errors import ConcurrentChange, StoreUnavailable
from livechat_plugin.services.deliveries import (
    Delivery,
    ItemPayload,
    JoinCustomerRoom,
    PassOnSlowed,
    Payload,
    TakeByCard,
)
from livechat_plugin.services.delivering.outcome import Effects
from livechat_plugin.services.ports import Store
from livechat_plugin.services.unit_of_work import UnitOfWork

log = structlog.get_logger()

BATCH = 200
STORE_AWAY = 1.0
"""Seconds between two attempts while the database cannot be reached."""

ALONE = ItemPayload | TakeByCard | JoinCustomerRoom | PassOnSlowed
"""Kinds whose effects take things in as the inbox does: they may lock more than their conversation, or ask what is owed
and what is known, of which all that is struck off with them must be kept before."""

RACES_LOST = 30
"""How often effects are tried when other writers are faster; what happens each time is no race but a fault."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One delivery to strike off, with what is to be kept for it.

    Attributes:
        otherwise: what to keep when the effects cannot be kept whatever we do, one after another until one can.
        failure: why the delivery was given up, if it was.
    """

    delivery: Delivery
    effects: Effects | None
    settled: asyncio.Future[bool]
    otherwise: tuple[Effects, ...] = ()
    failure: str | None = None


class Ledger:
    """Collects what was delivered and keeps it in one unit of work after another.

    A crash in between costs nothing: the delivery is made again under the same token, which the homeserver
    recognizes, and its effects are kept then (invariant 2).
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._entries: asyncio.Queue[Entry] = asyncio.Queue()

    def settle(
        self,
        delivery: Delivery,
        effects: Effects | None,
        failure: str | None = None,
        *,
        otherwise: tuple[Effects, ...] = (),
    ) -> asyncio.Future[bool]:
        """Strike a delivery off soon; the future is done when that is committed, or cannot be: then it is False."""
        settled: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._entries.put_nowait(Entry(delivery, effects, settled, otherwise, failure))
        return settled

    async def run(self) -> None:
        """Keep what comes, until cancelled."""
        while True:
            entries = [await self._entries.get()]
            while len(entries) < BATCH and not self._entries.empty():
                entries.append(self._entries.get_nowait())
            await self._keep(entries)

    async def _keep(self, entries: list[Entry]) -> None:
        for together in _together(entries):
            try:
                await self._commit(together)
            except Exception:  # noqa: BLE001 - one entry's trouble must not stop the others: they are taken one by one
                for entry in together:
                    await self._keep_alone(entry)

    async def _keep_alone(self, entry: Entry) -> None:
        """Keep one entry; if its effects cannot be kept, what is foreseen for that, and at last nothing."""
        races = 0
        while True:
            try:
                await self._commit([entry])
            except StoreUnavailable as error:
                log.warning("the database is away; waiting for it", reason=str(error))
                await asyncio.sleep(STORE_AWAY)
            except Exception as error:
                races += isinstance(error, ConcurrentChange)
                if isinstance(error, ConcurrentChange) and races < RACES_LOST:
                    await asyncio.sleep(min(0.02 * races, STORE_AWAY))
                    continue
                log.exception("a delivery's effects cannot be kept", delivery=entry.delivery.id)
                if entry.effects is None:
                    entry.settled.set_result(False)
                    return
                entry, races = _with_less(entry, error), 0
            else:
                return

    async def _commit(self, entries: list[Entry]) -> None:
        conversations, sessions = _concerned(entries)
        async with self._store.begin() as work:
            if conversations or sessions:
                await work.conversations.hold(conversations, sessions)
            made = [entry.delivery.id for entry in entries if entry.failure is None]
            struck = set(await work.outbox.all_done(made)) if len(made) > 1 else None
            for entry in entries:
                if await self._strike(work, entry, struck) and entry.effects is not None:
                    work.outbox.because_of(entry.delivery.token)
                    await entry.effects(work)
            await work.commit()
        for entry in entries:
            if not entry.settled.done():
                entry.settled.set_result(True)

    async def _strike(self, work: UnitOfWork, entry: Entry, struck: set[int] | None) -> bool:
        """Whether the entry is struck off here, or was with others; `struck` are those whose effects are still to come."""
        if entry.failure is not None:
            return await work.outbox.failed(entry.delivery.id, entry.failure)
        if struck is not None:
            is_struck = entry.delivery.id in struck
            struck.discard(entry.delivery.id)
            return is_struck
        return await work.outbox.done(entry.delivery.id)


def _with_less(entry: Entry, error: Exception) -> Entry:
    """The same, with what is foreseen when its effects cannot be kept."""
    effects = entry.otherwise[0] if entry.otherwise else None
    failure = entry.failure or type(error).__name__
    return replace(entry, effects=effects, otherwise=entry.otherwise[1:], failure=failure)


def _together(entries: list[Entry]) -> list[list[Entry]]:
    """What can be kept in one unit of work, in the same order: all whose locks are known before it begins."""
    units: list[list[Entry]] = []
    is_open = False
    for entry in entries:
        is_foreseen = entry.effects is None or _is_of_a_conversation(entry.delivery.payload)
        if is_foreseen and is_open:
            units[-1].append(entry)
        else:
            units.append([entry])
        is_open = is_foreseen
    return units


def _concerned(entries: list[Entry]) -> tuple[set[int], set[int]]:
    """The conversations that effects lock: their ids, and numbers of sessions of others."""
    conversations: set[int] = set()
    sessions: set[int] = set()
    for payload in (entry.delivery.payload for entry in entries if entry.effects is not None):
        if (conversation := getattr(payload, "conversation_id", None)) is not None:
            conversations.add(conversation)
        elif (session := getattr(payload, "session_number", None)) is not None:
            sessions.add(session)
    return conversations, sessions


def _is_of_a_conversation(payload: Payload) -> bool:
    """Whether its effects lock this conversation and nothing that others lock in another order."""
    if isinstance(payload, ALONE):
        return False
    return hasattr(payload, "conversation_id") or hasattr(payload, "session_number")
