"""What is done with a session on its page: each a unit of work of its own, by the same use cases as the commands.

A page shows a session as it was. Who serves it, its name and its priority are sent along as the page shows them; if
they have changed since, nothing is done, and the person is told what it is now.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from livechat_plugin.core import wording
from livechat_plugin.core.errors import Refused, SessionClosed
from livechat_plugin.core.sessions import Priority, Session
from livechat_plugin.services.again import anew
from livechat_plugin.services.gate import Gate
from livechat_plugin.services.handovers import Handovers
from livechat_plugin.services.ports import Store
from livechat_plugin.services.session_care import SessionCare
from livechat_plugin.services.session_pages import SessionPages, SessionSight
from livechat_plugin.services.unit_of_work import UnitOfWork

NOBODY = ""
"""How a page says that nobody serves the session."""


class SessionChanged(Refused):
    """The session is not any more as the page showed it."""

    def __init__(self, number: int, how: str) -> None:
        super().__init__(wording.changed_meanwhile(number, how))


@dataclass(frozen=True, slots=True)
class SessionDesk:
    """The use cases behind the buttons of a session's page. `seen` is what the page showed; None does not look."""

    store: Store
    pages: SessionPages
    handovers: Handovers
    care: SessionCare
    gate: Gate

    async def take_over(self, by: str, number: int, seen: str | None = None) -> Session:
        """A supervisor takes a session, also a served one; as `Handovers.take_over`."""
        return await self._do(
            by,
            number,
            seen,
            lambda work, sight: self.handovers.take_over(work, sight.view, sight.session, by),
        )

    async def transfer(
        self, by: str, number: int, operator: str, note: str = "", seen: str | None = None
    ) -> Session:
        """Hand it to another operator; as `Handovers.transfer`."""
        return await self._do(
            by,
            number,
            seen,
            lambda work, sight: self.handovers.transfer(
                work, sight.view, sight.session, operator, by, note.strip()
            ),
        )

    async def transfer_to_group(
        self, by: str, number: int, group: str, note: str = "", seen: str | None = None
    ) -> Session:
        """Let the members of a group take it; as `Handovers.transfer_to_group`."""
        return await self._do(
            by,
            number,
            seen,
            lambda work, sight: self.handovers.transfer_to_group(
                work, sight.view, sight.session, group, by, note.strip()
            ),
        )

    async def close(self, by: str, number: int, seen: str | None = None) -> Session:
        """End it; as `SessionCare.close`."""
        return await self._do(
            by, number, seen, lambda work, sight: self.care.close(work, sight.view, sight.session, by)
        )

    async def rename(self, by: str, number: int, name: str, seen: str | None = None) -> Session:
        """Give it a name, if it is still called as `seen`; as `SessionCare.rename`."""

        async def rename(work: UnitOfWork, sight: SessionSight) -> Session:
            if seen is not None and (sight.session.name or "") != seen:
                raise SessionChanged(number, f"It is called {sight.name} now.")
            return await self.care.rename(work, sight.view, sight.session, name, by)

        return await self._do(by, number, None, rename)

    async def prioritize(self, by: str, number: int, priority: Priority, seen: str | None = None) -> Session:
        """Say how urgent it is, if its priority is still `seen`; as `SessionCare.prioritize`."""

        async def prioritize(work: UnitOfWork, sight: SessionSight) -> Session:
            if seen is not None and sight.session.priority.value != seen:
                raise SessionChanged(number, f"Its priority is {sight.session.priority.value} now.")
            return await self.care.prioritize(work, sight.view, sight.session, priority, by)

        return await self._do(by, number, None, prioritize)

    def require_on(self) -> None:
        """Go on only while the plugin is switched on.

        Raises:
            Refused: it is off, so nothing is asked of it here, as in the rooms.
        """
        if not self.gate.is_on:
            raise Refused(wording.SWITCHED_OFF_HERE)

    @anew
    async def _do(
        self,
        by: str,
        number: int,
        seen: str | None,
        act: Callable[[UnitOfWork, SessionSight], Awaitable[Session]],
    ) -> Session:
        self.require_on()
        async with self.store.begin() as work:
            sight = await self.pages.look(work, by, number)
            _require_seen(sight.session, seen)
            changed = await act(work, sight)
            await work.commit()
            return changed


def _require_seen(session: Session, seen: str | None) -> None:
    """Whether the same person serves it as when the page was made."""
    if not session.is_open:
        raise SessionClosed(session.number)
    if seen is not None and (session.operator or NOBODY) != seen:
        now = f"It is served by {session.operator} now." if session.operator else "Nobody serves it now."
        raise SessionChanged(session.number, now)
