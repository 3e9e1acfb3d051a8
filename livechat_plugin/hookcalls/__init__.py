"""Asking the hooks, so that one that raises, hangs or answers nonsense can never stop a message (invariant 7)."""

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar, overload

import pluggy
import structlog

from livechat_plugin.core.apps import AppUnavailable, InvalidItem
from livechat_plugin.core.errors import ConfigurationError
from livechat_plugin.hookcalls.answers import Expected, Nonsense, Refusal, checked, checked_refusal
from livechat_plugin.hookcalls.calls import Caller, NoAnswer
from livechat_plugin.hookspecs.markers import patience
from livechat_plugin.house import NO_HOUSE, House

log = structlog.get_logger()

T = TypeVar("T")
U = TypeVar("U")

TIME_LIMIT = 2.0
"""Seconds that one implementation may take."""

FAILURES_ALLOWED = 5
"""Consecutive failures of a hook's method after which that method is left out until hooks are loaded anew."""


@dataclass(frozen=True, slots=True)
class Answer(Generic[T]):
    """What asking came to: a value, a refusal, or neither.

    Attributes:
        value: the first answer other than None.
        refusal: what the hook that the question was for raised instead.
        has_failed: whether a hook failed that might have answered.
    """

    value: T | None = None
    refusal: Refusal | None = None
    has_failed: bool = False


NEVER_LEFT_OUT = {"livechat_choose_group_members"}
"""Calls that are repeated in the background, and whose failures only mean that nothing changes."""


