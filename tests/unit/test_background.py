"""Work that nobody waits for."""

import asyncio
from contextlib import suppress

from livechat_plugin.services.background import Background, end

Logged = list[dict[str, object]]


async def test_work_is_done_beside_everything_else() -> None:
    background, done = Background(), asyncio.Event()

    async def work() -> None:
        done.set()

    background.start(work())
    assert not done.is_set()
    async with asyncio.timeout(1):
        await done.wait()


async def test_work_beyond_the_limit_is_dropped() -> None:
    background, begun = Background(limit=2), []

    async def work(number: int) -> None:
        begun.append(number)
        await asyncio.Event().wait()

    for number in range(5):
        background.start(work(number))
    await asyncio.sleep(0)
    assert begun == [0, 1]
    await background.stop()


async def test_what_is_not_done_at_the_end_is_given_up() -> None:
    background, ended = Background(), []

    async def work() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append(True)

    background.start(work())
    await asyncio.sleep(0)
    await background.stop()
    assert ended == [True]


async def test_a_failure_is_told_in_the_log_and_leaves_room(logged: Logged) -> None:
    background, done = Background(limit=1), asyncio.Event()

    async def fail() -> None:
        raise ZeroDivisionError

    async def work() -> None:
        done.set()

    background.start(fail())
    await asyncio.sleep(0.001)
    assert [entry["event"] for entry in logged] == ["background work failed"]
    background.start(work())
    async with asyncio.timeout(1):
        await done.wait()


async def test_a_cancellation_that_is_lost_is_repeated() -> None:
    async def deaf() -> None:
        with suppress(asyncio.CancelledError):
            await asyncio.sleep(60)
        await asyncio.sleep(60)

    task = asyncio.create_task(deaf())
    await asyncio.sleep(0)
    await asyncio.wait_for(end([task]), 5)
    assert task.cancelled()
