"""Waiting that a cancellation does not cut short."""

import asyncio
from asyncio import CancelledError, Future
from typing import Any, TypeVar

Result = TypeVar("Result")


async def finished(future: Future[Any]) -> CancelledError | None:
    """Wait until the future is done, whatever its result.

    Returns:
        The cancellation that arrived meanwhile, which the caller raises when its own work is in order.
    """
    cancellation = None
    while not future.done():
        try:
            await asyncio.wait([future])
        except CancelledError as error:
            cancellation = error
    return cancellation


async def result_of(future: Future[Result]) -> Result:
    """The future's result; a cancellation takes effect only when it is there."""
    cancellation = await finished(future)
    if cancellation is not None:
        future.exception()  # Otherwise asyncio would log that nobody looked.
        raise cancellation
    return future.result()
