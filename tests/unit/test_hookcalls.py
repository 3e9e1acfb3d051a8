"""Asking the hooks: who is asked first, and that none can end, delay or spoil anything but its own answer."""

import asyncio
import threading
import time
from typing import Any

import pluggy
import pytest

from livechat_plugin import Hook, HookSettings, hookimpl
from livechat_plugin.hookcalls import Hooks
from livechat_plugin.plugins import AnyHook
from tests.unit.wiring import hook_manager

GREETING = "livechat_choose_greeting"
WHO: dict[str, Any] = {"session": None, "live_chat": None, "customer": None}


class Greeter(Hook[HookSettings]):
    def __init__(self, words: object = None) -> None:
        super().__init__(HookSettings())
        self.words = words
        self.asked = 0

    @hookimpl
    def livechat_choose_greeting(self) -> object:
        self.asked += 1
        return self.words


def named(**hooks: AnyHook) -> pluggy.PluginManager:
    manager = hook_manager()
    for name, hook in hooks.items():
        manager.register(hook, name)
    return manager


async def ask(hooks: Hooks) -> str | None:
    return await hooks.choose(GREETING, str, **WHO)


async def test_who_was_loaded_last_is_asked_first() -> None:
    shipped, third_party = Greeter("shipped"), Greeter("third party")
    hooks = Hooks(named(shipped=shipped, third_party=third_party))
    assert await ask(hooks) == "third party"
    assert shipped.asked == 0
    assert hooks.names() == ["shipped", "third_party"]


class Eager(Greeter):
    @hookimpl(tryfirst=True)
    def livechat_choose_greeting(self) -> object:
        return self.words


class Reluctant(Greeter):
    @hookimpl(trylast=True)
    def livechat_choose_greeting(self) -> object:
        return self.words


async def test_hooks_can_ask_to_be_asked_first_or_last() -> None:
    assert await ask(Hooks(named(a=Eager("eager"), b=Greeter("later")))) == "eager"
    assert await ask(Hooks(named(a=Greeter("earlier"), b=Reluctant("reluctant")))) == "earlier"


async def test_who_abstains_lets_the_next_answer() -> None:
    assert await ask(Hooks(named(a=Greeter("answer"), b=Greeter(None)))) == "answer"
    assert await ask(Hooks(named(a=Greeter(None), b=Greeter(None)))) is None
    assert await ask(Hooks(named())) is None


async def test_an_empty_answer_is_an_answer() -> None:
    assert await ask(Hooks(named(a=Greeter("words"), b=Greeter("")))) == ""


class Raising(Greeter):
    @hookimpl
    def livechat_choose_greeting(self) -> object:
        assert isinstance(self.words, BaseException)
        raise self.words


class RaisingAsync(Greeter):
    @hookimpl
    async def livechat_choose_greeting(self) -> object:
        await asyncio.sleep(0)
        assert isinstance(self.words, BaseException)
        raise self.words


@pytest.mark.parametrize("kind", [Raising, RaisingAsync])
@pytest.mark.parametrize(
    "error", [RuntimeError("x"), TimeoutError(), asyncio.CancelledError(), SystemExit(3)], ids=repr
)
async def test_whatever_a_hook_raises_the_next_is_asked(kind: type[Greeter], error: BaseException) -> None:
    failed: list[str] = []
    hooks = Hooks(named(good=Greeter("answer"), bad=kind(error)), on_failure=failed.append)
    assert await ask(hooks) == "answer"
    assert failed == ["bad"]


class Hanging(Greeter):
    @hookimpl
    async def livechat_choose_greeting(self) -> str:
        await asyncio.Event().wait()
        return "never"


class Stubborn(Greeter):
    @hookimpl
    async def livechat_choose_greeting(self) -> str:
        for _ in range(5):
            try:
                await asyncio.sleep(0.03)
            except asyncio.CancelledError:
                continue
        raise RuntimeError("too late for anybody to hear")


class Blocking(Greeter):
    @hookimpl
    def livechat_choose_greeting(self) -> str:
        time.sleep(0.3)
        return "too late"


@pytest.mark.parametrize("kind", [Hanging, Stubborn, Blocking])
async def test_a_hook_that_hangs_is_passed_over_when_its_time_is_up(kind: type[Greeter]) -> None:
    hooks = Hooks(named(good=Greeter("answer"), hanging=kind()), time_limit=0.05)
    began = time.monotonic()
    ticks = asyncio.create_task(count_ticks())
    assert await ask(hooks) == "answer"
    assert time.monotonic() - began < 0.25
    ticks.cancel()
    assert (await ticks) > 0  # the process went on meanwhile


