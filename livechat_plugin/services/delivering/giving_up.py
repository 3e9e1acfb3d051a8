"""When a delivery cannot be made: whoever can act is told in their room (invariant 5), and no state is left dead."""

from dataclasses import dataclass, replace
from datetime import timedelta

from livechat_plugin.core import wording
from livechat_plugin.core.acts import Say, Target, target_of
from livechat_plugin.core.item_requests import RequestState
from livechat_plugin.core.naming import Naming
from livechat_plugin.core.sessions import SessionState, offer
from livechat_plugin.services.assignments import Assignments
from livechat_plugin.services.deliveries import (
    ActForCustomer,
    ActInSessionRoom,
    AdmitOperator,
    AdmitOperatorGhost,
    AlignMembers,
    AlignPerson,
    CatchUpGroups,
    ContinueDialog,
    Delivery,
    EraseCustomer,
    FindItems,
    FollowGroup,
    JoinCustomerRoom,
    LinkAccount,
    PassOnSlowed,
    Payload,
    PrepareSessionRoom,
    ProvisionLiveChat,
    ReadGroupMember,
    ReadGroupRoom,
    RegisterItem,
    RouteSession,
    SayFarewell,
    SayInRoom,
    ShowCard,
    ShowCustomer,
    room_lane,
    session_lane,
    to_customer_lane,
    to_operators_lane,
)
from livechat_plugin.services.delivering.doors import forget_room
from livechat_plugin.services.dialogs.telling import Telling
from livechat_plugin.services.operator_names import OperatorNames
from livechat_plugin.services.ports import Clock
from livechat_plugin.services.relay import Relay, explain_not_delivered
from livechat_plugin.services.repositories.conversations import ConversationView
from livechat_plugin.services.unit_of_work import UnitOfWork
from livechat_plugin.services.waiting import watch_waiting

LATER = timedelta(minutes=1)
"""After this time, what a session cannot do without is attempted anew."""

TRIES_ELSEWHERE = 4
"""How often an invitation from another homeserver is accepted in all. It sends it to ours before it has it in the room
itself, and refuses who comes too soon."""

SETTLING_ELSEWHERE = timedelta(seconds=3)
"""The first pause between them; each is twice the one before."""


