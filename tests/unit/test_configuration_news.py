"""What is new about the configuration is written down and told once, whatever ends the process (S14, E18)."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from livechat_plugin.core import wording
from livechat_plugin.core.errors import ConcurrentChange, StoreUnavailable
from livechat_plugin.services import configuration_news
from livechat_plugin.services.configuration_news import ConfigurationNews, InUse
from livechat_plugin.services.roles import Roles
from tests.unit.desk import Desk
from tests.unit.wiring import ADA

GREETING = {"greeting": "aa", "farewell": "bb"}
ON = InUse(is_on=True, hooks={"first_response": {}, "greeting": GREETING})


@asynccontextmanager
async def told(desk: Desk, in_use: InUse = ON) -> AsyncIterator[ConfigurationNews]:
    """A process that tells the news; at the end everything is told."""
    news = ConfigurationNews(desk.store, desk.clock, Roles((ADA,)), in_use)
    commits = desk.store.commits
    running = asyncio.create_task(news.run())
    await desk.until(lambda: desk.store.commits > commits)
    try:
        yield news
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def change(desk: Desk, news: ConfigurationNews, in_use: InUse) -> None:
    commits = desk.store.commits
    news.changed(in_use)
    await desk.until(lambda: desk.store.commits > commits)
    await desk.settle()


def audited(desk: Desk) -> list[tuple[str, str, object]]:
    return [(entry.action, entry.subject, entry.details.get("keys")) for entry in desk.stored.audit.values()]


def administrators_read(desk: Desk) -> list[str]:
    rooms = [room for room in desk.homeserver.rooms.values() if room.name == wording.ADMINISTRATORS_ROOM[0]]
    return [line.removeprefix("livechat: ") for room in rooms for line in desk.lines(room)]


@pytest.fixture
def at_work(desk: Desk) -> Desk:
    desk.homeserver.introduce(ADA)
    return desk


async def test_what_was_switched_is_written_down_once(at_work: Desk) -> None:
    async with told(at_work) as news:
        await change(at_work, news, replace(ON, hooks={"greeting": {"greeting": "cc"}}))
        await change(at_work, news, replace(ON, is_on=False, hooks={"new": {}}))
        await change(at_work, news, replace(ON, is_on=True, hooks={"new": {}}))
    assert audited(at_work) == [
        ("hook.switched_off", "first_response", None),
        ("hook.configured", "greeting", ["farewell", "greeting"]),
        ("plugin.switched_off", "plugin", None),
        ("hook.switched_off", "greeting", None),
        ("hook.switched_on", "new", None),
        ("plugin.switched_on", "plugin", None),
    ]


async def test_what_was_switched_while_stopped_is_written_down_at_the_start(at_work: Desk) -> None:
    async with told(at_work):
        assert audited(at_work) == []
    async with told(at_work, replace(ON, is_on=False)):
        pass
    async with told(at_work, replace(ON, is_on=False)):
        pass
    assert audited(at_work) == [("plugin.switched_off", "plugin", None)]


async def test_a_mistake_and_its_end_are_told_once(at_work: Desk) -> None:
    async with told(at_work) as news:
        for _ in range(2):
            await change(at_work, news, replace(ON, problem="plugin.toml: web.x: unknown key"))
    async with told(at_work, replace(ON, problem="plugin.toml: web.x: unknown key")):
        pass
    async with told(at_work):
        await at_work.settle()
    assert administrators_read(at_work) == [
        wording.configuration_refused("plugin.toml: web.x: unknown key").replace("\n", " "),
        wording.CONFIGURATION_MENDED,
    ]


async def test_another_mistake_is_told_too(at_work: Desk) -> None:
    async with told(at_work) as news:
        await change(at_work, news, replace(ON, problem="one"))
        await change(at_work, news, replace(ON, problem="two"))
    assert [words[-3:] for words in administrators_read(at_work)] == ["one", "two"]


async def test_what_needs_a_restart_is_told_until_it_is_restarted(at_work: Desk) -> None:
    async with told(at_work) as news:
        for _ in range(2):
            await change(at_work, news, replace(ON, restart=("web.listen_port",)))
    async with told(at_work):
        await at_work.settle()
    assert administrators_read(at_work) == [wording.restart_needed(["web.listen_port"])]


async def test_without_administrators_nobody_is_told(at_work: Desk) -> None:
    news = ConfigurationNews(at_work.store, at_work.clock, Roles(()), replace(ON, problem="one"))
    running = asyncio.create_task(news.run())
    await at_work.until(lambda: at_work.stored.notes.get(configuration_news.PROBLEM) == "one")
    running.cancel()
    await at_work.settle()
    assert administrators_read(at_work) == []


@pytest.mark.parametrize("trouble", [StoreUnavailable("away"), ConcurrentChange("faster")])
async def test_a_database_in_trouble_is_waited_for(
    at_work: Desk, trouble: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(configuration_news, "STORE_AWAY", 0.01)
    async with told(at_work) as news:
        at_work.store.commit_failures.append(trouble)
        await change(at_work, news, replace(ON, is_on=False))
    assert audited(at_work) == [("plugin.switched_off", "plugin", None)]
