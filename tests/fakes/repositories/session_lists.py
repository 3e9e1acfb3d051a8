from collections.abc import Collection, Mapping, Sequence

from livechat_plugin.core.sessions import Session, SessionState
from livechat_plugin.services.repositories.session_lists import (
    LOOKED_THROUGH,
    Found,
    LastSaid,
    ListedSession,
    PastSession,
    SessionFilter,
)
from tests.fakes.stored import Repository


class FakeSessionLists(Repository):
    async def listed(
        self, wanted: SessionFilter, limit: int, *, beyond: int | None = None, oldest_first: bool = False
    ) -> Found:
        candidates = [
            session
            for number, session in sorted(self._all.sessions.items(), reverse=True)
            if self._live_chat_of(session) == wanted.live_chat_id
            and (wanted.operator is None or session.operator == wanted.operator)
        ]
        is_cut = wanted.is_search and len(candidates) >= LOOKED_THROUGH
        if is_cut:
            candidates = candidates[:LOOKED_THROUGH]
        found = [session for session in candidates if self._is_wanted(session, wanted)]
        if oldest_first:
            found.reverse()
        if beyond is not None:
            found = [s for s in found if (s.number > beyond if oldest_first else s.number < beyond)]
        return Found([self._listed(session) for session in found[:limit]], is_cut and len(found) < limit)

    async def of_conversations(
        self, conversations: Sequence[int], limit: int, *, before: int | None = None
    ) -> Sequence[ListedSession]:
        found = [
            session
            for number, session in sorted(self._all.sessions.items(), reverse=True)
            if session.conversation_id in conversations and (before is None or number < before)
        ]
        return [self._listed(session) for session in found[:limit]]

    async def history(
        self, conversation_id: int, limit: int, *, before: int | None = None
    ) -> Sequence[PastSession]:
        found = [
            session
            for number, session in sorted(self._all.sessions.items(), reverse=True)
            if session.conversation_id == conversation_id
            and not session.is_open
            and (before is None or number < before)
        ]
        return [PastSession(session, self._messages(session)) for session in found[:limit]]

    async def last_said(self, sessions: Collection[int]) -> Mapping[int, LastSaid]:
        said: dict[int, LastSaid] = {}
        for _, message in sorted(self._all.messages.items()):
            number, content = message.session_number, message.content
            if (
                number in sessions
                and number is not None
                and content is not None
                and message.direction in {"in", "out"}
                and message.part_of is None
            ):
                said[number] = LastSaid(message.direction, message.author, message.at, content)
        return said

    async def count(self, live_chats: Collection[int], states: frozenset[SessionState], most: int) -> int:
        found = [
            session
            for session in self._all.sessions.values()
            if session.state in states and self._live_chat_of(session) in live_chats
        ]
        return min(len(found), most)

    async def served_by(self, operator: str, limit: int) -> Sequence[int]:
        found = [s.number for s in self._all.sessions.values() if s.is_served_by(operator)]
        return sorted(found)[:limit]

    def _live_chat_of(self, session: Session) -> int:
        return self._all.conversations[session.conversation_id].live_chat_id

    def _listed(self, session: Session) -> ListedSession:
        conversation = self._all.conversation(session.conversation_id)
        room = conversation.session_room
        return ListedSession(
            session, self._all.accounts[conversation.account_id], room.room_id if room else None
        )

    def _is_wanted(self, session: Session, wanted: SessionFilter) -> bool:
        account = self._listed(session).account
        return (
            session.state in wanted.states
            and (wanted.priority is None or session.priority is wanted.priority)
            and (wanted.since is None or session.opened_at >= wanted.since)
            and (
                wanted.customer is None
                or _is_customer(wanted.customer, account.external_id, account.display_name)
            )
            and (wanted.network is None or wanted.network == account.network)
            and (
                wanted.anywhere is None
                or wanted.anywhere == account.external_id
                or _holds(f"{session.subject}\n{session.name or ''}\n{account.display_name}", wanted.anywhere)
            )
            and (wanted.text is None or _holds(f"{session.subject}\n{session.name or ''}", wanted.text))
        )

    def _messages(self, session: Session) -> int:
        return sum(
            message.session_number == session.number
            and message.direction in {"in", "out"}
            and message.content is not None
            and message.part_of is None
            for message in self._all.messages.values()
        )


def _is_customer(wanted: str, external_id: str, name: str) -> bool:
    return wanted == external_id or (not wanted.startswith("@") and _holds(name, wanted))


def _holds(text: str, part: str) -> bool:
    return part.lower() in text.lower()
