"""A store in memory that behaves like the real one; `tests/contract` holds both to the same promises."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager

from livechat_plugin.services.deliveries import Delivery
from tests.fakes.repositories.apps import FakeApps
from tests.fakes.repositories.audit import FakeAudit
from tests.fakes.repositories.conversations import FakeConversations
from tests.fakes.repositories.customer_spaces import FakeCustomerSpaces
from tests.fakes.repositories.dialogs import FakeDialogs
from tests.fakes.repositories.employees import FakeEmployees
from tests.fakes.repositories.erasure import FakeErasure
from tests.fakes.repositories.figures import FakeFigures
from tests.fakes.repositories.groups import FakeGroups
from tests.fakes.repositories.inbox import FakeInbox
from tests.fakes.repositories.item_requests import FakeItemRequests
from tests.fakes.repositories.items import FakeItems
from tests.fakes.repositories.links import FakeLinks
from tests.fakes.repositories.live_chats import FakeLiveChats
from tests.fakes.repositories.messages import FakeMessages
from tests.fakes.repositories.operator_ghosts import FakeOperatorGhosts
from tests.fakes.repositories.outbox import FakeOutbox
from tests.fakes.repositories.postponed import FakePostponed
from tests.fakes.repositories.reading import FakeReading
from tests.fakes.repositories.registrations import FakeRegistrations
from tests.fakes.repositories.retention import FakeRetention
from tests.fakes.repositories.room_members import FakeRoomMembers
from tests.fakes.repositories.rooms import FakeRooms
from tests.fakes.repositories.session_lists import FakeSessionLists
from tests.fakes.repositories.session_rooms import FakeSessionRooms
from tests.fakes.repositories.sessions import FakeSessions
from tests.fakes.repositories.sign_in_links import FakeSignInLinks
from tests.fakes.stored import Stored, Unit


def _nobody(_announced: Sequence[object]) -> None:
    """Listens to no announcement."""


class FakeStore:
    """Units of work on dictionaries: writers one after another, readers on what is committed.

    Attributes:
        stored: what is committed, for assertions.
    """

    def __init__(
        self,
        on_commit: Callable[[Sequence[Delivery]], None] = _nobody,
        on_events: Callable[[Sequence[object]], None] = _nobody,
    ) -> None:
        self.stored = Stored()
        self._on_commit = on_commit
        self._on_events = on_events
        self._writer = asyncio.Lock()

    @asynccontextmanager
    async def begin(self) -> AsyncIterator["FakeUnitOfWork"]:
        async with self._writer:
            yield FakeUnitOfWork(self.stored.copy(), self._keep)

    @asynccontextmanager
    async def read(self) -> AsyncIterator["FakeUnitOfWork"]:
        yield FakeUnitOfWork(self.stored.copy(), None)

    @asynccontextmanager
    async def before_all_inboxes(self) -> AsyncIterator[None]:
        yield

    async def is_inbox_quiet(self) -> bool:
        return True

    def _keep(self, stored: Stored, deliveries: Sequence[Delivery], events: Sequence[object]) -> None:
        self.stored = stored
        if deliveries:
            self._on_commit(deliveries)
        if events:
            self._on_events(events)


Keep = Callable[[Stored, Sequence[Delivery], Sequence[object]], None]


class FakeUnitOfWork:
    """Repositories on a copy, which takes the place of the original with the commit."""

    def __init__(self, stored: Stored, keep: Keep | None) -> None:
        unit = Unit(stored)
        self._unit = unit
        self._keep = keep
        self._events: list[object] = []
        self.conversations = FakeConversations(unit)
        self.session_rooms = FakeSessionRooms(unit)
        self.sessions = FakeSessions(unit)
        self.session_lists = FakeSessionLists(unit)
        self.figures = FakeFigures(unit)
        self.messages = FakeMessages(unit)
        self.reading = FakeReading(unit)
        self.outbox = FakeOutbox(unit)
        self.rooms = FakeRooms(unit)
        self.live_chats = FakeLiveChats(unit)
        self.groups = FakeGroups(unit)
        self.customer_spaces = FakeCustomerSpaces(unit)
        self.room_members = FakeRoomMembers(unit)
        self.employees = FakeEmployees(unit)
        self.links = FakeLinks(unit)
        self.registrations = FakeRegistrations(unit)
        self.inbox = FakeInbox(unit)
        self.apps = FakeApps(unit)
        self.items = FakeItems(unit)
        self.item_requests = FakeItemRequests(unit)
        self.operator_ghosts = FakeOperatorGhosts(unit)
        self.audit = FakeAudit(unit)
        self.dialogs = FakeDialogs(unit)
        self.erasure = FakeErasure(unit)
        self.retention = FakeRetention(unit)
        self.postponed = FakePostponed(unit)
        self.sign_in_links = FakeSignInLinks(unit)

    def after_commit(self, event: object) -> None:
        self._events.append(event)

    async def commit(self) -> None:
        if self._keep is None:
            raise RuntimeError("this unit of work is for looking only")
        stored = self._unit.stored
        self._unit.is_over = True
        self._keep(stored, self.outbox.added, self._events)
        await asyncio.sleep(0)  # Others get their turn, as with a real database.
