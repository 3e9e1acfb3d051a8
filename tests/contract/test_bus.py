"""Processes on one database hear from each other, and know when they may have missed something."""

import asyncio
import json
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import asyncpg  # type: ignore[import-untyped]
import pytest

from livechat_plugin.bootstrap.beside import database_beside
from livechat_plugin.core.errors import ConcurrentChange
from livechat_plugin.services.background import end
from livechat_plugin.services.bus import EVERYTHING, Bus, News
from livechat_plugin.services.deliveries import RefreshApps, slot_of
from livechat_plugin.settings import Settings
from livechat_plugin.store import notifying, watched_file
from livechat_plugin.store.bus_messages import LONGEST, MOST, Gathered, read
from livechat_plugin.store.database import Database

PATIENCE = 30.0


class Process:
    """One place on the bus, with what was heard there."""

    def __init__(self, bus: Bus) -> None:
        self.bus = bus
        self.heard: list[News] = []
        self._news = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def hear(self, news: News) -> None:
        self.heard.append(news)
        self._news.set()

    async def until(self, is_so: Callable[[], bool]) -> None:
        async with asyncio.timeout(PATIENCE):
            while not is_so():
                self._news.clear()
                await self._news.wait()
                if self._task is not None and self._task.done():
                    await self._task

    async def start(self) -> None:
        """From when this returns, it hears."""
        self._task = asyncio.create_task(self.bus.run(self.hear))
        self._task.add_done_callback(lambda _: self._news.set())
        await self.until(lambda: EVERYTHING in self.heard)

    async def end(self) -> None:
        if self._task is not None:
            await end([self._task])

    def topics(self) -> set[str]:
        return {topic for news in self.heard for topic in news.topics}


@pytest.fixture
def postgresql_url(new_postgresql: Callable[[], str]) -> str:
    """A database of its own, so that no other test's processes are on the bus."""
    return new_postgresql()


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notifying, "LOOK_ROUND", 0.1)
    monkeypatch.setattr(watched_file, "LOOK_EVERY", 0.05)


@asynccontextmanager
async def processes(url: str, count: int) -> AsyncIterator[list[Process]]:
    """So many, each of which has heard the welcome of all others."""
    stores = [Database(url, lambda _: None, lambda _: None) for _ in range(count)]
    started: list[Process] = []
    try:
        for store in stores:
            process = Process(store.bus())
            await process.start()
            started.append(process)
            await process.until(partial(_is_welcomed, process, len(started)))
        for process in started:
            process.heard.clear()
        yield started
    finally:
        for process in started:
            await process.end()
        for store in stores:
            await store.close()


async def test_the_others_hear_what_one_tells_and_it_does_not_hear_itself(postgresql_url: str) -> None:
    async with processes(postgresql_url, 3) as (one, two, three):
        assert not one.bus.is_alone
        one.bus.tell(slots=[3, 5], topics=["conversation:7"])
        one.bus.tell(topics=["live_chat:1"])
        for other in (two, three):
            await other.until(lambda other=other: "live_chat:1" in other.topics())  # type: ignore[misc]
            assert News(slots=frozenset({3, 5})) in other.heard
            assert other.topics() == {"conversation:7", "live_chat:1"}
        two.bus.tell(topics=["operators"])
        await one.until(lambda: "operators" in one.topics())
        assert one.topics() == {"operators"}


async def test_whoever_is_alone_sends_nothing(postgresql_url: str) -> None:
    async with processes(postgresql_url, 1) as (one,):
        assert one.bus.is_alone
        listening = await asyncpg.connect(postgresql_url.replace("+asyncpg", ""))
        came: list[str] = []
        await listening.add_listener(notifying.CHANNEL, lambda *message: came.append(message[-1]))
        one.bus.tell(topics=["conversation:7"])
        await asyncio.sleep(5 * notifying.LOOK_ROUND)  # longer than it would take
        assert came == []
        await listening.close()


async def test_more_than_a_message_holds_comes_in_several(postgresql_url: str) -> None:
    topics = {f"person:@somebody-with-a-long-name-{number}:example.org" for number in range(MOST)}
    async with processes(postgresql_url, 2) as (one, two):
        one.bus.tell(topics=topics)
        await two.until(lambda: two.topics() == topics)


async def test_a_process_that_vanishes_may_have_told_nothing_of_its_last_commits(postgresql_url: str) -> None:
    async with processes(postgresql_url, 3) as (one, two, three):
        await terminate(postgresql_url, one)
        for other in (two, three):
            await other.until(lambda other=other: EVERYTHING in other.heard)  # type: ignore[misc]


async def test_a_process_that_ends_in_order_tells_all_it_has_and_nothing_is_missed(
    postgresql_url: str,
) -> None:
    async with processes(postgresql_url, 2) as (one, two):
        one.bus.tell(topics=["conversation:7"])
        await one.end()
        await two.until(lambda: "conversation:7" in two.topics())
        await asyncio.sleep(5 * notifying.LOOK_ROUND)  # so that it has looked around
        assert EVERYTHING not in two.heard
        assert two.bus.is_alone


