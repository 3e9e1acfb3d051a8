"""Running one implementation within its time limit, so that nothing it does ends or holds up more than the call."""

import asyncio
import inspect
from collections.abc import Awaitable, Callable
from contextlib import suppress
from contextvars import copy_context
from threading import Thread
from typing import Any

THREADS_EACH = 8
"""How many threads one plain implementation may have at a time; further calls wait for one of these."""

LAST_MOMENTS = 0.01
"""Seconds for a task to end when it is asked to."""


class NoAnswer(Exception):
    """The call was not made or did not come to an end in time; the message says why."""


class Caller:
    """Calls one implementation.

    A plain one runs in a thread. The threads are its own: one that hangs takes nobody else's place, neither among
    the hooks nor in the event loop's pool, where names are resolved. They are daemons, so that the process can end.

    Args:
        function: the implementation.
        time_limit: seconds that a call may take.
    """

    def __init__(self, function: Callable[..., Any], time_limit: float) -> None:
        self._function = function
        self._time_limit = time_limit
        self._is_async = inspect.iscoroutinefunction(function)
        self._threads = asyncio.Semaphore(THREADS_EACH)
        self._overdue: set[asyncio.Future[Any]] = set()

    async def __call__(self, *arguments: Any) -> Any:
        """One call.

        Raises:
            NoAnswer: it took too long, ended itself, or an earlier call is still at it long after its time.
        """
        if self._overdue:
            raise NoAnswer("was not called: an earlier call of it still hangs")
        work = await self._start(lambda: self._function(*arguments))
        work.add_done_callback(_look_at)
        try:
            await asyncio.wait([work], timeout=self._time_limit)
        except asyncio.CancelledError:
            self._ask_to_end(work)
            raise
        if not work.done():
            await self._leave(work)
            raise NoAnswer(f"took longer than {self._time_limit} s")
        if work.cancelled():
            raise NoAnswer("cancelled itself")
        return work.result()

    async def _start(self, call: Callable[[], Any]) -> asyncio.Future[Any]:
        if self._is_async:
            return asyncio.ensure_future(_contained(call))
        try:
            async with asyncio.timeout(self._time_limit):
                await self._threads.acquire()
        except TimeoutError:
            raise NoAnswer("was not called: its earlier calls take too long") from None
        work = _in_thread(call)
        work.add_done_callback(lambda _: self._threads.release())
        return work

    async def _leave(self, work: asyncio.Future[Any]) -> None:
        """Wait for it no longer, and remember it until it ends."""
        self._ask_to_end(work)
        await asyncio.wait([work], timeout=LAST_MOMENTS)
        if not work.done():
            self._overdue.add(work)
            work.add_done_callback(self._overdue.discard)

    def _ask_to_end(self, work: asyncio.Future[Any]) -> None:
        """A task can be asked; a thread cannot, and its future must tell when it really ends."""
        if self._is_async:
            work.cancel()


async def _contained(call: Callable[[], Awaitable[Any]]) -> Any:
    try:
        return await call()
    except SystemExit as error:
        raise NoAnswer(f"called sys.exit({error})") from error


def _in_thread(call: Callable[[], Any]) -> asyncio.Future[Any]:
    """Run a plain function in a thread; the future is done when the thread ends."""
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
        answer: Any = None
        error: Exception | None = None
        try:
            answer = call()
        except StopIteration as raised:  # which a future cannot hold
            error = NoAnswer(f"raised {type(raised).__name__}")
        except Exception as raised:  # noqa: BLE001 - passed on to the caller
            error = raised
        except BaseException as raised:  # noqa: BLE001 - nothing of a guest's may end more than its call
            error = NoAnswer(f"raised {type(raised).__name__}")
        with suppress(RuntimeError):  # the loop is closed: nobody waits any more
            loop.call_soon_threadsafe(settle, answer, error)

    Thread(target=copy_context().run, args=(run,), daemon=True, name="hook").start()
    return future


def _look_at(work: asyncio.Future[Any]) -> None:
    """Take note of an error that comes after the time limit, when nobody waits for it any more."""
    if not work.cancelled():
        work.exception()