@dataclass(frozen=True, slots=True)
class GivingUp:
    """Tells whom it concerns, and sees to it that sessions go on."""

    relay: Relay
    assignments: Assignments
    naming: Naming
    clock: Clock

    async def tell(self, work: UnitOfWork, delivery: Delivery, reason: str) -> None:
        """Owe the news of a delivery that was given up, and what follows from it."""
        match delivery.payload:
            case ActForCustomer() as payload:
                await self._about_message(work, payload, reason)
            case ActInSessionRoom(conversation_id=conversation_id, as_customer=True):
                view = await work.conversations.view(conversation_id)
                await self.relay.tell_customer(work, view, wording.customer_not_delivered(view.live_chat))
            case AdmitOperator(conversation_id=conversation_id, operator=operator):
                view = await work.conversations.view(conversation_id)
                if view.session is not None and view.session.is_served_by(operator):
                    why = wording.invitation_failed(operator, reason)
                    await self.assignments.requeue(work, view, view.session, why)
            case AdmitOperatorGhost() | SayFarewell() as payload:
                await self._about_names(work, payload, reason)
            case JoinCustomerRoom() as payload:
                await self._join_again(work, payload)
            case RouteSession(session_number=number):
                await self._offer(work, number)
            case ShowCard(session_number=number) | PrepareSessionRoom(session_number=number) as payload:
                await self._try_later(work, number, payload, reason)
            case _:
                await self._beside_sessions(work, delivery, reason)

    async def _about_message(self, work: UnitOfWork, payload: ActForCustomer, reason: str) -> None:
        """A message that did not reach the customer tells so itself in the console, and in the session room."""
        target = target_of(payload.act)
        message_id = payload.message_id or (target.message_id if target is not None else None)
        if payload.message_id is not None and isinstance(payload.act, Say):
            await work.messages.fail(payload.message_id, reason)
        about = Target(None, payload.warn_event) if payload.warn_event is not None else None
        if about is None and payload.operator is not None and message_id is not None:
            about = Target(message_id)  # written in the console: its copy is on its way into the room, too
        if about is not None:
            warning = explain_not_delivered(reason, about, payload.conversation_id)
            await work.outbox.add(to_operators_lane(payload.conversation_id), warning)

    async def _join_again(self, work: UnitOfWork, payload: JoinCustomerRoom) -> None:
        view = await work.conversations.view(payload.conversation_id)
        if self.naming.is_local(view.account.external_id) or payload.refused + 1 >= TRIES_ELSEWHERE:
            await forget_room(work, payload)
            return
        again = replace(payload, refused=payload.refused + 1)
        due_at = self.clock.now() + SETTLING_ELSEWHERE * 2**payload.refused
        await work.outbox.add(to_customer_lane(payload.conversation_id), again, due_at)

    async def _beside_sessions(self, work: UnitOfWork, delivery: Delivery, reason: str) -> None:
        match delivery.payload:
            # Access hangs on most of these: who was let in must not stay so because a look failed.
            # PassOnSlowed: what is held would wait for ever. EraseCustomer: promised, however long it takes.
            case (
                ProvisionLiveChat()
                | FollowGroup()
                | CatchUpGroups()
                | ReadGroupRoom()
                | ReadGroupMember()
                | AlignMembers()
                | AlignPerson()
                | PassOnSlowed()
                | EraseCustomer()
            ):
                await work.outbox.add(delivery.lane, delivery.payload, self.clock.now() + LATER)
            case LinkAccount() | RegisterItem() | FindItems() | ShowCustomer() as payload:
                view = await work.conversations.view(payload.conversation_id)
                words = wording.question_failed(reason)
                await self.relay.tell_operators(work, view, words, reply_to=payload.answer_to)
                if isinstance(payload, LinkAccount | RegisterItem) and payload.request is not None:
                    await work.item_requests.answer(payload.request, RequestState.REFUSED, words)
            case ContinueDialog() as payload:
                await work.dialogs.end(payload.room_id, payload.user_id)
                binding = (await work.rooms.bindings({payload.room_id})).get(payload.room_id)
                if binding is not None:
                    telling = Telling(self.relay, self.naming)
                    await telling.tell(work, payload, binding, wording.questions_broke(reason), None)
            case _:
                return

    async def _about_names(
        self, work: UnitOfWork, payload: AdmitOperatorGhost | SayFarewell, reason: str
    ) -> None:
        """The name stays unseen, or is not seen for longer than it should be (S5)."""
        view = await work.conversations.view(payload.conversation_id)
        if isinstance(payload, AdmitOperatorGhost):
            words = wording.name_not_shown(payload.operator, view.live_chat, reason)
            await self.relay.tell_operators(work, view, words)
            return
        session = await work.sessions.get(payload.session_number)
        await OperatorNames(self.naming).leave(work, view, session.operator if session else None)

    async def _offer(self, work: UnitOfWork, number: int) -> None:
        """Whatever went wrong with the hooks' answers: the operators get the session."""
        session = await work.sessions.get(number)
        if session is not None and session.state is SessionState.OPENING:
            waiting = offer(session)
            await work.sessions.save(waiting)
            view = await work.conversations.view(session.conversation_id)
            await watch_waiting(work, view.live_chat, waiting)
            await work.outbox.add(session_lane(number), ShowCard(number))

    async def _try_later(self, work: UnitOfWork, number: int, payload: Payload, reason: str) -> None:
        """Without its card or its room a session cannot be served: both are attempted until it is closed.

        A room that does not exist is attempted beyond that, since what was said waits for it.
        """
        session = await work.sessions.get(number)
        if session is None:
            return
        view = await work.conversations.view(session.conversation_id)
        if view.live_chat.deleted_at is not None and view.live_chat.supervisors_room is None:
            return  # it was deleted before it had any room
        if not session.is_open and not (isinstance(payload, PrepareSessionRoom) and _has_no_room(view)):
            return
        await work.outbox.add(session_lane(number), payload, self.clock.now() + LATER)
        room_id = view.live_chat.queue_room
        if room_id is not None and session.is_open and isinstance(payload, PrepareSessionRoom):
            speaker = self.naming.live_chat(view.live_chat.slug)
            words = SayInRoom(room_id, speaker, wording.room_failed(session, reason))
            await work.outbox.add(room_lane(room_id), words)


def _has_no_room(view: ConversationView) -> bool:
    room = view.conversation.session_room
    return room is not None and room.room_id is None