class Hooks:
    """The loaded hooks, asked in turn; the only place where an implementation is called.

    Args:
        manager: pluggy's registry of loaded hooks.
        time_limit: seconds one implementation may take.
        failures_allowed: consecutive failures of a method after which it is left out.
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
        self._callers: dict[tuple[str, str], Caller] = {}
        self._failures: dict[tuple[str, str], int] = {}
        self._disabled: set[tuple[str, str]] = set()
        self._house: House = NO_HOUSE

    def replace(self, manager: pluggy.PluginManager) -> None:
        """From now on ask these hooks; their failures are counted from the beginning.

        Calls under way end as they began, and their failures count for nobody.
        """
        self._manager = manager
        self._callers, self._failures, self._disabled = {}, {}, set()
        self.give_house(self._house)

    def give_house(self, house: House) -> None:
        """Let every hook find this in its `house`."""
        self._house = house
        for hook in self._manager.get_plugins():
            hook.house = house

    def names(self) -> list[str]:
        """The hooks that are on."""
        return sorted(name for name, _ in self._manager.list_name_plugin())

    def loaded(self) -> Mapping[str, Any]:
        """The hooks that are on, by name; to look at, not to call."""
        return dict(self._manager.list_name_plugin())

    def failing(self) -> Mapping[tuple[str, str], int]:
        """How often methods of hooks failed in a row, up to now."""
        return dict(self._failures)

    def disabled(self) -> list[str]:
        """What is left out because it kept failing: hook and method, as in `greeting.livechat_choose_greeting`."""
        return sorted(f"{hook}.{method}" for hook, method in self._disabled)

    @overload
    async def choose(self, name: str, expected: type[T], **arguments: Any) -> T | None: ...
    @overload
    async def choose(
        self, name: str, expected: tuple[type[T], type[U]], **arguments: Any
    ) -> T | U | None: ...
    async def choose(self, name: str, expected: Expected, **arguments: Any) -> Any:
        """Ask `livechat_choose_…`: the first answer of the expected type, or None when all abstain."""
        for implementation in self._implementations(name):
            answer = await self._call(implementation, arguments, expected)
            if answer is not None:
                return answer
        return None

    async def ask(self, name: str, expected: type[T], **arguments: Any) -> Answer[T]:
        """Ask `livechat_choose_…` where a hook may refuse by raising `InvalidItem` or `AppUnavailable`."""
        has_failed = any(method == name for _, method in self._disabled)
        for implementation in self._implementations(name):
            try:
                answer = await self._call(implementation, arguments, expected, may_refuse=True)
            except (InvalidItem, AppUnavailable) as refusal:
                return Answer(refusal=refusal)
            if answer is not None:
                return Answer(answer)
            has_failed = has_failed or implementation.key in self._failures
        return Answer(has_failed=has_failed)

    async def announce(self, name: str, **arguments: Any) -> None:
        """Tell `livechat_on_…`: everybody at once, results ignored."""
        await asyncio.gather(*(self._call(impl, arguments) for impl in self._implementations(name)))

    async def register(self, name: str, expected: type[T], key: Callable[[T], str]) -> list[T]:
        """Ask `livechat_register_…`: the joined lists.

        Raises:
            ConfigurationError: a hook fails, answers something else than such a list, or two entries share a key.
        """
        entries: dict[str, T] = {}
        for hook, answer in (await self.registered(name, expected)).items():
            for entry in answer:
                if key(entry) in entries:
                    reason = f"{name}: {key(entry)!r} is registered already by another hook"
                    raise ConfigurationError("plugin.toml", f"hooks.{hook}", reason)
                entries[key(entry)] = entry
        return list(entries.values())

    async def registered(self, name: str, expected: type[T]) -> dict[str, list[T]]:
        """Ask `livechat_register_…`: each hook's list, by the hook's name.

        Raises:
            ConfigurationError: a hook fails, or answers something else than such a list.
        """
        lists: dict[str, list[T]] = {}
        for implementation in self._implementations(name):
            hook, _ = implementation.key
            try:
                answer = await implementation.call({})
            except Exception as error:  # any failure of somebody else's code is told under its name
                reason = f"{name} failed: {type(error).__name__}: {error}"
                raise ConfigurationError("plugin.toml", f"hooks.{hook}", reason) from error
            if not isinstance(answer, list) or not all(isinstance(entry, expected) for entry in answer):
                raise ConfigurationError(
                    "plugin.toml", f"hooks.{hook}", f"{name} must return a list of {expected.__name__}"
                )
            try:
                lists[hook] = [checked(entry, expected) for entry in answer]
            except Nonsense as error:
                raise ConfigurationError("plugin.toml", f"hooks.{hook}", f"{name} {error}") from None
        return lists

    def count_failure(self, hook: str) -> None:
        """Something of a hook failed that was not a question to it."""
        self._on_failure(hook)

    def _implementations(self, name: str) -> Iterator["_Implementation"]:
        """In the order of asking: pluggy keeps the last registered, and `tryfirst`, at the end."""
        caller: pluggy.HookCaller = getattr(self._manager.hook, name)
        for found in reversed(caller.get_hookimpls()):
            key = (found.plugin_name, name)
            if key not in self._disabled:
                if key not in self._callers:
                    limit = self._time_limit * patience(caller.spec and caller.spec.function)
                    self._callers[key] = Caller(found.function, limit)
                yield _Implementation(key, found.argnames, self._callers[key])

    async def _call(
        self,
        implementation: "_Implementation",
        arguments: dict[str, Any],
        expected: Expected | None = None,
        *,
        may_refuse: bool = False,
    ) -> Any:
        """The answer; None if it is of no use, which is then counted as a failure.

        Raises:
            InvalidItem: the hook refuses, and may.
            AppUnavailable: the same.
        """
        refusal: Refusal | None = None
        try:
            try:
                answer = await implementation.call(arguments)
            except (InvalidItem, AppUnavailable) as error:
                if not may_refuse:
                    raise
                answer, refusal = None, checked_refusal(error)
            if answer is not None and expected is not None:
                answer = checked(answer, expected)
        except (NoAnswer, Nonsense) as error:
            self._failed(implementation, str(error))
        except Exception as error:  # noqa: BLE001 - invariant 7: whatever a guest raises, the chat goes on
            self._failed(implementation, f"raised {type(error).__name__}", error)
        else:
            if self._is_current(implementation):
                self._failures.pop(implementation.key, None)
            if refusal is not None:
                raise refusal
            return answer
        return None

    def _failed(self, implementation: "_Implementation", what: str, error: Exception | None = None) -> None:
        key = hook, call = implementation.key
        self._on_failure(hook)
        log.warning("a hook failed and is passed over", hook=hook, call=call, what=what, exc_info=error)
        if not self._is_current(implementation):
            return
        self._failures[key] = self._failures.get(key, 0) + 1
        has_had_enough = self._failures[key] >= self._failures_allowed and call not in NEVER_LEFT_OUT
        if has_had_enough and key not in self._disabled:
            self._disabled.add(key)
            log.error("the hook kept failing and is left out until it is loaded anew", hook=hook, call=call)

    def _is_current(self, implementation: "_Implementation") -> bool:
        """Whether it belongs to the hooks that are asked now."""
        return self._callers.get(implementation.key) is implementation.caller


@dataclass(frozen=True, slots=True)
class _Implementation:
    """One method of one hook: `key` is the hook's name and the method's."""

    key: tuple[str, str]
    takes: Sequence[str]
    caller: Caller

    async def call(self, arguments: Mapping[str, Any]) -> Any:
        return await self.caller(*(arguments[name] for name in self.takes))
