"""Tasks of hooks: kept running, restarted when they fail, ended when their hook is off; none harms another."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import pytest

from livechat_plugin import App, Hook, HookSettings, HookTask, hookimpl
from livechat_plugin.core.app_definitions import read_fields
from livechat_plugin.core.errors import ConfigurationError
from livechat_plugin.hookcalls import Hooks
from livechat_plugin.plugins import FoundHook, hook_class_of
from livechat_plugin.services import hook_tasks
from livechat_plugin.services.background import end
from livechat_plugin.services.hook_tasks import HookTasks, tasks_of
from tests.unit.desk import Desk
from tests.unit.wiring import hook_manager

PATIENCE = 30.0


class Diary:
    """What tasks did."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self._news = asyncio.Event()

    def write(self, line: str) -> None:
        self.lines.append(line)
        self._news.set()

    @contextmanager
    def at_work(self, name: str) -> Iterator[None]:
        self.write(f"{name} begins")
        try:
            yield
        finally:
            self.write(f"{name} ends")

    async def until(self, is_so: Callable[[list[str]], bool]) -> None:
        async with asyncio.timeout(PATIENCE):
            while not is_so(self.lines):
                self._news.clear()
                await self._news.wait()


class Listening(Hook[HookSettings]):
    """Does what its test says."""

    def __init__(self, *tasks: HookTask) -> None:
        super().__init__(HookSettings())
        self.tasks = list(tasks)

    @hookimpl
    def livechat_register_tasks(self) -> list[HookTask]:
        return self.tasks


@pytest.fixture
def diary() -> Diary:
    return Diary()


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hook_tasks, "FIRST_PAUSE", 0.001)
    monkeypatch.setattr(hook_tasks, "PATIENCE", 0.1)


@asynccontextmanager
async def running(hooks: Hooks) -> AsyncIterator[HookTasks]:
    tasks = HookTasks(hooks)
    work = asyncio.create_task(tasks.run())
    try:
        yield tasks
    finally:
        async with asyncio.timeout(PATIENCE):
            await end([work])


def lasting(diary: Diary, name: str) -> HookTask:
    async def run() -> None:
        with diary.at_work(name):
            await asyncio.Event().wait()

    return HookTask(name, run)


async def test_it_runs_until_the_process_is_no_longer_the_one(diary: Diary) -> None:
    async with running(Hooks(hook_manager(Listening(lasting(diary, "one"), lasting(diary, "two"))))):
        await diary.until(lambda lines: {"one begins", "two begins"} <= set(lines))
    assert sorted(diary.lines) == ["one begins", "one ends", "two begins", "two ends"]


async def test_one_that_fails_or_returns_is_started_again_and_the_other_goes_on(diary: Diary) -> None:
    failed: list[str] = []

    async def fail() -> None:
        diary.write("fails")
        raise ConnectionError("the messenger is away")

    async def end_itself() -> None:
        diary.write("is cancelled")
        raise asyncio.CancelledError

    async def leave() -> None:
        diary.write("leaves")
        raise SystemExit(3)

    async def be_done() -> None:
        diary.write("is done")

    tasks = [HookTask(each.__name__, each) for each in (fail, end_itself, leave, be_done)]
    hooks = Hooks(hook_manager(Listening(lasting(diary, "one"), *tasks)), on_failure=failed.append)
    async with running(hooks):
        for line in ("fails", "is cancelled", "leaves", "is done"):
            await diary.until(lambda lines, line=line: lines.count(line) >= 3)  # type: ignore[misc]
        assert "one ends" not in diary.lines
    assert len(failed) >= 9


async def test_the_pauses_grow_while_it_fails(diary: Diary, monkeypatch: pytest.MonkeyPatch) -> None:
    paused: list[float] = []
    sleep = asyncio.sleep

    async def remember(seconds: float) -> None:
        paused.append(seconds)
        await sleep(0)

    async def fail() -> None:
        diary.write("fails")
        raise ConnectionError

    monkeypatch.setattr(hook_tasks, "FIRST_PAUSE", 1.0)
    monkeypatch.setattr(asyncio, "sleep", remember)
    async with running(Hooks(hook_manager(Listening(HookTask("fail", fail))))):
        await diary.until(lambda lines: len(lines) > 12)
    assert paused[:11] == [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]


