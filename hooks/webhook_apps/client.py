"""Signed requests to one place, and to no other."""

import asyncio
import hashlib
import hmac
import json
import socket
import time
from collections.abc import Mapping
from typing import Any, NoReturn

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from pydantic import ValidationError
from tenacity import AsyncRetrying, retry_if_exception_type, stop_after_attempt, wait_random_exponential

from livechat_plugin import AppUnavailable, InvalidItem

from .answers import Errors, WebhookFailed
from .settings import is_private

LONGEST_ANSWER = 1_000_000
ATTEMPTS = 5
AGAIN = frozenset({408, 429, 500, 502, 503, 504})
REFUSALS = frozenset({400, 409, 422})


class _TryAgain(Exception):
    """The other side is away or busy."""


class Client:
    """Asks the other side.

    Args:
        url: where requests go; each question is appended to it.
        secret: what they are signed with.
        is_private_allowed: whether the other side may have a private address.
    """

    def __init__(self, url: str, secret: bytes, *, is_private_allowed: bool) -> None:
        self._url = url
        self._secret = secret
        self._is_private_allowed = is_private_allowed

    async def ask(
        self, question: str, asked: Mapping[str, Any], seconds: float, token: str | None = None
    ) -> bytes:
        """The body of a good answer; asked again, within the time, while the other side is away or busy."""
        body = json.dumps(asked, ensure_ascii=False).encode()
        retrying = AsyncRetrying(
            retry=retry_if_exception_type(_TryAgain),
            wait=wait_random_exponential(multiplier=0.1, max=2),
            stop=stop_after_attempt(ATTEMPTS),
            reraise=True,
        )
        try:
            async with asyncio.timeout(seconds), self._connection() as connection:
                async for attempt in retrying:
                    with attempt:
                        return await self._attempt(connection, question, body, token)
        except TimeoutError:
            raise AppUnavailable(f"no answer within {seconds:g} s") from None
        except _TryAgain as error:
            raise AppUnavailable(str(error)) from None
        raise AssertionError("retrying ends with a result or an error")

    async def _attempt(
        self, connection: aiohttp.ClientSession, question: str, body: bytes, token: str | None
    ) -> bytes:
        url = f"{self._url}/{question}"
        headers = self._headers(body, token)
        try:
            async with connection.post(url, data=body, headers=headers, allow_redirects=False) as response:
                answer = await _limited(response)
                status = response.status
        except OSError as error:  # aiohttp's connection errors, and a private address behind a public name
            raise _TryAgain(_reason(error)) from None
        except aiohttp.ClientError as error:
            raise _TryAgain(type(error).__name__) from None
        if status in AGAIN:
            raise _TryAgain(f"it answers with HTTP {status}")
        if status in REFUSALS:
            _refuse(question, status, answer)
        if not 200 <= status < 300:
            raise WebhookFailed(
                f"{question}: the answer is HTTP {status}, which is none; redirects are not followed"
            )
        return answer

    def _headers(self, body: bytes, token: str | None) -> dict[str, str]:
        timestamp = str(int(time.time()))
        signed = hmac.new(self._secret, timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "livechat-plugin",
            "Livechat-Timestamp": timestamp,
            "Livechat-Signature": f"v1={signed}",
        }
        return headers if token is None else {**headers, "Idempotency-Key": token}

    def _connection(self) -> aiohttp.ClientSession:
        # Neither cookies nor proxies of the environment: requests go to the configured place and nowhere else.
        resolver = None if self._is_private_allowed else _PublicResolver()
        connector = aiohttp.TCPConnector(resolver=resolver, use_dns_cache=False)
        return aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar())


class _PublicResolver(AbstractResolver):
    """Finds public addresses only, so that a name cannot lead into the own network."""

    def __init__(self) -> None:
        self._resolver = aiohttp.ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """The public ones among the addresses of a name."""
        found = await self._resolver.resolve(host, port, family)
        public = [address for address in found if not is_private(address["host"])]
        if not public:
            raise OSError(f"{host} has private addresses only")
        return public

    async def close(self) -> None:
        """Nothing is held open."""
        await self._resolver.close()


async def _limited(response: aiohttp.ClientResponse) -> bytes:
    answer = bytearray()
    async for chunk in response.content.iter_any():
        answer += chunk
        if len(answer) > LONGEST_ANSWER:
            raise WebhookFailed(f"the answer has more than {LONGEST_ANSWER} bytes")
    return bytes(answer)


def _refuse(question: str, status: int, answer: bytes) -> NoReturn:
    try:
        errors = Errors.model_validate_json(answer).errors
    except ValidationError:
        raise WebhookFailed(f"{question}: HTTP {status} without a reason for each field") from None
    raise InvalidItem(errors)


def _reason(error: OSError) -> str:
    cause = getattr(error, "os_error", error)  # aiohttp wraps it
    return cause.strerror or str(cause) or type(cause).__name__
