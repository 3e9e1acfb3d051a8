"""Asking the hooks, so that one that raises, hangs or answers nonsense can never stop a message (invariant 7)."""

import asyncio
import inspect
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from contextvars import copy_context
from functools import partial
from threading import Thread
from typing import Any, TypeVar, overload

import pluggy
import structlog

from livechat_plugin.core.errors import ConfigurationError

log = structlog.get_logger()

T = TypeVar("T")
U = TypeVar("U")

TIME_LIMIT = 2.0
"""Seconds that one implementation may take."""

FAILURES_ALLOWED = 5
"""Consecutive failures after which a hook is left out until the next start."""


class Hooks:
    """The loaded hooks, asked in turn; the only place where an implementation is called.

    Args:
        manager: pluggy's registry of loaded hooks.
        time_limit: seconds one implementation may take.
        failures_allowed: consecutive failures after which a hook is left out.
        on_failure: told the hook's name each time one fails; for counting.
    """

    def __init__(
        self,
        manager: pluggy.PluginManager,
        *,
        time_limit: float = TIME_LIMIT,
        failures_allowed: int = FAILURES_ALLOWED,
        on_failure: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._manager = manager
        self._time_limit = time_limit
        self._failures_allowed = failures_allowed
        self._on_failure = on_failure
        self._failures: dict[str, int] = {}

    def names(self) -> list[str]:
        """The hooks that are on."""
        return sorted(name for name, _ in self._manager.list_name_plugin())

    def disabled(self) -> list[str]:
        """The hooks that are left out because they kept failing."""
        return sorted(name for name, count in self._failures.items() if count >= self._failures_allowed)

    @overload
    async def choose(self, name: str, expected: type[T], **arguments: Any) -> T | None: ...
    @overload
    async def choose(
        self, name: str, expected: tuple[type[T], type[U]], **arguments: Any
    ) -> T | U | None: ...
    async def choose(self, name: str, expected: type[Any] | tuple[type[Any], ...], **arguments: Any) -> Any:
        """Ask `livechat_choose_…`: the first answer of the expected type, or None when all abstain."""
        for implementation in self._implementations(name):
            answer = await self._call(implementation, arguments, expected)
            if answer is not None:
                return answer
        return None

    async def announce(self, name: str, **arguments: Any) -> None:
        """Tell `livechat_on_…`: everybody at once, results ignored."""
        await asyncio.gather(*(self._call(impl, arguments) for impl in self._implementations(name)))

    async def register(self, name: str, expected: type[T], key: Callable[[T], str]) -> list[T]:
        """Ask `livechat_register_…`: the joined lists.

        Raises:
            ConfigurationError: a hook fails, answers something else than such a list, or two entries share a key.
        """
        entries: dict[str, T] = {}
        for implementation in self._implementations(name):
            hook = implementation.plugin_name
            try:
                answer = await self._run(implementation, {})
            except Exception as error:  # any failure of somebody else's code is told under its name
                reason = f"{name} failed: {type(error).__name__}: {error}"
                raise ConfigurationError("plugin.toml", f"hooks.{hook}", reason) from error
            if not isinstance(answer, list) or not all(isinstance(entry, expected) for entry in answer):
                raise ConfigurationError(
                    "plugin.toml", f"hooks.{hook}", f"{name} must return a list of {expected.__name__}"
                )
            for entry in answer:
                if key(entry) in entries:
                    reason = f"{name}: {key(entry)!r} is registered already by another hook"
                    raise ConfigurationError("plugin.toml", f"hooks.{hook}", reason)
                entries[key(entry)] = entry
        return list(entries.values())

    def _implementations(self, name: str) -> Iterator[pluggy.HookImpl]:
        """In the order of asking: pluggy keeps the last registered, and `tryfirst`, at the end."""
        caller: pluggy.HookCaller = getattr(self._manager.hook, name)
        for implementation in reversed(caller.get_hookimpls()):
            if self._failures.get(implementation.plugin_name, 0) < self._failures_allowed:
                yield implementation

    async def _call(
        self,
        implementation: pluggy.HookImpl,
        arguments: dict[str, Any],
        expected: type[Any] | tuple[type[Any], ...] = object,
    ) -> Any:
        """The answer; None if it is of no use, which is then counted as a failure."""
        try:
            answer = await self._run(implementation, arguments)
        except _TooSlow as error:
            self._failed(implementation, str(error))
        except Exception as error:  # noqa: BLE001 - invariant 7: whatever a guest raises, the chat goes on
            self._failed(implementation, f"raised {type(error).__name__}", error)
        else:
            if answer is None or isinstance(answer, expected):
                self._failures.pop(implementation.plugin_name, None)
                return answer
            self._failed(implementation, f"answered {type(answer).__name__}, which is of no use")
        return None

    async def _run(self, implementation: pluggy.HookImpl, arguments: dict[str, Any]) -> Any:
        """One call within the time limit, in a task or thread of its own, which is then left to itself."""
        chosen = [arguments[name] for name in implementation.argnames]
        call: Callable[[], Any] = partial(implementation.function, *chosen)
        is_async = inspect.iscoroutinefunction(implementation.function)
        work = asyncio.ensure_future(_contained(call)) if is_async else _in_thread(call)
        work.add_done_callback(_look_at)
        try:
            await asyncio.wait([work], timeout=self._time_limit)
            if not work.done():
                raise _TooSlow(f"took longer than {self._time_limit} s")
            if work.cancelled():
                raise _Quit("cancelled itself")
            return work.result()
        finally:
            work.cancel()

    def _failed(self, implementation: pluggy.HookImpl, what: str, error: BaseException | None = None) -> None:
        name = implementation.plugin_name
        self._failures[name] = self._failures.get(name, 0) + 1
        self._on_failure(name)
        log.warning(
            "a hook failed and is passed over",
            hook=name,
            call=implementation.function.__name__,
            what=what,
            exc_info=error,
        )
        if self._failures[name] == self._failures_allowed:
            log.error("the hook kept failing and is left out until the next start", hook=name)


class _TooSlow(TimeoutError):
    """A call exceeded the time limit."""


class _Quit(Exception):
    """A hook tried to end more than its own call."""


async def _contained(call: Callable[[], Awaitable[Any]]) -> Any:
    try:
        return await call()
    except SystemExit as error:
        raise _Quit(f"called sys.exit({error})") from error


def _in_thread(call: Callable[[], Any]) -> asyncio.Future[Any]:
    """Run a plain function in a thread of its own: hanging, it takes nobody's place, and the process can end."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[Any] = loop.create_future()

    def settle(answer: Any, error: Exception | None) -> None:
        if future.done():
            return
        if error is None:
            future.set_result(answer)
        else:
            future.set_exception(error)

    def run() -> None:
        answer, error = None, None
        try:
            answer = call()
        except Exception as raised:  # noqa: BLE001 - passed on to the caller
            error = raised
        except BaseException as raised:  # noqa: BLE001 - nothing of a guest's may end more than its call
            error = _Quit(f"raised {type(raised).__name__}")
        with suppress(RuntimeError):  # the loop is closed: nobody waits any more
            loop.call_soon_threadsafe(settle, answer, error)

    Thread(target=copy_context().run, args=(run,), daemon=True, name="hook").start()
    return future


def _look_at(work: asyncio.Future[Any]) -> None:
    """Take note of an error that comes after the time limit, when nobody waits for it any more."""
    if not work.cancelled():
        work.exception()
