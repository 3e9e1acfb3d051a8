"""Who serves a session: taking it, sending it back to the queue, closing it.

Every change is a compare-and-set on the session's version, so of two writers one wins (invariant 4).
"""

from dataclasses import dataclass

from livechat_plugin.core import wording
from livechat_plugin.core.acts import Say
from livechat_plugin.core.content import Text
from livechat_plugin.core.domain_events import SessionAssigned, SessionEnded
from livechat_plugin.core.employees import require_on_duty
from livechat_plugin.core.errors import NotAnOperator
from livechat_plugin.core.naming import Naming
from livechat_plugin.core.sessions import Session, SessionState, close, requeue, take
from livechat_plugin.services.deliveries import (
    ActInSessionRoom,
    AdmitOperator,
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


@dataclass(frozen=True, slots=True)
class Assignments:
    """The use cases that change who serves a session."""

    clock: Clock
    naming: Naming

    async def take(
        self, work: UnitOfWork, view: ConversationView, session: Session, operator: str
    ) -> Session:
        """An operator takes a waiting session (requirement S15).

        Raises:
            NotAnOperator: they are not in the live chat's group.
            NotOnDuty: they are offline or disabled (requirement E1).
            SessionAlreadyTaken: somebody was faster.
            SessionClosed: it is over.
        """
        if view.live_chat.operators not in await work.groups.of(operator):
            raise NotAnOperator(view.live_chat.name)
        require_on_duty(await work.employees.get(operator, self.clock.now()))
        return await self.assign(work, view, session, operator)

    async def assign(
        self, work: UnitOfWork, view: ConversationView, session: Session, operator: str
    ) -> Session:
        """Give a session that nobody serves to an operator, and owe them an invitation.

        Raises:
            SessionAlreadyTaken: somebody serves it.
            SessionClosed: it is over.
        """
        taken = take(session, operator, self.clock.now())
        await work.sessions.save(taken)
        conversation_id = taken.conversation_id
        admit = AdmitOperator(taken.number, conversation_id, operator)
        await work.outbox.add(to_operators_lane(conversation_id), admit)
        await work.outbox.add(session_lane(taken.number), ShowCard(taken.number))
        await OperatorNames(self.naming).follow(work, view, session, taken)
        work.after_commit(SessionAssigned(taken, view.live_chat, view.account))
        return taken

    async def requeue(
        self, work: UnitOfWork, view: ConversationView, session: Session, reason: str
    ) -> Session:
        """Put an active session back into the queue, because its operator is gone.

        Raises:
            SessionNotActive: nobody serves it.
        """
        waiting = requeue(session, reason, self.clock.now())
        await work.sessions.save(waiting)
        await work.outbox.add(session_lane(waiting.number), ShowCard(waiting.number))
        await OperatorNames(self.naming).follow(work, view, session, waiting)
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
        if by is not None:
            words = Say(Text(*wording.closed_by(closed, by), style="notice"))
            await work.outbox.add(operators, ActInSessionRoom(conversation_id, words, as_customer=False))
            farewell = SayFarewell(closed.number, conversation_id)
            await work.outbox.add(to_customer_lane(conversation_id), farewell)
        else:
            await OperatorNames(self.naming).follow(work, view, session, closed)
        if session.state is not SessionState.OPENING:  # one that never got into the queue has no card
            await work.outbox.add(session_lane(closed.number), ShowCard(closed.number))
        work.after_commit(SessionEnded(closed, view.live_chat, view.account))
        return closed
