"""What the homeserver answers to a client: good, or an exception that cannot be overlooked."""

import logging
from collections.abc import Awaitable
from typing import Any

import nio  # type: ignore[import-untyped]

from livechat_plugin.core.errors import LivechatError

# nio warns that a refusal lacks the fields of a good answer; refusals are raised as ClientFailed here.
logging.getLogger("nio.responses").setLevel(logging.ERROR)


class ClientFailed(LivechatError):
    """The homeserver refused a request.

    Attributes:
        errcode: the Matrix error code, as `M_FORBIDDEN`; empty if the answer had none.
        status: the HTTP status.
    """

    def __init__(self, errcode: str, reason: str, status: int) -> None:
        self.errcode = errcode
        self.status = status
        super().__init__(f"{status} {errcode} {reason}")


async def checked(request: Awaitable[Any]) -> Any:
    """The answer to one of nio's requests.

    Raises:
        ClientFailed: it was a refusal.
    """
    return accepted(await request)


def accepted(response: Any) -> Any:
    """Turn nio's error objects, which are easy to overlook, into exceptions."""
    if isinstance(response, nio.ErrorResponse):
        status = response.transport_response.status if response.transport_response else 0
        raise ClientFailed(response.status_code or "", response.message, status)
    return response
