"""The customer's side of a conversation: what happens in the room that the customer opened with a live chat."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from livechat_plugin.core import wording
from livechat_plugin.core.content import preview
from livechat_plugin.core.conversations import CustomerRoomState
from livechat_plugin.core.naming import Naming
from livechat_plugin.core.sessions import Session
from livechat_plugin.services.access import is_open_to
from livechat_plugin.services.deliveries import (
    LeaveRoom,
    PrepareSessionRoom,
    PrepareSpareRoom,
    RouteSession,
    live_chat_lane,
    session_lane,
    to_customer_lane,
    to_operators_lane,
)
from livechat_plugin.services.early import keep_for_copy
from livechat_plugin.services.finding import look_again
from livechat_plugin.services.operator_names import OperatorNames
from livechat_plugin.services.pace import Pace
from livechat_plugin.services.ports import Clock
from livechat_plugin.services.relay import Relay
from livechat_plugin.services.repositories.conversations import ConversationView
from livechat_plugin.services.repositories.rooms import RoomBinding, RoomKind
from livechat_plugin.services.room_events import (
    AnyRoomEvent,
    EncryptedSent,
    MembershipChanged,
    MessageSent,
    RoomReplaced,
)
from livechat_plugin.services.slowing import hold_back
from livechat_plugin.services.unit_of_work import UnitOfWork
from livechat_plugin.services.upgrades import await_successor, of_customer
from livechat_plugin.services.written import is_notice

REFILL_DELAY = timedelta(seconds=3)
"""A taken spare room is replaced a little later, when the customer's first messages are through."""

QUIET = timedelta(minutes=10)
"""How long a customer who goes on writing in vain is not told the same again in the same room."""


