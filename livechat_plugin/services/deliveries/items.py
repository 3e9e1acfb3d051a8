"""What we owe those who store apps and items: questions to the hooks, and what follows from their answers."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

APPS_LANE = "apps"
"""What concerns the apps that hooks offer."""


def items_lane(conversation_id: int) -> str:
    """What is asked of hooks for a conversation; they may take their time, and hold up nothing else."""
    return f"conversation:{conversation_id}:items"


@dataclass(frozen=True, slots=True)
class RefreshApps:
    """Ask the hooks which apps they offer: one was made, changed or deleted, maybe by another process.

    Who changes apps owes it, in the lane `APPS_LANE`.
    """

    kind: Literal["refresh_apps"] = "refresh_apps"


@dataclass(frozen=True, slots=True)
class LinkAccount:
    """Connect a conversation's customer to an item: the one with `item_id`, or a new one made of the values.

    `answer_to` is the event to answer to. An attempt after the first keeps the token of the first. `request` is the
    token of the form where it was asked for, if it was asked for in a page.
    """

    conversation_id: int
    app: str
    item_id: str | None
    values: Mapping[str, Any]
    author: str
    answer_to: str | None = None
    token: str | None = None
    attempt: int = 1
    request: str | None = None
    kind: Literal["link_account"] = "link_account"


@dataclass(frozen=True, slots=True)
class RegisterItem:
    """Create an item of an app from a session. The rest is as in `LinkAccount`."""

    conversation_id: int
    session_number: int
    app: str
    values: Mapping[str, Any]
    author: str
    answer_to: str | None = None
    token: str | None = None
    attempt: int = 1
    request: str | None = None
    kind: Literal["register_item"] = "register_item"


@dataclass(frozen=True, slots=True)
class FindItems:
    """Search the items that a conversation's customer could be connected to, and say in its room what was found."""

    conversation_id: int
    app: str
    query: str
    answer_to: str | None = None
    kind: Literal["find_items"] = "find_items"


@dataclass(frozen=True, slots=True)
class ShowCustomer:
    """Say in the session room what is known of the customer."""

    conversation_id: int
    answer_to: str | None = None
    kind: Literal["show_customer"] = "show_customer"


ItemPayload = LinkAccount | RegisterItem | FindItems | ShowCustomer
"""What is asked of hooks for a conversation."""
