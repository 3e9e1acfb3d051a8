"""Typing and read receipts, passed on at once: if one is lost, the next says it again.

How far people have read is kept afterwards, once for all receipts that came together.
"""

import asyncio
from collections.abc import Mapping, Sequence

import structlog

from livechat_plugin.core.employees import may_answer
from livechat_plugin.core.errors import LivechatError
from livechat_plugin.core.naming import Naming
from livechat_plugin.services import reading
from livechat_plugin.services.bus import Bus
from livechat_plugin.services.gate import Gate
from livechat_plugin.services.operator_names import OperatorNames
from livechat_plugin.services.ports import Channel, Clock, Homeserver, Meter, Store
from livechat_plugin.services.repositories.conversations import ConversationView
from livechat_plugin.services.repositories.messages import Message, Side
from livechat_plugin.services.repositories.rooms import RoomKind
from livechat_plugin.services.room_events import ReadUpTo, Signal, TypingChanged
from livechat_plugin.services.unit_of_work import UnitOfWork

log = structlog.get_logger()

LOOK_AGAIN_AFTER = 0.5
"""Seconds after which a receipt is looked at again whose event was not known."""

LOOKS = 4
"""How often it is looked at in all. A client that is quick has read a copy before its delivery is struck off."""

EARLY_AT_MOST = 1_000
"""Receipts that wait to be looked at again, at most; those beyond are dropped."""


