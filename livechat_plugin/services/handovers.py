"""Giving a session to somebody else: supervisors assign and take over, operators transfer (requirements S12, E2).

Nobody on the customer's side notices any of it.
"""

from dataclasses import dataclass

from livechat_plugin.core import wording
from livechat_plugin.core.acts import Say
from livechat_plugin.core.content import Text
from livechat_plugin.core.errors import (
    NotItsOperator,
    SessionClosed,
    SessionNotActive,
)
from livechat_plugin.core.naming import Naming
from livechat_plugin.core.sessions import Session, SessionState, assign, hand_to_group
from livechat_plugin.services.assignments import Assignments
from livechat_plugin.services.deliveries import (
    ActInSessionRoom,
    InviteGroup,
    SayInRoom,
    ShowCard,
    room_lane,
    session_lane,
    to_operators_lane,
)
from livechat_plugin.services.operator_names import OperatorNames
from livechat_plugin.services.ports import Clock
from livechat_plugin.services.receivers import Receivers
from livechat_plugin.services.repositories.conversations import ConversationView
from livechat_plugin.services.roles import Roles
from livechat_plugin.services.unit_of_work import UnitOfWork
from livechat_plugin.services.waiting import watch_waiting


@dataclass(frozen=True, slots=True)
class Handovers:
    """The use cases that give a session to somebody else."""

    clock: Clock
    naming: Naming
    roles: Roles
    receivers: Receivers
    assignments: Assignments

    async def assign(
        self,
        work: UnitOfWork,
        view: ConversationView,
        session: Session,
        operator: str,
        by: str,
        *,
        anyway: bool = False,
    ) -> Session:
        """A supervisor gives a session, waiting or served, to an operator (requirement S12); both are told.

        Args:
            work: the unit of work.
            view: the session's conversation.
            session: the session as read in this unit of work.
            operator: who gets it.
            by: who gives it.
            anyway: also to somebody who is away or absent; nobody who is offline could answer.

        Raises:
            NotAvailable: the operator does not work now.
            NotASupervisor: who does it is none.
            NotOfTheLiveChat: the operator is neither operator nor supervisor of the live chat.
            OwnSession: they are its customer.
            SessionAlreadyTaken: they serve it already.
            SessionClosed: it is over.
            SessionNotReady: the hooks have not decided on it yet.
        """
        await self.roles.require_supervisor(work, view.live_chat, by)
        await self.receivers.require_employee(work, view, operator)
        await self.receivers.require_available(
            work,
            operator,
            "Write the same with the word anyway behind it to give it to them all the same.",
            anyway=anyway,
        )
        given = await self._give(work, view, session, operator, by)
        await self._audit(work, view, "session.assigned", session, by, to=operator)
        return given

    async def take_over(self, work: UnitOfWork, view: ConversationView, session: Session, by: str) -> Session:
        """A supervisor takes a session, also one that an operator serves (requirement S12).

        Raises:
            NotASupervisor: who does it is none.
            NotOnDuty: they are offline or disabled (requirement E1).
            SessionAlreadyTaken: they serve it already.
            SessionClosed: it is over.
            SessionNotReady: the hooks have not decided on it yet.
        """
        await self.roles.require_supervisor(work, view.live_chat, by)
        await self.receivers.availability.require_on_duty(work, by)
        given = await self._give(work, view, session, by, by)
        await self._audit(work, view, "session.taken_over", session, by)
        return given

    async def transfer(
        self,
        work: UnitOfWork,
        view: ConversationView,
        session: Session,
        operator: str,
        by: str,
        note: str = "",
    ) -> Session:
        """Its operator, or a supervisor, hands a session to another operator, with a note (requirement E2).

        Raises:
            NotItsOperator: it is somebody else's.
            NotAvailable: the new operator does not work now.
            NotOfTheLiveChat: the new operator is neither operator nor supervisor of the live chat.
            OwnSession: they are its customer.
            SessionAlreadyTaken: they serve it already.
            SessionClosed: it is over.
        """
        await self._require_its_operator(work, view, session, by)
        await self.receivers.require_employee(work, view, operator)
        await self.receivers.require_available(
            work, operator, "A supervisor can !assign it to them all the same."
        )
        given = await self._give(work, view, session, operator, by, note)
        await self._audit(work, view, "session.transferred", session, by, to=operator)
        return given

    async def transfer_to_group(
        self, work: UnitOfWork, view: ConversationView, session: Session, group: str, by: str, note: str = ""
    ) -> Session:
        """Its operator, or a supervisor, lets the members of a group take the session (requirement E2).

        Raises:
            NotItsOperator: it is somebody else's.
            GroupNotFound: there is no such group.
            Refused: nobody is in it who could serve the session, or too many are.
            SessionClosed: it is over.
        """
        await self._require_its_operator(work, view, session, by)
        await self.receivers.require_suitable(work, view, group)
        waiting = hand_to_group(session, group, wording.handed_to_group(by, group), self.clock.now())
        await work.sessions.save(waiting)
        words = wording.for_the_group(session.number, by, group, note)
        await self._tell_room(work, view, session, by, words, note)
        await self.assignments.clear_room(work, session, words[0])
        await OperatorNames(self.naming).follow(work, view, session, waiting)
        invite = InviteGroup(session.number, session.conversation_id, group)
        await work.outbox.add(to_operators_lane(session.conversation_id), invite)
        await work.outbox.add(session_lane(session.number), ShowCard(session.number))
        if session.state is SessionState.ACTIVE:
            await watch_waiting(work, view.live_chat, waiting)
        await self._audit(work, view, "session.transferred", session, by, to_group=group)
        return waiting

    async def _give(
        self,
        work: UnitOfWork,
        view: ConversationView,
        session: Session,
        operator: str,
        by: str,
        note: str = "",
    ) -> Session:
        """The change itself, and the news for those whom it concerns: in the session room, and where both are."""
        given = assign(session, operator, self.clock.now())
        reason = (
            wording.taken_over(session.number, by)
            if by == operator
            else wording.given_away(session.number, by, operator)
        )
        await self.assignments.give(work, view, session, given, by_somebody=operator != by)
        if note or (session.operator is not None and operator != by):
            words = wording.handed_over(session.number, by, operator, note)
            await self._tell_room(work, view, session, by, words, note)
        await self.assignments.clear_room(work, session, reason[0])
        if operator != by:
            await self._tell(work, view, operator, wording.given_to_you(session.number, by))
        if session.operator is not None and session.operator != by:
            await self._tell(work, view, session.operator, reason)
        return given

    async def _require_its_operator(
        self, work: UnitOfWork, view: ConversationView, session: Session, user_id: str
    ) -> None:
        if not session.is_open:
            raise SessionClosed(session.number)
        if session.is_served_by(user_id) or await self.roles.is_supervisor(work, view.live_chat, user_id):
            return
        if session.operator is None:
            raise SessionNotActive(session.number)
        raise NotItsOperator(session.number, session.operator, "transfer")

    async def _tell(
        self, work: UnitOfWork, view: ConversationView, user_id: str, words: tuple[str, str]
    ) -> None:
        room_id = view.live_chat.queue_room
        if room_id is not None:
            speaker = self.naming.live_chat(view.live_chat.slug)
            news = SayInRoom(room_id, speaker, *words, mention=user_id)
            await work.outbox.add(room_lane(room_id), news)

    async def _tell_room(
        self,
        work: UnitOfWork,
        view: ConversationView,
        session: Session,
        by: str,
        words: tuple[str, str],
        note: str,
    ) -> None:
        """In the session room; a note is kept as one, so that it stays with the conversation."""
        message_id = None
        if note:
            message_id = await work.messages.add(
                view.conversation.id,
                "note",
                self.clock.now(),
                session_number=session.number,
                author=by,
                content=Text(note),
            )
        say = Say(Text(*words, style="notice"))
        act = ActInSessionRoom(view.conversation.id, say, as_customer=False, message_id=message_id)
        await work.outbox.add(to_operators_lane(view.conversation.id), act)

    async def _audit(
        self,
        work: UnitOfWork,
        view: ConversationView,
        action: str,
        session: Session,
        by: str,
        **details: str,
    ) -> None:
        former = {"former": session.operator} if session.operator is not None else {}
        await self.assignments.audit(work, view, by, action, session, **former, **details)
