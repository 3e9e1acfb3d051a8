from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from livechat_plugin.core.errors import ConcurrentChange
from livechat_plugin.core.sessions import Session, SessionState
from tests.fakes.stored import Repository, in_utc, must_exist, visible


class FakeSessions(Repository):
    async def open(self, conversation_id: int, subject: str, at: datetime) -> Session:
        must_exist(self._all.conversations, conversation_id)
        if self._all.open_session(conversation_id) is not None:
            raise ConcurrentChange("there is an open session already")
        number = self._all.next_id("sessions")
        session = Session(number, conversation_id, SessionState.OPENING, visible(subject), in_utc(at))
        self._all.sessions[number] = session
        return session

    async def get(self, number: int) -> Session | None:
        return self._all.sessions.get(number)

    async def by_card(self, event_id: str) -> Session | None:
        return next((session for session in self._all.sessions.values() if session.card == event_id), None)

    async def without_card(self, live_chat_id: int, among: int, limit: int) -> Sequence[int]:
        found = await self.open_in(live_chat_id, len(self._all.sessions))
        waiting = [session for session in found if session.state is SessionState.WAITING]
        return [session.number for session in waiting[-among:] if session.card is None][:limit]

    async def save(self, session: Session) -> None:
        known = self._all.sessions.get(session.number)
        if known is None or known.version != session.version - 1:
            raise ConcurrentChange(f"Session #{session.number} was changed by somebody else.")
        self._all.sessions[session.number] = replace(
            session,
            subject=visible(session.subject),
            outcome=visible(session.outcome) if session.outcome is not None else None,
            conversation_id=known.conversation_id,
            opened_at=known.opened_at,
            card=known.card,
            answered_after=known.answered_after,
        )

    async def set_card(self, number: int, event_id: str) -> None:
        session = self._all.sessions.get(number)
        if session is not None:
            self._all.sessions[number] = replace(session, card=event_id)

    async def answered(self, session: Session, at: datetime) -> None:
        known = self._all.sessions.get(session.number)
        if known is not None and known.answered_after is None:
            seconds = max(0, round((at - known.opened_at).total_seconds()))
            self._all.sessions[session.number] = replace(known, answered_after=seconds)

    async def served_by(self, operator: str) -> Sequence[Session]:
        theirs = [session for session in self._all.sessions.values() if session.is_served_by(operator)]
        return sorted(theirs, key=lambda session: session.conversation_id)

    async def latest(self, conversation_id: int, limit: int) -> Sequence[Session]:
        own = [s for s in self._all.sessions.values() if s.conversation_id == conversation_id]
        return sorted(own, key=lambda session: session.number, reverse=True)[:limit]

    async def following(self, session: Session) -> int | None:
        own = await self.latest(session.conversation_id, len(self._all.sessions))
        return min((other.number for other in own if other.number > session.number), default=None)

    async def open_in(self, live_chat_id: int, limit: int) -> Sequence[Session]:
        found = [
            session
            for _, session in sorted(self._all.sessions.items())
            if session.is_open
            and self._all.conversations[session.conversation_id].live_chat_id == live_chat_id
        ]
        return found[:limit]
