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
    """Counts in memory: a new process begins anew, and each replica counts by itself.

    That is enough, because what is tried has 256 random bits or is a token of the homeserver's: the limits spare the
    database and the homeserver. Where one limit must hold for all replicas, the load balancer has it.

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
        own = (self._each, what, _network(address))
        # Whoever is over their own limit uses up nothing of everybody's, or one address could lock out all others.
        if not self._limits.test(*own):
            raise self._too_many(*own)
        # Everybody's next: when that is used up, no further addresses are remembered.
        for limit in ((self._together, what), own):
            if not self._limits.hit(*limit):
                raise self._too_many(*limit)

    def _too_many(self, limit: RateLimitItem, *key: str) -> TooManyTries:
        ends = self._limits.get_window_stats(limit, *key).reset_time
        return TooManyTries(max(1, math.ceil(ends - time.time())))


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
