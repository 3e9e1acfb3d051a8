"""Finding what the homeserver never pushed though nothing was to be seen of it.

A homeserver whose database fails may drop a transaction without a word to us. So about once a minute each live chat's
ghost is asked what happened since the last look. What is unknown at that moment may still be on its way. What is
unknown two minutes later was lost, and is taken in then. Each event is asked for once; what is kept of a look is the
ids of what was unknown, most often none.
"""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

import structlog

from livechat_plugin.core.naming import Naming
from livechat_plugin.services.deliveries import GROUPS_LANE, CatchUpGroups
from livechat_plugin.services.inbox import Inbox
from livechat_plugin.services.ports import Changes, Homeserver, Store

log = structlog.get_logger()

LOOK_EVERY = timedelta(seconds=50)
"""How often is looked, at most; the connection is renewed at such moments."""

GRACE = timedelta(seconds=120)
"""How long an event may be on its way.

Synapse keeps in memory what happens during one attempt to push, and gives an attempt up after 60 seconds.
"""


@dataclass(frozen=True, slots=True)
class _Look:
    """One look: when it was, from which mark up to which, and which events were unknown, by ghost."""

    at: timedelta
    since: str
    mark: str
    unknown: Mapping[str, frozenset[str]]


class Unpushed:
    """Looks what has happened, and sees to it that all of it comes in."""

    def __init__(self, store: Store, homeserver: Homeserver, inbox: Inbox, naming: Naming) -> None:
        self._store = store
        self._homeserver = homeserver
        self._inbox = inbox
        self._naming = naming
        self._looks: deque[_Look] = deque()
        self._since = ""
        self._looked_at = timedelta()

    def begin(self, mark: str, now: timedelta) -> None:
        """Everything before this mark is known."""
        self._looks.clear()
        self._since, self._looked_at = mark, now

    async def look(self, mark: str, now: timedelta) -> None:
        """Look what has happened up to this mark, if it is time to."""
        if now - self._looked_at < LOOK_EVERY:
            return
        unknown: dict[str, frozenset[str]] = {}
        if mark != self._since:
            for ghost in await ghosts_of_live_chats(self._store, self._naming):
                ids = _ids_of(await self._homeserver.changes(ghost, self._since))
                if strange := await self._unseen(ids):
                    unknown[ghost] = strange
        self._looks.append(_Look(now, self._since, mark, unknown))
        self._since, self._looked_at = mark, now

    async def take_in(self, now: timedelta) -> str | None:
        """Take in what was lost; returns the mark up to which all is known, if it is a newer one."""
        mark: str | None = None
        while self._looks and now - self._looks[0].at >= GRACE:
            look = self._looks[0]
            lost = [await self._take_in(look, ghost, ids) for ghost, ids in look.unknown.items()]
            if any(lost):
                await catch_up_groups(self._store, look.since)
            mark = self._looks.popleft().mark
        return mark

    async def _take_in(self, look: _Look, ghost: str, ids: frozenset[str]) -> bool:
        still = await self._unseen(ids)
        if not still:
            return False
        changes = await self._homeserver.changes(ghost, look.since)
        lost = [event for event in (*changes.invitations, *changes.events) if event.event_id in still]
        if lost:
            log.warning("what the homeserver never pushed is taken in", ghost=ghost, events=len(lost))
            await self._inbox.receive(lost)
        return bool(lost)

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