class SignalRelay:
    """Shows each side whether the other is writing or has read.

    The operator's signals come from the live chat's ghost, so they tell nothing of who serves, or from the
    operator's where the customer sees the name (S5); those of anybody else in a session room are passed on to
    nobody.
    """

    def __init__(
        self,
        store: Store,
        homeserver: Homeserver,
        channels: Mapping[str, Channel],
        naming: Naming,
        meter: Meter,
        gate: Gate,
        clock: Clock,
        bus: Bus,
    ) -> None:
        self._store = store
        self._homeserver = homeserver
        self._channels = channels
        self._naming = naming
        self._meter = meter
        self._gate = gate
        self._clock = clock
        self._bus = bus
        self._typing: set[str] = set()
        """Rooms whose other side shows typing now; holds as many as there are people typing.

        With other processes beside us it says nothing: they may have heard of the beginning, and we of the end.
        """
        self._early: dict[tuple[str, str], tuple[ReadUpTo, int]] = {}
        """The last receipt of each room and reader that named what was not known, and how often it was looked at."""
        self._is_waiting = False

    async def relay(self, signals: Sequence[Signal]) -> None:
        """Pass on what there is to pass on; a failure is counted and forgotten. Nothing while switched off."""
        await self._relay(signals)
        if self._is_waiting:
            return
        self._is_waiting = True
        try:
            while self._early:
                await asyncio.sleep(LOOK_AGAIN_AFTER)
                again, self._early = self._early, {}
                await self._relay([signal for signal, _ in again.values()], again)
        finally:
            self._is_waiting = False

    async def _relay(
        self, signals: Sequence[Signal], again: Mapping[tuple[str, str], tuple[ReadUpTo, int]] | None = None
    ) -> None:
        if not self._gate.is_on:
            return
        read: dict[tuple[int, str], int] = {}
        for signal in signals:
            if (
                isinstance(signal, TypingChanged)
                and not signal.users
                and not self._may_be_typing(signal.room_id)
            ):
                continue
            try:
                if await self._pass_on(signal, read):
                    self._keep_early(signal, again or {})
            except LivechatError as error:
                self._meter.count(
                    "signals_dropped", "typing" if isinstance(signal, TypingChanged) else "read"
                )
                log.debug("a signal could not be passed on", room_id=signal.room_id, reason=str(error))
        if read:
            try:
                await reading.keep(self._store, self._clock, read)
            except LivechatError as error:
                log.debug("it is not kept who has read what", reason=str(error))

    def _keep_early(self, signal: Signal, again: Mapping[tuple[str, str], tuple[ReadUpTo, int]]) -> None:
        """Look at it again in a moment, unless that was done often enough or a later one is there."""
        if not isinstance(signal, ReadUpTo) or self._naming.is_ours(signal.user_id):
            return
        key = signal.room_id, signal.user_id
        before, looks = again.get(key, (signal, 0))
        looks = looks + 1 if before == signal else 1
        is_outdated = looks > 1 and key in self._early  # a later one came while this one was looked at
        if looks < LOOKS and len(self._early) < EARLY_AT_MOST and not is_outdated:
            self._early[key] = signal, looks

    async def _pass_on(self, signal: Signal, marks: dict[tuple[int, str], int]) -> bool:
        """Show it to the other side; whether it names a message of a conversation that is not known yet."""
        async with self._store.read() as work:
            binding = (await work.rooms.bindings({signal.room_id})).get(signal.room_id)
            if binding is None or binding.conversation_id is None:
                return False
            view = await work.conversations.view(binding.conversation_id)
            message = await _read_message(work, signal, binding.kind, view)
            if isinstance(signal, ReadUpTo) and message is None:
                return True
            if isinstance(signal, ReadUpTo) and message is not None:
                self._note_reading(marks, signal, message, binding.kind, view)
            read = _copy_of(message, binding.kind)
            if binding.kind is RoomKind.SESSION and not await self._is_answering(work, view):
                return False
        if binding.kind is RoomKind.CUSTOMER:
            await self._show_operators(signal, view, read)
        elif binding.kind is RoomKind.SESSION:
            await self._show_customer(signal, view, read)
        return False

    async def _is_answering(self, work: UnitOfWork, view: ConversationView) -> bool:
        """Whether somebody serves the customer who may answer; of one who only looks on nothing is shown (E1)."""
        if view.session is None or view.session.operator is None:
            return False
        employee = await work.employees.get(view.session.operator, view.session.opened_at)
        return may_answer(employee)

    def _note_reading(
        self,
        marks: dict[tuple[int, str], int],
        signal: ReadUpTo,
        message: Message,
        kind: RoomKind,
        view: ConversationView,
    ) -> None:
        """Of people only: our ghosts read whatever those read whom they stand for."""
        is_customer = kind is RoomKind.CUSTOMER and signal.user_id == view.account.external_id
        is_employee = kind is RoomKind.SESSION and not self._naming.is_ours(signal.user_id)
        if is_customer or is_employee:
            reading.note(marks, signal.user_id, message)

    async def _show_operators(self, signal: Signal, view: ConversationView, read: str | None) -> None:
        room = view.conversation.session_room
        if room is None or room.room_id is None:
            return
        ghost = self._naming.customer(view.live_chat.slug, room.id)
        if isinstance(signal, TypingChanged):
            is_typing = self._note_typing(signal, view.account.external_id)
            await self._homeserver.set_typing(room.room_id, ghost, is_typing=is_typing)
        elif read is not None and signal.user_id == view.account.external_id:
            await self._homeserver.mark_read(room.room_id, ghost, read)

    async def _show_customer(self, signal: Signal, view: ConversationView, read: str | None) -> None:
        session, address = view.session, view.conversation.customer_room
        channel = self._channels.get(view.account.network)
        if session is None or session.operator is None or address is None or channel is None:
            return
        ghost = OperatorNames(self._naming).speaker(view, session.operator)
        speaker = ghost or self._naming.live_chat(view.live_chat.slug)
        if isinstance(signal, TypingChanged):
            is_typing = self._note_typing(signal, session.operator)
            await channel.show_typing(address, speaker, is_typing=is_typing)
        elif read is not None and session.is_served_by(signal.user_id):
            await channel.show_read(address, speaker, read)

    def _note_typing(self, signal: TypingChanged, whose: str) -> bool:
        is_typing = whose in signal.users
        is_noted = is_typing and self._bus.is_alone
        (self._typing.add if is_noted else self._typing.discard)(signal.room_id)
        return is_typing

    def _may_be_typing(self, room_id: str) -> bool:
        return room_id in self._typing or not self._bus.is_alone


async def _read_message(
    work: UnitOfWork, signal: Signal, kind: RoomKind, view: ConversationView
) -> Message | None:
    """The message that was read."""
    if not isinstance(signal, ReadUpTo):
        return None
    side: Side = "customer" if kind is RoomKind.CUSTOMER else "operators"
    message = await work.messages.by_event(side, signal.event_id)
    return message if message is not None and message.conversation_id == view.conversation.id else None


def _copy_of(message: Message | None, kind: RoomKind) -> str | None:
    """What was read, as the side that wrote it knows it."""
    if message is None or message.direction != ("out" if kind is RoomKind.CUSTOMER else "in"):
        return None
    return message.operators_event if kind is RoomKind.CUSTOMER else message.customer_event