async def test_what_is_told_while_the_connection_is_broken_is_told_by_the_next_one(
    postgresql_url: str,
) -> None:
    async with processes(postgresql_url, 2) as (one, two):
        await terminate(postgresql_url, one)
        one.bus.tell(topics=["conversation:7"])
        await one.until(lambda: EVERYTHING in one.heard)
        one.heard.clear()
        await two.until(lambda: "conversation:7" in two.topics() or EVERYTHING in two.heard)
        # Two may not have heard yet that one is back; then its welcome says that something was missed.
        one.heard.clear()
        two.bus.tell(topics=["conversation:8"])
        await one.until(lambda: "conversation:8" in one.topics() or EVERYTHING in one.heard)


async def test_a_command_tells_without_listening(postgresql_url: str) -> None:
    command = Database(postgresql_url, lambda _: None, lambda _: None)
    async with processes(postgresql_url, 1) as (one,):
        bus = command.bus()
        bus.tell(topics=["operators"])
        await bus.flush()
        await one.until(lambda: one.topics() == {"operators"})
        assert one.bus.is_alone
    await command.close()


async def test_a_command_tells_what_is_owed_and_what_pages_show(postgresql_url: str) -> None:
    homeserver = {"url": "http://127.0.0.1:1", "server_name": "example.org"}
    plain = postgresql_url.replace("+asyncpg", "")
    settings = Settings.model_validate({"homeserver": homeserver, "database": {"url": plain}})
    async with processes(postgresql_url, 1) as (one,):
        async with database_beside(settings) as store, store.begin() as work:
            await work.employees.set_disabled("@anna:example.org", is_disabled=True)
            await work.outbox.add("live_chat:1", RefreshApps())
            await work.commit()
        slots = frozenset({slot_of("live_chat:1")})
        await one.until(lambda: News(slots=slots) in one.heard and one.topics() == {"operators"})


async def test_the_look_at_the_file_goes_on_when_somebody_has_locked_it() -> None:
    answers = iter((1, ConcurrentChange("SQLITE_BUSY"), 2))

    async def others_commits() -> int:
        answer = next(answers, 2)
        if isinstance(answer, Exception):
            raise answer
        return answer

    process = Process(watched_file.WatchedFile(others_commits))
    await process.start()
    await process.end()


async def test_a_command_goes_on_when_nobody_can_be_told() -> None:
    bus = Database("postgresql+asyncpg://nobody@127.0.0.1:1/none", lambda _: None, lambda _: None).bus()
    bus.tell(topics=["operators"])
    await bus.flush()


async def test_another_process_that_writes_into_the_file_is_noticed_and_we_are_not(
    migrated_file: Path, tmp_path: Path
) -> None:
    url = f"sqlite:///{shutil.copy(migrated_file, tmp_path / 'livechat.db')}"
    ours, theirs = (Database(url, lambda _: None, lambda _: None) for _ in range(2))
    process = Process(ours.bus())
    running = asyncio.create_task(process.bus.run(process.hear))
    await write(ours, "first")
    await asyncio.sleep(5 * watched_file.LOOK_EVERY)
    await write(ours, "second")
    async with ours.read() as work:
        assert await work.inbox.note("second") == "kept"
    await asyncio.sleep(5 * watched_file.LOOK_EVERY)
    assert process.heard == []
    await write(theirs, "third")
    await process.until(lambda: process.heard == [EVERYTHING])
    await end([running])
    await ours.close()
    await theirs.close()


def test_beyond_many_topics_everything_is_told() -> None:
    gathered = Gathered()
    gathered.add((), [f"conversation:{number}" for number in range(MOST + 1)])
    (message,) = gathered.take()
    assert read(message) == (EVERYTHING, "", None)
    assert not gathered


def test_no_message_is_longer_than_the_server_takes() -> None:
    gathered = Gathered()
    gathered.add(range(64), [f"person:@{'é' * 200}{number}:example.org" for number in range(200)])
    messages = gathered.take()
    assert max(len(message.encode()) for message in messages) <= LONGEST
    assert sum(len(json.loads(message).get("topics", ())) for message in messages) == 200


@pytest.mark.parametrize(
    "message",
    ["", "{", "[]", '{"slots": "x"}', '{"something": "new"}', "null", '{"slots": [1e999]}', "[" * 7_900],
)
def test_a_message_that_nobody_understands_means_everything(message: str) -> None:
    assert read(message) == (EVERYTHING, "", None)


def _is_welcomed(process: Process, count: int) -> bool:
    return process.heard.count(EVERYTHING) >= count


async def write(store: Database, name: str) -> None:
    async with store.begin() as work:
        await work.inbox.keep_note(name, "kept")
        await work.commit()


async def terminate(url: str, process: Process) -> None:
    """Cut the connection of one, as the network does."""
    server = await asyncpg.connect(url.replace("+asyncpg", ""))
    pids = [
        row["pid"]
        for row in await server.fetch(
            "SELECT pid FROM pg_stat_activity WHERE application_name = $1 AND datname = current_database() ORDER BY backend_start",
            notifying.LISTENER,
        )
    ]
    await server.execute("SELECT pg_terminate_backend($1)", pids[0])
    await server.close()
    await process.until(lambda: EVERYTHING in process.heard)
