"""A store that is away, or whose writers are overtaken, when a test says so."""

from collections import deque
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager

from livechat_plugin.core.errors import StoreUnavailable
from livechat_plugin.services.deliveries import Delivery
from tests.fakes.store import FakeStore, FakeUnitOfWork
from tests.fakes.stored import Stored


class TroubledStore(FakeStore):
    """A `FakeStore` with failures on demand.

    Attributes:
        is_away: whether the database cannot be reached.
        commit_failures: errors of the next commits, which then keep nothing.
        read_failures: errors of the next units of work that only look.
        commits: how many units of work were kept.
    """

    def __init__(
        self, on_commit: Callable[[Sequence[Delivery]], None], on_events: Callable[[Sequence[object]], None]
    ) -> None:
        super().__init__(on_commit, on_events)
        self.is_away = False
        self.commit_failures: deque[Exception] = deque()
        self.read_failures: deque[Exception] = deque()
        self.commits = 0

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[FakeUnitOfWork]:
        self._reach()
        async with super().begin() as work:
            yield work

    @asynccontextmanager
    async def read(self) -> AsyncIterator[FakeUnitOfWork]:
        self._reach()
        if self.read_failures:
            raise self.read_failures.popleft()
        async with super().read() as work:
            yield work

    def _reach(self) -> None:
        if self.is_away:
            raise StoreUnavailable("the database is away")

    def _keep(self, stored: Stored, deliveries: Sequence[Delivery], events: Sequence[object]) -> None:
        self._reach()
        if self.commit_failures:
            raise self.commit_failures.popleft()
        self.commits += 1
        super()._keep(stored, deliveries, events)
