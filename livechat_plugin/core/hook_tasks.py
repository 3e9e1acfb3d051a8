"""Work of a hook that goes on for as long as the plugin runs."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from inspect import iscoroutinefunction


@dataclass(frozen=True, slots=True)
class HookTask:
    """Something that goes on and on, such as listening to a messenger.

    Attributes:
        name: tells it from other tasks of the same hook, in the log.
        run: an `async` function without arguments that goes on until it is cancelled.
    """

    name: str
    run: Callable[[], Awaitable[None]]

    def __post_init__(self) -> None:
        if not iscoroutinefunction(self.run):
            raise TypeError(f"the task {self.name!r} must be an async function")
