"""How people are called, for pages that name many of them at once."""

import asyncio
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from livechat_plugin.core.errors import LivechatError
from livechat_plugin.services.ports import Clock, Homeserver

KNOWN_FOR = timedelta(minutes=10)
UNKNOWN_FOR = timedelta(seconds=30)
"""Whose name could not be learned is asked for again after this."""

PATIENCE = 0.5
"""Seconds that a page waits for names; what is not there by then is the first part of the Matrix id."""

MOST = 5_000
"""Names in memory."""


class PeopleNames:
    """Asks the homeserver for display names, and remembers them for a while.

    Args:
        homeserver: knows them.
        clock: tells when they are to be asked for again.
    """

    def __init__(self, homeserver: Homeserver, clock: Clock) -> None:
        self._homeserver = homeserver
        self._clock = clock
        self._known: dict[str, tuple[str, datetime]] = {}

    async def of(self, user_ids: Collection[str]) -> Mapping[str, str]:
        """The name of each; never fails, and never waits for long."""
        now = self._clock.now()
        unknown = [user_id for user_id in dict.fromkeys(user_ids) if not self._knows(user_id, now)]
        if unknown:
            if len(self._known) + len(unknown) > MOST:
                self._known.clear()
            asking = [asyncio.ensure_future(self._ask(user_id, now)) for user_id in unknown]
            _, late = await asyncio.wait(asking, timeout=PATIENCE)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        return {
            user_id: self._known[user_id][0] if user_id in self._known else local_part(user_id)
            for user_id in user_ids
        }

    async def one(self, user_id: str) -> str:
        """The name of somebody."""
        return (await self.of((user_id,)))[user_id]

    def _knows(self, user_id: str, now: datetime) -> bool:
        return user_id in self._known and self._known[user_id][1] > now

    async def _ask(self, user_id: str, now: datetime) -> None:
        try:
            name = (await self._homeserver.profile(user_id)).display_name
        except LivechatError:
            self._known[user_id] = (local_part(user_id), now + UNKNOWN_FOR)
        else:
            self._known[user_id] = (" ".join((name or "").split()) or local_part(user_id), now + KNOWN_FOR)


def local_part(user_id: str) -> str:
    """What stands for somebody whose name is not known: `anna` for `@anna:example.org`."""
    return user_id.removeprefix("@").partition(":")[0] or user_id
