"""A replica's lease: what it has, until when, and what it does when it was stopped for long."""

import asyncio

import pytest

from livechat_plugin.core.errors import StoreUnavailable
from livechat_plugin.services import leases as module
from livechat_plugin.services.deliveries import SLOTS
from livechat_plugin.services.leases import LEASE, MARGIN, Leases
from livechat_plugin.services.replicas import Census


class Clock:
    """Stands still until a test lets it go on."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class Register:
    """Answers what a test wants, and takes a while for it."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.census = Census(is_some_free=True)
        self.takes = 0.0
        self.given_back: list[frozenset[int]] = []
        self.is_away = False
        self.is_closed = False
        self.free = set(range(SLOTS))

    async def enter(self) -> bool:
        return True

    async def renew(self, *, is_on: bool, has_caught_up: bool, wants_lead: bool) -> Census:
        if self.is_away:
            raise StoreUnavailable("away")
        self.clock.now += self.takes
        return self.census

    async def claim(self, at_most: int) -> frozenset[int]:
        taken = frozenset(sorted(self.free)[:at_most])
        self.free -= taken
        return taken

    async def give_back(self, slots: frozenset[int]) -> None:
        self.given_back.append(slots)

    async def broken(self) -> None:
        await asyncio.Event().wait()

    async def close(self) -> None:
        self.is_closed = True


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def register(clock: Clock) -> Register:
    return Register(clock)


@pytest.fixture
async def leases(register: Register, clock: Clock) -> Leases:
    leases = Leases(register, ticks=clock)
    assert await leases.take()
    return leases


async def is_sure(leases: Leases) -> bool:
    try:
        await asyncio.wait_for(leases.sure(), 0.01)
    except TimeoutError:
        return False
    return True


async def test_a_lease_counts_from_before_it_was_asked_for(register: Register, clock: Clock) -> None:
    register.takes = 2.0
    leases = Leases(register, ticks=clock)
    assert await leases.take()
    clock.now += LEASE - MARGIN - 2.0 - 0.01
    assert await is_sure(leases)
    clock.now += 0.02
    assert not await is_sure(leases)


async def test_who_was_stopped_begins_nothing_until_it_is_known_that_nobody_took_over(
    leases: Leases, register: Register, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock.now += 60.0
    waiting = asyncio.create_task(leases.sure())
    await asyncio.sleep(0)
    assert not waiting.done()
    monkeypatch.setattr(module, "RENEW_EVERY", 0.0)
    keeping = asyncio.create_task(leases.lost())
    await asyncio.wait_for(waiting, 1)  # nobody did
    keeping.cancel()
    await asyncio.gather(keeping, return_exceptions=True)


@pytest.mark.parametrize("how", ["taken for gone", "no answer"])
async def test_the_term_is_over_when_others_have_the_work_or_the_database_is_away(
    leases: Leases, register: Register, clock: Clock, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    monkeypatch.setattr(module, "RENEW_EVERY", 0.0)
    clock.now += 60.0
    waiting = asyncio.create_task(leases.sure())
    if how == "no answer":
        register.is_away = True
    else:
        register.census = Census(is_known=False)
    leases.has_caught_up = True
    await asyncio.wait_for(leases.lost(), 1)
    assert not leases.has_caught_up  # others were at work since, when it comes back
    assert not leases.slots
    assert not leases.is_leading.is_set()
    assert not waiting.done()  # its work is ended by whoever began it
    waiting.cancel()


async def test_who_has_too_many_gives_the_quiet_ones_at_once_and_the_others_when_they_are(
    leases: Leases, register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "RENEW_EVERY", 0.0)
    busy = set(range(20, SLOTS))
    leases.is_busy = busy.__contains__
    register.census = Census(replicas=2)
    keeping = asyncio.create_task(leases.lost())
    async with asyncio.timeout(5):
        while not register.given_back:  # noqa: ASYNC110
            await asyncio.sleep(0)
    assert register.given_back == [frozenset(range(20))]
    assert len(leases.slots) == SLOTS // 2
    left = {slot for slot in busy if not leases.has(slot)}
    assert len(left) == 12  # nothing new is begun in them
    busy -= left
    async with asyncio.timeout(5):
        while len(register.given_back) < 2:  # noqa: ASYNC110
            await asyncio.sleep(0)
    assert register.given_back[1] == left
    keeping.cancel()
    await asyncio.gather(keeping, return_exceptions=True)


async def test_slots_that_come_are_told(leases: Leases, register: Register) -> None:
    assert leases.slots == set(range(SLOTS))
    again: list[int] = []
    other = Leases(Register(Clock()), ticks=Clock())
    other.on_gained = lambda: again.append(len(other.slots))
    assert await other.take()
    assert again == [SLOTS]
    await other.close()
    assert not other.slots
