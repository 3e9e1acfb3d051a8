"""The marks of hooks: `hookspec` on what can be implemented, `hookimpl` on what implements it."""

from collections.abc import Callable
from typing import Any, TypeVar

import pluggy

PROJECT = "livechat"

hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)

AnyFunction = TypeVar("AnyFunction", bound=Callable[..., Any])

_PATIENCE = "livechat_patience"


def patient(times: int) -> Callable[[AnyFunction], AnyFunction]:
    """Give the implementations of a hook so many times the usual time limit, because nothing waits for them.

    Args:
        times: by how much the limit is longer.
    """

    def mark(function: AnyFunction) -> AnyFunction:
        setattr(function, _PATIENCE, times)
        return function

    return mark


def patience(function: object) -> int:
    """How many times the usual time limit the implementations of this hook have."""
    return int(getattr(function, _PATIENCE, 1))