async def count_ticks() -> int:
    ticks = 0
    try:
        while True:
            await asyncio.sleep(0.005)
            ticks += 1
    except asyncio.CancelledError:
        return ticks


async def test_hooks_that_hang_take_no_place_from_others() -> None:
    """Not even in the event loop's thread pool, where names are resolved."""
    hanging = {f"hanging{number}": Blocking() for number in range(12)}
    hooks = Hooks(named(good=Greeter("answer"), **hanging), time_limit=0.01)
    assert await ask(hooks) == "answer"
    async with asyncio.timeout(0.15):
        await asyncio.to_thread(lambda: None)
    assert all(thread.daemon for thread in threading.enumerate() if thread.name == "hook")


async def test_whoever_asks_can_be_cancelled() -> None:
    asking = asyncio.create_task(ask(Hooks(named(a=Hanging()))))
    await asyncio.sleep(0.01)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking


async def test_a_wrong_answer_counts_as_none() -> None:
    failed: list[str] = []
    hooks = Hooks(named(good=Greeter("answer"), bad=Greeter(42)), on_failure=failed.append)
    assert await ask(hooks) == "answer"
    assert failed == ["bad"]


@pytest.mark.parametrize("bad", [Greeter(42), Raising(RuntimeError("x"))], ids=["wrong answer", "error"])
async def test_a_hook_that_keeps_failing_is_left_out(bad: Greeter) -> None:
    failed: list[str] = []
    hooks = Hooks(named(good=Greeter("answer"), bad=bad), failures_allowed=3, on_failure=failed.append)
    for _ in range(5):
        assert await ask(hooks) == "answer"
    assert failed == ["bad"] * 3
    assert hooks.disabled() == [f"bad.{GREETING}"]


async def test_a_hook_that_recovers_stays() -> None:
    hook = Greeter()
    hooks = Hooks(named(bad=hook), failures_allowed=2)
    for words in (42, "fine", 42, "fine", 42):
        hook.words = words
        await ask(hooks)
    assert hooks.disabled() == []
    hook.words = "fine"
    assert await ask(hooks) == "fine"


class Listener(Hook[HookSettings]):
    def __init__(self, *, fails: bool = False) -> None:
        super().__init__(HookSettings())
        self.fails = fails
        self.told = 0

    @hookimpl
    async def livechat_on_session_opened(self) -> str:
        self.told += 1
        if self.fails:
            raise RuntimeError("x")
        return "ignored"


async def test_everybody_is_told_whoever_fails() -> None:
    listeners = [Listener(), Listener(fails=True), Listener()]
    hooks = Hooks(named(**{f"n{number}": listener for number, listener in enumerate(listeners)}))
    await hooks.announce("livechat_on_session_opened", **WHO)
    assert [listener.told for listener in listeners] == [1, 1, 1]


async def test_a_plain_hook_may_block_while_others_go_on() -> None:
    ticks = asyncio.create_task(count_ticks())
    assert await ask(Hooks(named(a=Blocking()), time_limit=5)) == "too late"
    ticks.cancel()
    assert (await ticks) > 10


async def test_replaced_hooks_are_asked_at_once_and_their_failures_start_anew() -> None:
    failing = Greeter(words=3)
    hooks = Hooks(named(greeter=failing), failures_allowed=2)
    for _ in range(2):
        await ask(hooks)
    assert hooks.disabled() == ["greeter.livechat_choose_greeting"]
    hooks.replace(named(greeter=failing))
    assert hooks.disabled() == []
    await ask(hooks)
    assert failing.asked == 3
    hooks.replace(named(other=Greeter("new")))
    assert await ask(hooks) == "new"
    assert hooks.names() == ["other"]


async def test_a_call_that_was_under_way_fails_for_nobody() -> None:
    released = asyncio.Event()

    class Slow(Greeter):
        @hookimpl
        async def livechat_choose_greeting(self) -> object:
            await released.wait()
            raise ValueError("too late")

    hooks = Hooks(named(greeter=Slow()), failures_allowed=1)
    asking = asyncio.create_task(ask(hooks))
    await asyncio.sleep(0.01)
    hooks.replace(named(greeter=Greeter("new")))
    released.set()
    await asking
    assert hooks.disabled() == []
    assert await ask(hooks) == "new"
