"""More deliveries than memory holds, or than one look finds: the order holds all the same."""

import asyncio
from collections.abc import Iterable

import pytest

from livechat_plugin.core.errors import ConcurrentChange
from livechat_plugin.services import dispatcher as module
from tests.unit.test_dispatcher import Post


def in_order(post: Post, lane: str) -> list[int]:
    return [int(word.partition("-")[2]) for word in post.made if word.startswith(f"{lane}-")]


def words(lane: str, numbers: Iterable[int]) -> list[str]:
    return [f"{lane}-{number}" for number in numbers]


async def test_what_does_not_fit_into_memory_keeps_its_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "IN_MEMORY", 5)
    async with Post().at_work() as post:
        for number in range(40):
            await post.owe("a", *words("a", [number]))
            await post.owe("b", *words("b", [number]))
            await asyncio.sleep(0.001 * (number % 3))
        await post.until_done()
    assert in_order(post, "a") == in_order(post, "b") == list(range(40))


async def test_memory_is_never_exceeded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "IN_MEMORY", 5)
    async with Post().at_work() as post:
        post.stalled.add("a-0")
        await post.owe("a", *words("a", range(30)))
        await asyncio.sleep(0.05)
        assert post.dispatcher.waiting == 5
        post.stalled.clear()
        await post.until_done()
    assert in_order(post, "a") == list(range(30))


async def test_what_was_left_out_for_lack_of_memory_goes_before_what_comes_later(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "IN_MEMORY", 5)
    monkeypatch.setattr(module, "LOOK_EVERY", 0.05)
    async with Post().at_work() as post:
        await asyncio.sleep(0.01)
        post.stalled.update(words("a", range(5)))
        await post.owe("a", *words("a", range(5)))  # memory is full
        await post.owe("b", *words("b", [0]))  # so this one is passed by
        await asyncio.sleep(0.12)  # two looks, which have no room for it
        post.stalled.clear()
        await post.until(lambda: post.dispatcher.waiting < 5)
        await post.owe("b", *words("b", [1]))  # there is room now, but it must not overtake
        await post.until_done()
    assert in_order(post, "b") == [0, 1]


async def test_a_backlog_from_before_goes_before_what_comes_now() -> None:
    before = Post()
    await before.owe("a", *words("a", range(700)))  # more than one look finds
    post = Post(before.store.stored)
    async with post.at_work():
        await asyncio.sleep(0)  # at work, but still looking for what is there
        await post.owe("a", *words("a", [700]))
        await post.until(lambda: post.made)
        await post.owe("a", *words("a", [701]))
        await post.until_done()
    assert in_order(post, "a") == list(range(702))


async def test_nothing_new_is_begun_before_the_first_look(monkeypatch: pytest.MonkeyPatch) -> None:
    before = Post()
    await before.owe("a", *words("a", [0]))
    monkeypatch.setattr(module, "LOOK_EVERY", 0.05)
    post = Post(before.store.stored)
    post.store.is_away = True
    async with post.at_work():
        await asyncio.sleep(0.01)
        post.store.is_away = False
        await post.owe("a", *words("a", [1]))
        await post.until_done()
    assert in_order(post, "a") == [0, 1]


async def test_what_a_commit_in_doubt_brought_goes_before_what_comes_later(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The database made a commit, and its answer was lost: nobody was told of the delivery."""
    monkeypatch.setattr(module, "LOOK_EVERY", 0.05)
    elsewhere = Post()
    post = Post(elsewhere.store.stored)
    async with post.at_work():
        await asyncio.sleep(0.01)
        post.dispatcher.doubt()
        await asyncio.sleep(0.06)  # a look is over, and the database has not ended the commit yet
        await elsewhere.owe("a", *words("a", [0]))
        post.store.stored = elsewhere.store.stored
        await post.owe("a", *words("a", [1]))
        await post.until_done()
    assert in_order(post, "a") == [0, 1]


async def test_a_look_that_loses_a_race_is_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on SQLite when another process was killed, and somebody mends the log it left."""
    monkeypatch.setattr(module, "LOOK_EVERY", 0.01)
    before = Post()
    await before.owe("a", *words("a", [0]))
    post = Post(before.store.stored)
    post.store.read_failures.append(ConcurrentChange("SQLITE_BUSY"))
    async with post.at_work():
        await post.until_done()
    assert in_order(post, "a") == [0]
