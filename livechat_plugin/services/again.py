"""Doing something anew when another writer was faster, or when the database chose us to break a circle of locks."""

import asyncio
from collections.abc import Callable, Coroutine
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from livechat_plugin.core.errors import ConcurrentChange

P = ParamSpec("P")
T = TypeVar("T")

ATTEMPTS = 8
PAUSE = 0.01
"""Seconds before the second attempt; each later one waits that much longer."""


def anew(act: Callable[P, Coroutine[Any, Any, T]]) -> Callable[P, Coroutine[Any, Any, T]]:
    """Let a function that opens a unit of work begin again until nobody else is faster.

    For everything that a person waits for. The function must do nothing before its commit that may not be done twice.

    Raises:
        ConcurrentChange: others were faster each time.
    """

    @wraps(act)
    async def act_again(*args: P.args, **kwargs: P.kwargs) -> T:
        for attempt in range(1, ATTEMPTS):
            try:
                return await act(*args, **kwargs)
            except ConcurrentChange:
                await asyncio.sleep(PAUSE * attempt)
        return await act(*args, **kwargs)

    return act_again
