"""What those who serve a session decide about it: its name, its priority, its end (requirements E3, E6)."""

from dataclasses import dataclass

from livechat_plugin.core.errors import NotItsOperator, SessionClosed
from livechat_plugin.core.session_names import check_session_name
from livechat_plugin.core.sessions import Priority, Session, SessionState, prioritize, rename
from livechat_plugin.services.assignments import Assignments
from livechat_plugin.services.deliveries import PrepareSessionRoom, ShowCard, session_lane, to_operators_lane
from livechat_plugin.services.repositories.conversations import ConversationView
from livechat_plugin.services.roles import Roles
from livechat_plugin.services.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class SessionCare:
    """The use cases of those who tend a session.

    That is its operator, every supervisor, and while nobody serves it, everybody who could take it. Only the end
    of one that waits is left to supervisors.
    """

    roles: Roles
    assignments: Assignments

    async def rename(
        self, work: UnitOfWork, view: ConversationView, session: Session, name: str, by: str
    ) -> Session:
        """Give a session a name, which its room and its card show; an empty one brings back the template's.

        Raises:
            NotItsOperator: it is somebody else's.
            InvalidSessionName: the name is too long.
            SessionClosed: it is over.
        """
        await self._require_tender(work, view, session, by, "rename")
        renamed = rename(session, check_session_name(name))
        if renamed.name == session.name:
            return session
        await work.sessions.save(renamed)
        lane = to_operators_lane(session.conversation_id)
        await work.outbox.add(lane, PrepareSessionRoom(session.number, session.conversation_id))
        await work.outbox.add(session_lane(session.number), ShowCard(session.number))
        await self.assignments.audit(
            work, view, by, "session.renamed", session, has_name=renamed.name is not None
        )
        return renamed

    async def prioritize(
        self, work: UnitOfWork, view: ConversationView, session: Session, priority: Priority, by: str
    ) -> Session:
        """Say how urgent a session is, which its card shows.

        Raises:
            NotItsOperator: it is somebody else's.
            SessionClosed: it is over.
        """
        await self._require_tender(work, view, session, by, "prioritize")
        if session.priority is priority:
            return session
        changed = prioritize(session, priority)
        await work.sessions.save(changed)
        await work.outbox.add(session_lane(session.number), ShowCard(session.number))
        await self.assignments.audit(
            work, view, by, "session.prioritized", session, before=session.priority, after=priority
        )
        return changed

    async def close(self, work: UnitOfWork, view: ConversationView, session: Session, by: str) -> Session:
        """End a session (requirement E3).

        Raises:
            NotItsOperator: it is somebody else's, or nobody's and they are no supervisor.
            SessionClosed: it is over already.
        """
        if not session.is_served_by(by) and not await self.roles.is_supervisor(work, view.live_chat, by):
            raise NotItsOperator(session.number, session.operator, "close")
        return await self.assignments.close(work, view, session, by=by)

    async def _require_tender(
        self, work: UnitOfWork, view: ConversationView, session: Session, user_id: str, what: str
    ) -> None:
        if not session.is_open:
            raise SessionClosed(session.number)
        if session.is_served_by(user_id):
            return
        groups = await work.groups.of(user_id)
        if view.live_chat.supervisors in groups:
            return
        is_free = session.state is not SessionState.ACTIVE
        if not (is_free and {view.live_chat.operators, session.offered_to} & groups):
            raise NotItsOperator(session.number, session.operator, what)
