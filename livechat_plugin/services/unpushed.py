"""Noticing that the homeserver does not push what has happened, though nothing else is to be seen of it.

Two things are known to do that. A homeserver whose database fails may drop a transaction without a word to us. And a
Synapse that could not reach us for a while tries again in growing pauses, of eight minutes and a half at last; we may
have been back for long by then. So each live chat's ghost is asked what has happened since the last look: every few
seconds until something has been pushed, then less and less often. What is unknown then may be on its way; what still is
a little later shows that everything must be fetched. Each event is asked for once; what is kept of a look is the ids of
what was unknown, most often none.
"""

from collections import deque
from dataclasses import dataclass, replace
from datetime import timedelta

from livechat_plugin.core.naming import Naming
from livechat_plugin.services.deliveries import GROUPS_LANE, CatchUpGroups
from livechat_plugin.services.ports import Changes, Homeserver, Store

FIRST_LOOK = timedelta(seconds=2)
"""How soon after everything was fetched the first look is; each pause is twice the one before."""

UNSURE_EVERY = timedelta(seconds=8)
"""The longest pause while nothing shows that the homeserver pushes."""

LOOK_EVERY = timedelta(seconds=50)
"""The longest pause after that."""

GRACE = timedelta(seconds=10)
"""How long an event may be on its way; pushing takes milliseconds, and longer where there is much to push."""

MARK_AGE = timedelta(seconds=120)
"""How old a mark must be before it counts: some of what is pushed is seen by no live chat's ghost.

Synapse keeps in memory what happens during one attempt to push, and gives an attempt up after 60 seconds.
"""


@dataclass(frozen=True, slots=True)
class _Look:
    """One look: when it was, up to which mark, and which events were unknown."""

    at: timedelta
    mark: str
    unknown: frozenset[str]


class Unpushed:
    """Compares what has happened with what has come in. Times are those of `Clock.elapsed`."""

    def __init__(self, store: Store, homeserver: Homeserver, naming: Naming) -> None:
        self._store = store
        self._homeserver = homeserver
        self._naming = naming
        self._looks: deque[_Look] = deque()
        self._pause = FIRST_LOOK
        self._is_pushed = False
        self._since = ""
        self._looked_at = timedelta()

    def begin(self, mark: str, now: timedelta) -> None:
        """Everything before this mark is known."""
        self._looks.clear()
        self._pause, self._is_pushed = FIRST_LOOK, False
        self._since, self._looked_at = mark, now

    def due_in(self, now: timedelta) -> float:
        """Seconds until there is something to look at."""
        due = [self._looked_at + self._pause, *(look.at + GRACE for look in self._looks if look.unknown)]
        return max((min(due) - now).total_seconds(), 0.0)

    async def is_missing_something(self, mark: str, now: timedelta) -> bool:
        """Whether something that happened before this mark did not come in, and must be fetched.

        Raises:
            HomeserverUnavailable: it cannot be asked.
        """
        if now - self._looked_at >= self._pause:
            await self._look(mark, now)
        for number, look in enumerate(self._looks):
            if look.unknown and now - look.at >= GRACE:
                if await self._unseen(look.unknown):
                    return True
                self._looks[number] = replace(look, unknown=frozenset())
                self._is_pushed = True
        return False

    def known(self, now: timedelta) -> str | None:
        """The newest mark that is old enough, with everything before it known, if it is newer than the last one."""
        mark: str | None = None
        while self._looks and not self._looks[0].unknown and now - self._looks[0].at >= MARK_AGE:
            mark = self._looks.popleft().mark
        return mark

    async def _look(self, mark: str, now: timedelta) -> None:
        happened: frozenset[str] = frozenset()
        if mark != self._since:
            for ghost in await ghosts_of_live_chats(self._store, self._naming):
                happened |= _ids_of(await self._homeserver.changes(ghost, self._since))
        unknown = await self._unseen(happened)
        self._looks.append(_Look(now, mark, unknown))
        self._is_pushed = self._is_pushed or unknown < happened
        self._pause = min(self._pause * 2, LOOK_EVERY if self._is_pushed else UNSURE_EVERY)
        self._since, self._looked_at = mark, now

    async def _unseen(self, ids: frozenset[str]) -> frozenset[str]:
        if not ids:
            return ids
        async with self._store.read() as work:
            return await work.inbox.unseen(ids)


async def ghosts_of_live_chats(store: Store, naming: Naming) -> list[str]:
    """Who is to be asked what has happened.

    Not the bot: Synapse lets the registration's own user sync nothing, and who misses the answer to a command writes
    it again.
    """
    async with store.read() as work:
        return [naming.live_chat(chat.slug) for chat in await work.live_chats.all() if chat.space]


async def catch_up_groups(store: Store, since: str) -> None:
    """Owed, because it holds up nothing: the rooms that groups follow are read in their own time."""
    async with store.begin() as work:
        if await work.groups.followed():
            await work.outbox.add(GROUPS_LANE, CatchUpGroups(since))
            await work.commit()


def _ids_of(changes: Changes) -> frozenset[str]:
    every = (*changes.invitations, *changes.events)
    return frozenset(event.event_id for event in every if event.event_id is not None)
