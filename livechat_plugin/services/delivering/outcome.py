"""What making a delivery leads to."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from livechat_plugin.services.unit_of_work import UnitOfWork

Effects = Callable[[UnitOfWork], Awaitable[None]]
"""What to keep, in the same unit of work that strikes the delivery off: both happen or neither."""


@dataclass(frozen=True, slots=True)
class Done:
    """The delivery is made; `effects` are still to be kept, or `otherwise` if they cannot be.

    If neither can be, it is given up (see `giving_up`).
    """

    effects: Effects | None = None
    otherwise: Effects | None = None
