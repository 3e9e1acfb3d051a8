"""Hooks that hang: each takes up so much and no more, and is left out by itself."""

import asyncio
import threading
import time
from contextlib import suppress

from livechat_plugin import Hook, HookSettings, hookimpl
from livechat_plugin.hookcalls import Hooks
from livechat_plugin.hookcalls.calls import THREADS_EACH
from tests.unit.test_hookcalls import GREETING, WHO, Greeter, ask, named


class Divided(Hook[HookSettings]):
    """One method hangs, the other is quick and asked as often."""

    def __init__(self) -> None:
        super().__init__(HookSettings())
        self.entered = 0

    @hookimpl
    def livechat_choose_greeting(self) -> str:
        self.entered += 1
        time.sleep(0.5)
        return "never in time"

    @hookimpl
    def livechat_choose_farewell(self) -> str:
        return "Goodbye"


async def test_a_method_that_hangs_is_left_out_though_another_of_the_hook_works() -> None:
    hook = Divided()
    hooks = Hooks(named(divided=hook), time_limit=0.02, failures_allowed=3)
    for _ in range(4):
        assert await ask(hooks) is None
        assert await hooks.choose("livechat_choose_farewell", str, **WHO) == "Goodbye"
    assert hooks.disabled() == [f"divided.{GREETING}"]
    assert await hooks.choose("livechat_choose_farewell", str, **WHO) == "Goodbye"


async def test_a_method_that_hangs_is_not_entered_again_before_it_ends() -> None:
    hook = Divided()
    hooks = Hooks(named(divided=hook), time_limit=0.02, failures_allowed=100)
    threads = threading.active_count()
    for _ in range(10):
        await ask(hooks)
    assert hook.entered == 1
    assert threading.active_count() <= threads + 1
    await asyncio.sleep(0.5)
    await ask(hooks)
    assert hook.entered == 2


class Deaf(Hook[HookSettings]):
    """Cannot be made to end, and is no thread."""

    def __init__(self) -> None:
        super().__init__(HookSettings())
        self.entered = 0

    @hookimpl
    async def livechat_choose_greeting(self) -> str:
        self.entered += 1
        for _ in range(10):
            with suppress(asyncio.CancelledError):
                await asyncio.sleep(0.03)
        return "never in time"


async def test_a_task_that_will_not_end_is_not_entered_again_before_it_does() -> None:
    hook = Deaf()
    hooks = Hooks(named(stubborn=hook), time_limit=0.02, failures_allowed=100)
    for _ in range(5):
        await ask(hooks)
    assert hook.entered == 1


class Held(Hook[HookSettings]):
    """Answers when it may, and counts the threads in it."""

    def __init__(self) -> None:
        super().__init__(HookSettings())
        self.may_go = threading.Event()
        self.entered = self.now = self.most = 0
        self._counting = threading.Lock()

    @hookimpl
    def livechat_choose_greeting(self) -> str:
        with self._counting:
            self.entered += 1
            self.now += 1
            self.most = max(self.most, self.now)
        self.may_go.wait(60)
        with self._counting:
            self.now -= 1
        return "at last"


async def test_however_many_ask_at_once_a_hook_has_so_many_threads_and_no_more() -> None:
    hook = Held()
    hooks = Hooks(named(held=hook), time_limit=60)
    asking = [asyncio.create_task(ask(hooks)) for _ in range(3 * THREADS_EACH)]
    async with asyncio.timeout(30):
        while hook.entered < THREADS_EACH:  # noqa: ASYNC110 - threads tell no event loop
            await asyncio.sleep(0.01)
    await asyncio.sleep(0.1)  # one more would have time to enter
    assert hook.entered == THREADS_EACH
    hook.may_go.set()
    assert await asyncio.gather(*asking) == ["at last"] * 3 * THREADS_EACH
    assert hook.entered == 3 * THREADS_EACH
    assert hook.most == THREADS_EACH
    assert hooks.disabled() == []


async def test_a_late_success_does_not_bring_back_what_is_left_out() -> None:
    hook = Greeter()
    hooks = Hooks(named(bad=hook), failures_allowed=1)
    hook.words = 42
    late = asyncio.create_task(ask(hooks))
    await late
    hook.words = "fine"
    assert await ask(hooks) is None
    assert hooks.disabled() == [f"bad.{GREETING}"]
