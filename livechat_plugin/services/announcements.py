"""Telling the hooks what has happened, after the commit and beside the work."""

import asyncio
from collections.abc import Sequence

from livechat_plugin.core.domain_events import SessionAssigned, SessionEnded, SessionEvent, SessionOpened
from livechat_plugin.hookcalls import Hooks

_CALLS: dict[type[SessionEvent], str] = {
    SessionOpened: "livechat_on_session_opened",
    SessionAssigned: "livechat_on_session_assigned",
    SessionEnded: "livechat_on_session_closed",
}


class Announcements:
    """Passes domain events to the `livechat_on_…` hooks, in the order of their commits."""

    def __init__(self, hooks: Hooks) -> None:
        self._hooks = hooks
        self._events: asyncio.Queue[SessionEvent] = asyncio.Queue(maxsize=10_000)

    def publish(self, events: Sequence[object]) -> None:
        """Take note of what was just committed; never waits. Beyond 10,000 untold events the newest are dropped."""
        for event in events:
            if isinstance(event, SessionEvent) and not self._events.full():
                self._events.put_nowait(event)

    async def run(self) -> None:
        """Tell the hooks, until cancelled."""
        while True:
            event = await self._events.get()
            await self._hooks.announce(
                _CALLS[type(event)],
                session=event.session,
                live_chat=event.live_chat,
                customer=event.customer,
            )
