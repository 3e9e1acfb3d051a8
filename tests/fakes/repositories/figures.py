from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime
from operator import itemgetter

from livechat_plugin.core.figures import NOTHING, WITHIN, Figures
from livechat_plugin.core.sessions import Session, SessionState
from livechat_plugin.services.repositories.figures import OpenNow
from tests.fakes.stored import Repository


class FakeFigures(Repository):
    async def hours(self, live_chats: Collection[int], since: datetime) -> Sequence[tuple[datetime, Figures]]:
        sums: dict[datetime, Figures] = defaultdict(lambda: NOTHING)
        for session in self._since(live_chats, since):
            sums[session.opened_at.replace(minute=0, second=0, microsecond=0)] += _figures(session)
        return sorted(sums.items(), key=itemgetter(0))

    async def operators(self, live_chats: Collection[int], since: datetime) -> Sequence[tuple[str, Figures]]:
        sums: dict[str, Figures] = defaultdict(lambda: NOTHING)
        for session in self._since(live_chats, since):
            if session.operator is not None:
                sums[session.operator] += _figures(session)
        return sorted(sums.items(), key=itemgetter(0))

    async def open_now(self, live_chats: Collection[int]) -> OpenNow:
        waiting = [s for s in self._of(live_chats) if s.state is SessionState.WAITING]
        active = [s for s in self._of(live_chats) if s.state is SessionState.ACTIVE]
        since = [session.waiting_since for session in waiting if session.waiting_since is not None]
        return OpenNow(len(waiting), len(active), min(since, default=None))

    def _since(self, live_chats: Collection[int], since: datetime) -> list[Session]:
        return [session for session in self._of(live_chats) if session.opened_at >= since]

    def _of(self, live_chats: Collection[int]) -> list[Session]:
        return [
            session
            for session in self._all.sessions.values()
            if self._all.conversations[session.conversation_id].live_chat_id in live_chats
        ]


def _figures(session: Session) -> Figures:
    after = session.answered_after
    lasted = None
    if session.closed_at is not None:
        lasted = max(0, round((session.closed_at - session.opened_at).total_seconds()))
    first, second, third = (int(after is not None and after <= time.total_seconds()) for time in WITHIN)
    return Figures(
        1, int(after is not None), after or 0, (first, second, third), int(lasted is not None), lasted or 0
    )
