"""Lanes go from one replica to another, and keep their order (invariant 3)."""

import asyncio
from collections.abc import AsyncIterator, Collection

import pytest

from livechat_plugin.services import dispatcher as module
from livechat_plugin.services.deliveries import SLOTS, slot_of
from tests.fakes.faults import absence
from tests.unit.test_dispatcher import Post, short_pauses  # noqa: F401 - a fixture

HERE = slot_of("lane")


class Share:
    """The slots that a test gives."""

    def __init__(self, *slots: int) -> None:
        self._slots = set(slots)
        self.is_sure = asyncio.Event()
        self.is_sure.set()

    @property
    def slots(self) -> Collection[int]:
        return frozenset(self._slots)

    def has(self, slot: int) -> bool:
        return slot in self._slots

    async def sure(self) -> None:
        await self.is_sure.wait()

    def give(self, slot: int, to: "Share") -> None:
        self._slots.discard(slot)
        to._slots.add(slot)


@pytest.fixture(autouse=True)
def frequent_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LOOK_EVERY", 0.02)


@pytest.fixture
async def two() -> AsyncIterator[tuple[Post, Share, Post, Share]]:
    mine, yours = Share(*range(SLOTS)), Share()
    ours = Post(share=mine)
    theirs = Post(share=yours, beside=ours)
    async with ours.at_work(), theirs.at_work():
        await asyncio.sleep(0.01)
        yield ours, mine, theirs, yours


async def test_what_is_under_way_ends_before_a_slot_is_quiet(two: tuple[Post, Share, Post, Share]) -> None:
    ours, mine, theirs, yours = two
    ours.stalled.add("two")
    await ours.owe("lane", "one", "two", "three")
    await ours.until(lambda: ours.made == ["one"])
    mine._slots.discard(HERE)
    await asyncio.sleep(0.05)
    assert ours.dispatcher.is_busy(HERE)
    assert not ours.dispatcher.is_busy(HERE + 1)
    ours.stalled.clear()
    await ours.until(lambda: not ours.dispatcher.is_busy(HERE))
    assert ours.made == ["one", "two"]
    assert [owed.payload for owed in ours.pending if owed.lane == "lane"] == [ours.pending[-1].payload]
    assert ours.dispatcher.waiting == 0
    yours._slots.add(HERE)
    await theirs.until_done()
    assert theirs.made == ["three"]
    assert theirs.kept == ["one", "two", "three"]


async def test_what_waits_for_its_next_attempt_is_left_to_the_other(
    two: tuple[Post, Share, Post, Share],
) -> None:
    ours, mine, theirs, yours = two
    ours.trouble["one"] = [absence() for _ in range(10_000)]
    await ours.owe("lane", "one", "two")
    await ours.until(lambda: len(ours.trouble["one"]) < 9_995)
    mine.give(HERE, yours)
    await theirs.until_done()
    await ours.until(lambda: not ours.dispatcher.waiting)
    assert ours.made == []
    assert theirs.made == theirs.kept == ["one", "two"]


async def test_what_is_written_for_another_is_told_and_left_to_them(
    two: tuple[Post, Share, Post, Share],
) -> None:
    ours, mine, theirs, yours = two
    told: list[frozenset[int]] = []
    ours.dispatcher.tell_others = told.append
    mine.give(HERE, yours)
    await ours.owe("lane", "one", "two")
    await ours.owe("other", "here")
    await theirs.until_done()
    await ours.until_done()
    assert told == [frozenset({HERE})]
    assert (ours.made, theirs.made) == (["here"], ["one", "two"])


async def test_what_was_just_written_does_not_overtake_what_another_wrote(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "LOOK_EVERY", 60)
    ours = Post()
    async with ours.at_work():
        await asyncio.sleep(0.01)
        wake, ours.store._on_commit = ours.store._on_commit, lambda _: None
        await ours.owe("lane", "one")  # by another process, and nobody was told
        ours.store._on_commit = wake
        await ours.owe("lane", "two")
        await ours.until_done()
    assert ours.made == ours.kept == ["one", "two"]


async def test_a_lane_that_comes_back_goes_on_where_the_other_ended(
    two: tuple[Post, Share, Post, Share],
) -> None:
    ours, mine, theirs, yours = two
    made = 0
    for number in range(30):
        await ours.owe("lane", f"{number}")
        if number % 5 == 4:
            one, other = (mine, yours) if mine.has(HERE) else (yours, mine)
            leaving = ours if one is mine else theirs
            await leaving.until(lambda: len(ours.made) + len(theirs.made) > made)  # noqa: B023 - awaited at once
            made = len(ours.made) + len(theirs.made)
            one._slots.discard(HERE)
            await leaving.until(lambda: not leaving.dispatcher.is_busy(HERE))  # noqa: B023 - awaited at once
            other._slots.add(HERE)
    await ours.until(lambda: not ours.pending)
    assert ours.kept == [str(number) for number in range(30)]
    assert ours.made
    assert theirs.made


async def test_nothing_is_begun_while_it_is_unsure_whether_the_lane_is_ours(
    two: tuple[Post, Share, Post, Share],
) -> None:
    ours, mine, *_ = two
    mine.is_sure.clear()
    await ours.owe("lane", "one")
    await asyncio.sleep(0.05)
    assert ours.made == []
    mine.is_sure.set()
    await ours.until_done()
    assert ours.made == ["one"]
