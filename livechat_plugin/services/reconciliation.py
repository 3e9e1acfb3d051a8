"""Making up for what the homeserver did not push.

Its queue for application services is partly in memory, so events can be lost when it is killed. A long-lived
connection tells at once when that happens; before anything newer is taken in, all that happened since a stored
mark is fetched. Events that had arrived are recognized by their ids. What is lost unseen, `unpushed` finds.
"""

import asyncio
from datetime import timedelta

import structlog

from livechat_plugin.core.errors import ConcurrentChange, HomeserverUnavailable, StoreUnavailable
from livechat_plugin.core.naming import Naming
from livechat_plugin.services.dialogs.asking import OPEN_FOR
from livechat_plugin.services.inbox import Inbox, Turn
from livechat_plugin.services.ports import Clock, Homeserver, Meter, Store
from livechat_plugin.services.repositories import item_requests
from livechat_plugin.services.unpushed import Unpushed, catch_up_groups, ghosts_of_live_chats

log = structlog.get_logger()

MARK = "homeserver_mark"
"""Note under which the mark is stored: everything before it has come in."""

HOLD = 25.0
"""Seconds that the connection is held open before it is renewed."""

PATIENCE = 14
"""Attempts on a homeserver that answers with errors, about twenty seconds, before newer events are let in all the same.

As long as its database needs to be started again."""

SEEN_FOR = timedelta(days=30)
"""How long the ids of events are remembered; the homeserver repeats them within minutes."""

SEEN_AT_LEAST = 20_000
"""How many of the last ids are remembered however old they seem: somebody may have set the clock ahead by a year."""

KEPT_FOR = timedelta(days=30)
"""How long there is time to look at failed deliveries and rejected events; the former hold what people wrote."""

FORGET_EVERY = timedelta(hours=6)


class Reconciliation:
    """Watches the homeserver and fetches what it may have failed to push; one replica does it for all.

    Attributes:
        has_caught_up: whether what was missed before this run has been fetched, and newer events may be let in.
        goes_first: whether newer events wait by themselves for what was missed, or need not wait any more.
    """

    def __init__(
        self, store: Store, homeserver: Homeserver, inbox: Inbox, naming: Naming, clock: Clock, meter: Meter
    ) -> None:
        self._store = store
        self._homeserver = homeserver
        self._inbox = inbox
        self._naming = naming
        self._clock = clock
        self._meter = meter
        self._unpushed = Unpushed(store, homeserver, naming)
        self._forgot_at: timedelta | None = None
        self.has_caught_up = self.goes_first = False

    async def run(self) -> None:
        """Fetch what was missed, then watch; again whenever the homeserver went away, or pushes nothing.

        Runs until cancelled.
        """
        try:
            await self._run()
        finally:
            self.has_caught_up = self.goes_first = False

    async def _run(self) -> None:
        while True:
            mark = await self._catch_up()
            self.has_caught_up = True
            try:
                await self._watch(mark)
            except HomeserverUnavailable as error:
                log.warning("the homeserver went away", reason=str(error))
            except Exception as error:  # noqa: BLE001 - whatever it was, somebody must go on watching
                log.warning("watching the homeserver failed", reason=f"{type(error).__name__}: {error}")
                await asyncio.sleep(1)

    async def _catch_up(self) -> str:
        """Fetch everything since the stored mark, while newer events wait; returns a fresh mark."""
        pause, answers = 0.1, 0
        while True:
            try:
                async with self._inbox.before_all_others() as turn:
                    self.goes_first = True
                    self._inbox.begin()
                    while True:
                        try:
                            return await self._fetch(turn)
                        except HomeserverUnavailable as error:
                            answers += error.is_reachable
                            if answers >= PATIENCE:
                                raise
                        except (StoreUnavailable, ConcurrentChange) as error:
                            # Newer events cannot be taken in either; when they can, they come later than these.
                            log.warning("what was missed waits for the database", reason=str(error))
                        await asyncio.sleep(pause)
                        pause = min(pause * 1.5, 3.0)
            except (StoreUnavailable, ConcurrentChange) as error:
                log.warning("what was missed waits for its turn", reason=str(error))
                await asyncio.sleep(pause)
            except Exception as error:  # noqa: BLE001 - as above
                reason = f"{type(error).__name__}: {error}"
                log.error("what was missed cannot be fetched; going on without it", reason=reason)
                self.has_caught_up = True  # as far as it can be
                await asyncio.sleep(3)

    async def _fetch(self, turn: Turn) -> str:
        async with self._store.read() as work:
            since = await work.inbox.note(MARK)
        await self._homeserver.ensure_ghost(self._naming.watcher)
        now = await self._homeserver.mark(self._naming.watcher)
        self._unpushed.begin(now, self._clock.elapsed())
        if since is None:
            await self._keep(now)
            return now
        for ghost in await ghosts_of_live_chats(self._store, self._naming):
            changes = await self._homeserver.changes(ghost, since)
            await turn.receive(list(changes.invitations))
            await turn.receive(list(changes.events))
        await catch_up_groups(self._store, since)
        # All of it is kept now. A process that is restarted again and again must not fetch more each time.
        await self._keep(now)
        self._meter.count("reconciliations")
        return now

    async def _watch(self, mark: str) -> None:
        """Hold a connection open, and let the stored mark follow at a distance, until something is missing."""
        while True:
            began = self._clock.elapsed()
            seconds = min(max(self._unpushed.due_in(began), 1.0), HOLD)
            mark = await self._homeserver.wait(self._naming.watcher, mark, seconds)
            now = self._clock.elapsed()
            if await self._unpushed.is_missing_something(mark, now):
                log.warning("the homeserver does not push what happened; it is fetched")
                return
            if await self._inbox.is_quiet() and (known := self._unpushed.known(now)) is not None:
                await self._keep(known)
            await self._forget(now)
            if now - began < timedelta(seconds=1):
                await asyncio.sleep(1)

    async def _keep(self, mark: str) -> None:
        async with self._store.begin() as work:
            await work.inbox.keep_note(MARK, mark)
            await work.commit()

    async def _forget(self, elapsed: timedelta) -> None:
        if self._forgot_at is None or elapsed - self._forgot_at >= FORGET_EVERY:
            now = self._clock.now()
            async with self._store.begin() as work:
                await work.inbox.forget_seen(now - SEEN_FOR, SEEN_AT_LEAST)
                await work.inbox.forget_rejected(now - KEPT_FOR)
                await work.outbox.forget_failed(now - KEPT_FOR)
                await work.dialogs.forget(now - OPEN_FOR)
                await work.item_requests.forget(now - item_requests.KEPT_FOR)
                await work.commit()
            self._forgot_at = elapsed
