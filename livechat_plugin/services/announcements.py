"""Telling the hooks what has happened, after the commit and beside the work."""

import asyncio
from collections.abc import Sequence
from dataclasses import fields

from livechat_plugin.core.domain_events import (
    AccountLinked,
    MessageRegistered,
    SessionAssigned,
    SessionEnded,
    SessionOpened,
)
from livechat_plugin.hookcalls import Hooks

_CALLS: dict[type[object], str] = {
    SessionOpened: "livechat_on_session_opened",
    SessionAssigned: "livechat_on_session_assigned",
    SessionEnded: "livechat_on_session_closed",
    AccountLinked: "livechat_on_account_linked",
    MessageRegistered: "livechat_on_message_registered",
}
"""The hook for each domain event; what it is told are the fields of the event."""


class Announcements:
    """Passes domain events to the `livechat_on_…` hooks, in the order of their commits."""

    def __init__(self, hooks: Hooks) -> None:
        self._hooks = hooks
        self._events: asyncio.Queue[object] = asyncio.Queue(maxsize=10_000)

    def publish(self, events: Sequence[object]) -> None:
        """Take note of what was just committed; never waits. Beyond 10,000 untold events the newest are dropped."""
        for event in events:
            if type(event) in _CALLS and not self._events.full():
                self._events.put_nowait(event)

    async def run(self) -> None:
        """Tell the hooks, until cancelled."""
        while True:
            event = await self._events.get()
            told = {field.name: getattr(event, field.name) for field in fields(event)}  # type: ignore[arg-type]
            await self._hooks.announce(_CALLS[type(event)], **told)
