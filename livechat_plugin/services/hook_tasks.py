"""Running the tasks of hooks, in the one process whose turn it is."""

import asyncio
from collections.abc import Collection, Mapping
from contextlib import suppress
from typing import Any

import structlog

from livechat_plugin.core.errors import ConfigurationError
from livechat_plugin.core.hook_tasks import HookTask
from livechat_plugin.hookcalls import Hooks

log = structlog.get_logger()

FIRST_PAUSE = 1.0
"""Seconds until a task is started again; doubled with each failure."""

LONGEST_PAUSE = 300.0
"""The pauses grow up to this."""

STEADY = 60.0
"""A task that ran for so many seconds had not failed before."""

PATIENCE = 5.0
"""Seconds that tasks have to end."""


async def tasks_of(hooks: Hooks) -> Mapping[tuple[str, str], HookTask]:
    """What hooks want to run, by the names of hook and task.

    Raises:
        ConfigurationError: a hook fails, or registers two tasks of one name.
    """
    found: dict[tuple[str, str], HookTask] = {}
    for hook, tasks in (await hooks.registered("livechat_register_tasks", HookTask)).items():
        for task in tasks:
            if (hook, task.name) in found:
                reason = f"livechat_register_tasks: {task.name!r} is registered twice"
                raise ConfigurationError("plugin.toml", f"hooks.{hook}", reason)
            found[hook, task.name] = task
    return found


class HookTasks:
    """Keeps the tasks of the hooks that are on running, each by itself; none can end or hold up another.

    Args:
        hooks: those who have tasks.
    """

    def __init__(self, hooks: Hooks) -> None:
        self._hooks = hooks
        self._changed = asyncio.Event()

    def look_anew(self) -> None:
        """Hooks may have been loaded anew."""
        self._changed.set()

    async def run(self) -> None:
        """Run them until cancelled; then they are over, or as good as it gets."""
        while True:
            # Kept, so that nothing else can get the same id.
            loaded = self._hooks.loaded()
            running = [
                asyncio.create_task(self._keep_running(*names, task), name=".".join(names))
                for names, task in (await self._registered()).items()
            ]
            try:
                while _are_same(loaded, self._hooks.loaded()):
                    self._changed.clear()
                    await self._changed.wait()
            finally:
                await _end_all(running)

    async def _registered(self) -> Mapping[tuple[str, str], HookTask]:
        try:
            return await tasks_of(self._hooks)
        except ConfigurationError as error:  # it was asked before it came into use, and was right then
            log.error("the tasks of hooks do not run", reason=str(error))
            return {}

    async def _keep_running(self, hook: str, name: str, task: HookTask) -> None:
        """One task, again and again."""
        clock, failures = asyncio.get_running_loop().time, 0
        while True:
            began = clock()
            try:
                await _contained(task)
            except Exception as error:  # invariant 7: whatever a guest raises, the chat goes on
                self._hooks.count_failure(hook)
                failures = 1 if clock() - began >= STEADY else failures + 1
                log.warning(
                    "a task of a hook failed", hook=hook, task=name, in_a_row=failures, exc_info=error
                )
            else:
                failures = 0
            if _is_cancelled():  # which the guest may have kept to itself
                raise asyncio.CancelledError
            await asyncio.sleep(min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** max(0, failures - 1)))


class _CancelledItself(Exception):
    """A task was cancelled, and not by us."""


async def _contained(task: HookTask) -> None:
    """A task whose end, of whatever kind, ends nothing else."""
    try:
        await task.run()
    except asyncio.CancelledError:
        if _is_cancelled():
            raise
        raise _CancelledItself from None
    except (SystemExit, KeyboardInterrupt) as error:
        raise RuntimeError(f"raised {type(error).__name__}") from error


def _is_cancelled() -> bool:
    current = asyncio.current_task()
    return current is not None and current.cancelling() > 0


async def _end_all(running: Collection[asyncio.Task[None]]) -> None:
    """Wait for their end, for a while; being cancelled meanwhile changes nothing: the next process relies on it."""
    for task in running:
        task.cancel()
    until = asyncio.get_running_loop().time() + PATIENCE
    going_on = set(running)
    while going_on and (left := until - asyncio.get_running_loop().time()) > 0:
        with suppress(asyncio.CancelledError):
            _, going_on = await asyncio.wait(going_on, timeout=left)
    for task in going_on:
        log.error(
            "a task of a hook does not end; only a restart of this process ends it", task=task.get_name()
        )


def _are_same(loaded: Mapping[str, Any], now: Mapping[str, Any]) -> bool:
    """Whether they are the very same objects."""
    return loaded.keys() == now.keys() and all(loaded[name] is now[name] for name in loaded)
