"""The erasure of a customer's data."""

from dataclasses import dataclass
from typing import Literal

from livechat_plugin.core.erasure import ErasureStep

RETENTION_LANE = "retention"
"""What follows from the deletion of what is old."""


def erasure_lane(account_id: int) -> str:
    """One part of it after another; it holds up nobody else."""
    return f"erasure:{account_id}"


@dataclass(frozen=True, slots=True)
class EraseCustomer:
    """Erase a part of what there is of a customer, and owe the next part.

    It names nobody: who it is about stands in the account until the end.

    Attributes:
        with_items: whether items of our own database go, too.
        number: how far this step has come: a place in a list, an id.
        page: where a room's history goes on.
    """

    account_id: int
    with_items: bool = False
    step: ErasureStep = ErasureStep.CLOSE
    number: int = 0
    page: str | None = None
    kind: Literal["erase_customer"] = "erase_customer"


@dataclass(frozen=True, slots=True)
class DeleteFiles:
    """Delete files of messages that were deleted because they were old.

    Attributes:
        by: who must have uploaded them.
        or_us: whether it may have been one of our users instead.
    """

    files: tuple[str, ...]
    by: str | None = None
    or_us: bool = False
    kind: Literal["delete_files"] = "delete_files"