@dataclass(frozen=True, slots=True)
class CustomerSide:
    """Handles the events of customers' rooms.

    Attributes:
        administrators: Matrix ids named to people of this homeserver who are refused.
    """

    relay: Relay
    naming: Naming
    clock: Clock
    pace: Pace
    administrators: tuple[str, ...] = ()

    async def handle(self, work: UnitOfWork, event: AnyRoomEvent, conversation_id: int) -> None:
        """One event of a customer's room."""
        await self._handle(work, event, conversation_id, is_its_turn=False)

    async def handle_slowed(self, work: UnitOfWork, event: AnyRoomEvent, conversation_id: int) -> None:
        """One event that came too fast, and whose turn has come."""
        await self._handle(work, await _here(work, event, conversation_id), conversation_id, is_its_turn=True)

    async def handle_early(self, work: UnitOfWork, event: AnyRoomEvent, conversation_id: int) -> None:
        """One event that came before the id of its target was kept; it was let in when it came."""
        await self.relay.from_customer(work, await work.conversations.view(conversation_id), event)

    async def _handle(
        self, work: UnitOfWork, event: AnyRoomEvent, conversation_id: int, *, is_its_turn: bool
    ) -> None:
        view = await work.conversations.view(conversation_id)
        if view.conversation.customer_room != event.room_id:
            return
        if isinstance(event, MembershipChanged):
            if not is_its_turn and _is_new_name(view, event) and self._is_too_fast(view):
                await self._hold_back(work, view, event)
            else:
                await self._membership(work, view, event)
        elif isinstance(event, RoomReplaced):
            await self._upgraded(work, view, event)
        elif event.sender != view.account.external_id:
            return  # nobody but the customer speaks here; others make us leave when they come in
        elif view.conversation.customer_state is CustomerRoomState.JOINING:
            await work.inbox.hold(conversation_id, event)
        elif not is_its_turn and self._is_too_fast(view):
            await self._hold_back(work, view, event)
        elif not await keep_for_copy(work, view, "customer", event):
            await self._heard(work, view, event)

    async def _heard(self, work: UnitOfWork, view: ConversationView, event: AnyRoomEvent) -> None:
        """What the customer does, at its turn."""
        if isinstance(event, EncryptedSent):
            await self._tell_once(work, view, "encrypted", wording.encrypted(view.live_chat))
        elif isinstance(event, MessageSent):
            await self._said(work, view, event)
        else:
            await self.relay.from_customer(work, view, event)

    async def handle_late(self, work: UnitOfWork, event: AnyRoomEvent, conversation_id: int) -> None:
        """One event that had to wait; where the customer has another room by now, it counts as said there."""
        await self.handle(work, await _here(work, event, conversation_id), conversation_id)

    def _is_too_fast(self, view: ConversationView) -> bool:
        return view.conversation.is_slowed or not self.pace.allows(view.account.id)

    async def _hold_back(self, work: UnitOfWork, view: ConversationView, event: AnyRoomEvent) -> None:
        """The customer writes faster than people do: it goes on a little later, and both sides are told once."""
        if not await hold_back(work, view, event, self.clock.now()):
            return
        if await self._tell_once(work, view, "slowed", wording.slowed_down(view.live_chat)):
            await self.relay.tell_operators(work, view, wording.customer_slowed(view.account))

    async def _said(self, work: UnitOfWork, view: ConversationView, event: MessageSent) -> None:
        """A message: it belongs to the open session, or opens the next one."""
        if view.session is not None:
            await self.relay.from_customer(work, view, event)
            return
        if is_notice(event.content):
            return  # a program talks, and what we answered it might answer again
        if not await is_open_to(work, self.naming, view.live_chat, event.sender):
            administrators = self.administrators if self.naming.is_local(event.sender) else ()
            words = wording.access_refused(view.live_chat, administrators)
            await self._tell_once(work, view, "refused", words)
            return
        if await work.inbox.note(_told(view, "refused")):
            await work.inbox.keep_note(_told(view, "refused"), "")  # who is refused after this is told anew
        session = await work.sessions.open(view.conversation.id, preview(event.content), self.clock.now())
        view = replace(await self._with_session_room(work, view), session=session)
        prepare = PrepareSessionRoom(session.number, view.conversation.id)
        await work.outbox.add(to_operators_lane(view.conversation.id), prepare)
        message_id = await self.relay.from_customer(work, view, event)
        if message_id is None:
            raise RuntimeError("relaying a message keeps it")
        await work.outbox.add(session_lane(session.number), RouteSession(session.number, message_id))

    async def _tell_once(self, work: UnitOfWork, view: ConversationView, what: str, words: str) -> bool:
        """Tell the customer something of this kind, but not after each of their messages; whether it was told."""
        now = self.clock.now()
        name, room_id = _told(view, what), view.conversation.customer_room
        told_at, _, told_in = (await work.inbox.note(name) or "").partition(" ")
        if told_in == room_id and now - datetime.fromisoformat(told_at) < QUIET:
            return False
        await work.inbox.keep_note(name, f"{now.isoformat()} {room_id}")
        await self.relay.tell_customer(work, view, words)
        return True

    async def _with_session_room(self, work: UnitOfWork, view: ConversationView) -> ConversationView:
        """The conversation with a session room: its own from the last time, or a spare one."""
        if view.conversation.session_room is not None:
            return view
        live_chat_id = view.live_chat.id
        room = await work.session_rooms.take_spare(live_chat_id, view.conversation.id)
        conversation = replace(view.conversation, session_room=room)
        await work.conversations.save(conversation)
        if room.room_id is not None:
            binding = RoomBinding(room.room_id, RoomKind.SESSION, live_chat_id, conversation.id)
            await work.rooms.bind(binding)
            spare = await work.session_rooms.add(live_chat_id)
            due_at = self.clock.now() + REFILL_DELAY
            await work.outbox.add(live_chat_lane(live_chat_id), PrepareSpareRoom(spare.id), due_at)
        return replace(view, conversation=conversation)

    async def _membership(self, work: UnitOfWork, view: ConversationView, event: MembershipChanged) -> None:
        if event.user_id != view.account.external_id:
            if event.membership == "join":  # a customer's room is the customer's and ours
                words = wording.direct_chats_only(view.live_chat.name)
                await self._leave(work, view, words, words)
        elif event.membership in {"leave", "ban"}:
            await self._leave(work, view, wording.CUSTOMER_ROOM_IS_EMPTY)
        elif event.membership == "join":
            if view.conversation.customer_state is CustomerRoomState.READY:
                joined = replace(view.conversation, customer_state=CustomerRoomState.JOINED)
                await work.conversations.save(joined)
                if view.session is not None:
                    now = await work.conversations.view(view.conversation.id)
                    await OperatorNames(self.naming).enter(work, now, view.session.operator)
            await self._renamed(work, view, view.session, event)

    async def _upgraded(self, work: UnitOfWork, view: ConversationView, event: RoomReplaced) -> None:
        """The room is closed; we go, and come into the new one when the customer invites us there."""
        await await_successor(
            work, event.successor, of_customer(view.live_chat.slug, view.account.external_id)
        )
        told = wording.customer_upgraded(view.account)
        await self._leave(work, view, wording.CUSTOMER_ROOM_IS_EMPTY, told=told)

    async def _leave(
        self,
        work: UnitOfWork,
        view: ConversationView,
        reason: str,
        words: str | None = None,
        *,
        told: str | None = None,
    ) -> None:
        """The customer's room is one no more, so we go; they come back by inviting the live chat again."""
        conversation = view.conversation
        if conversation.customer_state is CustomerRoomState.LEFT:
            return
        await work.conversations.save(
            replace(
                conversation, customer_state=CustomerRoomState.LEFT, shown_operator=None, shown_ghost=None
            )
        )
        await OperatorNames(self.naming).go_out(work, conversation)
        ghost = self.naming.live_chat(view.live_chat.slug)
        leave = LeaveRoom(conversation.customer_room or "", ghost, reason, words)
        await work.outbox.add(to_customer_lane(conversation.id), leave)
        await look_again(work, view.account.external_id, after=to_customer_lane(conversation.id))
        if view.session is not None:
            await self.relay.tell_operators(work, view, told or wording.customer_left(view.account))

    async def _renamed(
        self, work: UnitOfWork, view: ConversationView, session: Session | None, event: MembershipChanged
    ) -> None:
        """The customer has a new name or picture: operators see it too."""
        account = replace(
            view.account,
            display_name=event.display_name or view.account.display_name,
            avatar_url=event.avatar_url,
        )
        if account == view.account:
            return
        await work.conversations.save_account(account)
        if session is not None:
            prepare = PrepareSessionRoom(session.number, view.conversation.id)
            await work.outbox.add(to_operators_lane(view.conversation.id), prepare)


async def _here(work: UnitOfWork, event: AnyRoomEvent, conversation_id: int) -> AnyRoomEvent:
    """An event that had to wait, as if it had been said in the room that the customer has by now."""
    room_id = (await work.conversations.view(conversation_id)).conversation.customer_room
    if room_id is None or isinstance(event, MembershipChanged):
        return event
    return replace(event, room_id=room_id)


def _is_new_name(view: ConversationView, event: MembershipChanged) -> bool:
    """Whether somebody who is here already has another name or picture."""
    return (
        event.membership == "join"
        and event.user_id == view.account.external_id
        and view.conversation.customer_state is CustomerRoomState.JOINED
    )


def _told(view: ConversationView, what: str) -> str:
    """The note under which it is kept when and where a customer was told something."""
    return f"told:{view.conversation.id}:{what}"
