"""How often the same visitor may ask what everybody may ask: a moving window, by address and for all together."""

import ipaddress
import math
import time

from fastapi import Depends
from limits import RateLimitItem, RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from starlette.requests import Request

EACH = 60
"""Requests a minute from one address; people of an office may share one."""
ALL = 1200
"""Requests a minute from everybody together. It also bounds what is remembered."""


class TooManyTries(Exception):
    """Somebody asks faster than a person does; after `retry_after` seconds they may ask again."""

    def __init__(self, retry_after: int) -> None:
        self.retry_after = retry_after
        super().__init__(f"too many tries; again in {retry_after} s")


class Limiter:
    """Counts in memory: a new process begins anew.

    Args:
        each: requests a minute from one address.
        together: requests a minute from all.
    """

    def __init__(self, each: int = EACH, together: int = ALL) -> None:
        self._limits = MovingWindowRateLimiter(MemoryStorage())
        self._each: RateLimitItem = RateLimitItemPerMinute(each)
        self._together: RateLimitItem = RateLimitItemPerMinute(together)

    def check(self, what: str, address: str) -> None:
        """Count one request.

        Args:
            what: what is asked for; each is counted by itself.
            address: of who asks.

        Raises:
            TooManyTries: there were too many.
        """
        # Everybody's first: when that is used up, no further addresses are remembered.
        for limit, key in ((self._together, (what,)), (self._each, (what, _network(address)))):
            if not self._limits.hit(limit, *key):
                ends = self._limits.get_window_stats(limit, *key).reset_time
                raise TooManyTries(max(1, math.ceil(ends - time.time())))


async def limited(request: Request) -> None:
    """For what everybody may ask; see `Limiter`."""
    limiter: Limiter = request.app.state.limiter
    limiter.check("sign-in", request.client.host if request.client else "")


Limited = Depends(limited)


def _network(address: str) -> str:
    """One household or server has many IPv6 addresses, all with the same first half."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return address
    if ip.version == 6 and ip.ipv4_mapped is None:
        return str(ipaddress.ip_network((ip, 64), strict=False))
    return str(ip)
