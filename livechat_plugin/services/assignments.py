"""Who serves a session: taking it, sending it back to the queue, closing it.

Every change is a compare-and-set on the session's version, so of two writers one wins (invariant 4).
"""

from dataclasses import dataclass
from typing import Any

from livechat_plugin.core import wording
from livechat_plugin.core.acts import Say
from livechat_plugin.core.audit import PLUGIN
from livechat_plugin.core.content import Text
from livechat_plugin.core.domain_events import SessionAssigned, SessionEnded
from livechat_plugin.core.employees import require_on_duty
from livechat_plugin.core.errors import NotAnOperator, OwnSession
from livechat_plugin.core.naming import Naming
from livechat_plugin.core.sessions import Session, SessionState, close, requeue, take
from livechat_plugin.services.deliveries import (
    ActInSessionRoom,
    AdmitOperator,
    ClearSessionRoom,
    SayFarewell,
    SayInRoom,
    ShowCard,
    TidySession,
    session_lane,
    to_customer_lane,
    to_operators_lane,
)
from livechat_plugin.services.operator_names import OperatorNames
from livechat_plugin.services.ports import Clock
from livechat_plugin.services.repositories.conversations import ConversationView
from livechat_plugin.services.unit_of_work import UnitOfWork
from livechat_plugin.services.waiting import watch_waiting


@dataclass(frozen=True, slots=True)
class Assignments:
    """The use cases that change who serves a session."""

    clock: Clock
    naming: Naming

    async def take(
        self, work: UnitOfWork, view: ConversationView, session: Session, operator: str
    ) -> Session:
        """An operator takes a waiting session (requirement S15), or a member of the group that it was handed to.

        Raises:
            NotAnOperator: they are in neither group.
            NotOnDuty: they are offline or disabled (requirement E1).
            OwnSession: they are its customer.
            SessionAlreadyTaken: somebody was faster.
            SessionClosed: it is over.
        """
        if not {view.live_chat.operators, session.offered_to} & await work.groups.of(operator):
            raise NotAnOperator(view.live_chat.name)
        require_on_duty(await work.employees.hold(operator, self.clock.now()))
        taken = take(session, operator, self.clock.now())
        await self.give(work, view, session, taken)
        await self.clear_room(work, session, wording.taken_by(taken))
        await self.audit(work, view, operator, "session.taken", session)
        return taken

    async def assign(
        self, work: UnitOfWork, view: ConversationView, session: Session, operator: str
    ) -> Session:
        """A rule of ours gives a session that nobody serves to an operator.

        Raises:
            OwnSession: they are its customer.
            SessionAlreadyTaken: somebody serves it.
            SessionClosed: it is over.
        """
        taken = take(session, operator, self.clock.now())
        await self.give(work, view, session, taken)
        await self.clear_room(work, session, wording.taken_by(taken))
        await self.audit(work, view, PLUGIN, "session.assigned", session, operator=operator)
        return taken

    async def give(
        self,
        work: UnitOfWork,
        view: ConversationView,
        before: Session,
        given: Session,
        *,
        by_somebody: bool = False,
    ) -> None:
        """Keep that a session has a new operator, who comes in. Who is to go out is left to `clear_room`.

        Args:
            work: the unit of work.
            view: the session's conversation.
            before: the session as read in this unit of work.
            given: the same with its new operator.
            by_somebody: whether somebody else gave the session to its operator.

        Raises:
            OwnSession: the new operator is its customer.
        """
        operator, conversation_id = given.operator or "", given.conversation_id
        if operator == view.account.external_id:
            raise OwnSession(given.number, operator)
        await work.sessions.save(given)
        admit, lane = (
            AdmitOperator(given.number, conversation_id, operator, is_given=by_somebody),
            to_operators_lane(conversation_id),
        )
        await work.outbox.add(lane, admit)
        # A card that is not there yet waits for nothing.
        card = ShowCard(given.number, lane if before.card is not None else None)
        await work.outbox.add(session_lane(given.number), card)
        await OperatorNames(self.naming).follow(work, view, before, given)
        work.after_commit(SessionAssigned(given, view.live_chat, view.account))

    async def clear_room(self, work: UnitOfWork, before: Session, reason: str) -> None:
        """Owe it that whoever served the session, or could have taken it, and has nothing to do there now, goes."""
        if before.operator is not None or before.offered_to is not None:
            clear = ClearSessionRoom(before.number, before.conversation_id, reason)
            await work.outbox.add(to_operators_lane(before.conversation_id), clear)

    async def audit(
        self,
        work: UnitOfWork,
        view: ConversationView,
        actor: str,
        action: str,
        session: Session,
        **details: Any,
    ) -> None:
        """Write down what was done to a session."""
        slug = view.live_chat.slug
        now = self.clock.now()
        await work.audit.add(now, actor, action, f"#{session.number}", live_chat=slug, **details)

    async def requeue(
        self, work: UnitOfWork, view: ConversationView, session: Session, reason: str
    ) -> Session:
        """Put an active session back into the queue, because its operator is gone, or may not go on.

        Who has nothing to do in its room any more is let out: whoever takes it next has nobody behind them.

        Raises:
            SessionNotActive: nobody serves it.
        """
        waiting = requeue(session, reason, self.clock.now())
        await work.sessions.save(waiting)
        await watch_waiting(work, view.live_chat, waiting)
        await work.outbox.add(session_lane(waiting.number), ShowCard(waiting.number))
        await OperatorNames(self.naming).follow(work, view, session, waiting)
        await self.clear_room(work, session, reason)
        if view.live_chat.queue_room is not None:
            speaker = self.naming.live_chat(view.live_chat.slug)
            room_id, words = view.live_chat.queue_room, wording.waiting_again(waiting)
            news = SayInRoom(room_id, speaker, words, reply_to=waiting.card, is_loud=True)
            await work.outbox.add(session_lane(waiting.number), news)
        return waiting

    async def close(
        self,
        work: UnitOfWork,
        view: ConversationView,
        session: Session,
        *,
        by: str | None = None,
        reason: str | None = None,
    ) -> Session:
        """End a session: card, room and space are tidied, the operator leaves, the customer gets a last word.

        Args:
            work: the unit of work.
            view: the session's conversation.
            session: the session as read in this unit of work.
            by: who closes it; None when a rule of ours does, and then nothing is said to the customer here.
            reason: why, for the card.

        Raises:
            SessionClosed: it is over already.
        """
        closed = close(session, self.clock.now(), reason)
        await work.sessions.save(closed)
        conversation_id = closed.conversation_id
        operators = to_operators_lane(conversation_id)
        # The operator leaves first: words that come after would stay unread in a room that cannot be opened.
        await work.outbox.add(operators, TidySession(closed.number, conversation_id, closed.operator))
        if session.offered_to is not None:
            await self.clear_room(work, session, wording.removal_reason(closed.number))
        if by is not None:
            words = Say(Text(*wording.closed_by(closed, by), style="notice"))
            await work.outbox.add(operators, ActInSessionRoom(conversation_id, words, as_customer=False))
            farewell = SayFarewell(closed.number, conversation_id)
            await work.outbox.add(to_customer_lane(conversation_id), farewell)
        else:
            await OperatorNames(self.naming).follow(work, view, session, closed)
        if session.state is not SessionState.OPENING:  # one that never got into the queue has no card
            await work.outbox.add(session_lane(closed.number), ShowCard(closed.number))
        await self.audit(work, view, by or PLUGIN, "session.closed", session)
        work.after_commit(SessionEnded(closed, view.live_chat, view.account))
        return closed