async def test_it_follows_the_hooks_that_are_on(diary: Diary) -> None:
    hooks = Hooks(hook_manager(Listening(lasting(diary, "old"))))
    async with running(hooks) as tasks:
        await diary.until(lambda lines: "old begins" in lines)
        tasks.look_anew()  # the configuration was read, and the hooks are the same
        await asyncio.sleep(0.01)
        assert diary.lines == ["old begins"]
        hooks.replace(hook_manager(Listening(lasting(diary, "new"))))
        tasks.look_anew()
        await diary.until(lambda lines: "new begins" in lines)
        assert diary.lines == ["old begins", "old ends", "new begins"]
        hooks.replace(hook_manager())
        tasks.look_anew()
        await diary.until(lambda lines: "new ends" in lines)


async def test_one_that_goes_on_after_it_was_cancelled_holds_up_nobody(diary: Diary) -> None:
    release = asyncio.Event()

    async def go_on() -> None:
        diary.write("begins")
        while not release.is_set():
            try:
                await release.wait()
            except asyncio.CancelledError:
                diary.write("goes on")
        diary.write("ends")

    async with running(Hooks(hook_manager(Listening(HookTask("stubborn", go_on))))):
        await diary.until(lambda lines: "begins" in lines)
    assert "ends" not in diary.lines
    release.set()
    await diary.until(lambda lines: "ends" in lines)
    await asyncio.sleep(0.01)  # longer than the pause before a next time
    assert diary.lines.count("begins") == 1


async def test_wrong_tasks_are_refused(diary: Diary) -> None:
    twice = Hooks(hook_manager(Listening(lasting(diary, "one"), lasting(diary, "one"))))
    with pytest.raises(ConfigurationError, match="'one' is registered twice"):
        await tasks_of(twice)

    def plain() -> Any: ...

    class Wrong(Listening):
        @hookimpl
        def livechat_register_tasks(self) -> list[HookTask]:
            return [HookTask("plain", plain)]

    with pytest.raises(ConfigurationError, match="must be an async function"):
        await tasks_of(Hooks(hook_manager(Wrong())))


async def test_two_hooks_may_use_the_same_name(diary: Diary) -> None:
    class AlsoListening(Listening):
        """Another hook."""

    one, two = Listening(lasting(diary, "poll")), AlsoListening(lasting(diary, "poll"))
    found = await tasks_of(Hooks(hook_manager(one, two)))
    assert sorted(found) == [("AlsoListening", "poll"), ("Listening", "poll")]


async def test_the_example_of_the_documentation_makes_each_item_once(tmp_path: Path) -> None:
    page = (Path(__file__).parents[2] / "docs" / "hooks.md").read_text(encoding="utf-8")
    [block] = re.findall(r"```python\n# hooks/contacts_folder.py\n(.*?)```", page, flags=re.DOTALL)
    (tmp_path / "contacts_folder.py").write_text(block)
    hook_class = hook_class_of(FoundHook("contacts_folder", tmp_path / "contacts_folder.py"))
    hook = hook_class(hook_class.settings_model.model_validate({"folder": tmp_path, "seconds": 0.01}))
    desk = Desk(hook)
    async with desk.store.begin() as work:
        await work.apps.add(App("contacts", "Contacts", read_fields(["name:string!", "account:account"])))
        await work.commit()

    async def brought(name: str) -> None:
        (tmp_path / f"{name}.part").write_text(json.dumps({"name": name}))
        file = (tmp_path / f"{name}.part").rename(tmp_path / f"{name}.json")
        async with asyncio.timeout(PATIENCE):
            while file.exists():  # noqa: ASYNC110 - nobody tells of it
                await asyncio.sleep(0.01)

    for name in ("Carla", "Dan", "Carla"):  # the second time as after a crash before it was removed
        async with running(desk.hooks):
            await brought(name)
    assert [kept.item.title for kept in desk.stored.items.values()] == ["Carla", "Dan"]
