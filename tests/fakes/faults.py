"""Failures on demand, so that tests see what follows from them."""

import asyncio
from collections import deque

from livechat_plugin.core.errors import HomeserverRefused, HomeserverUnavailable


def refusal(errcode: str = "M_FORBIDDEN") -> HomeserverRefused:
    """What the homeserver says to something that it will never do."""
    return HomeserverRefused(errcode, "No.", 403)


def absence() -> HomeserverUnavailable:
    """What a homeserver that is away amounts to."""
    return HomeserverUnavailable("does not answer")


class Faults:
    """What goes wrong with the next calls, or with all those that concern one room or user until that is mended."""

    def __init__(self) -> None:
        self._next: deque[Exception] = deque()
        self._broken: dict[str, Exception] = {}
        self._stalled: dict[str, asyncio.Event] = {}
        self._answers_to_lose = 0
        self.calls = 0
        """How many calls came, failed or not."""

    def fail(self, error: Exception, times: int = 1) -> None:
        """Let the next calls fail without effect."""
        self._next.extend([error] * times)

    def break_down(self, name: str, error: Exception) -> None:
        """Let every call that concerns this room or user fail."""
        self._broken[name] = error

    def mend(self, name: str) -> None:
        """End what `break_down` or `stall` began."""
        self._broken.pop(name, None)
        if name in self._stalled:
            self._stalled.pop(name).set()

    def stall(self, name: str) -> None:
        """Let every call that concerns this room or user hang."""
        self._stalled[name] = asyncio.Event()

    def lose_answers(self, times: int = 1) -> None:
        """Let the next sends take effect, but let nobody hear of it."""
        self._answers_to_lose += times

    async def meet(self, *names: str) -> None:
        """Meet what is in the way of a call."""
        self.calls += 1
        await asyncio.sleep(0)
        for name in names:
            if name in self._stalled:
                await self._stalled[name].wait()
            if name in self._broken:
                raise self._broken[name]
        if self._next:
            raise self._next.popleft()

    def answer(self) -> None:
        """Meet what is in the way of the answer."""
        if self._answers_to_lose:
            self._answers_to_lose -= 1
            raise absence()
