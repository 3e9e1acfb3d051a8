"""What somebody asked for in a form about items, until they have seen what became of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


class RequestState(StrEnum):
    """How far it is."""

    OWED = "owed"
    """Those who store the items are still to be asked, or asked again."""
    DONE = "done"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class ItemRequest:
    """A customer's connection to an item, or an item's registration, asked for in a page (requirements S19, S20).

    The token comes with the form, so that a form that is sent twice is one request. What was refused may be asked for
    again with the same token.

    Attributes:
        actor: Matrix id of who asked; nobody else is told of it.
        session_number: the session to register from; None for a connection.
        item_id: the item to connect to; None for a new one of these values.
        told: what is to be said of it to who asked, once there is something.
        errors: why it was refused, by field.
    """

    token: str
    actor: str
    conversation_id: int
    account_id: int
    app: str
    at: datetime
    session_number: int | None = None
    item_id: str | None = None
    values: Mapping[str, Any] = field(default_factory=dict)
    state: RequestState = RequestState.OWED
    told: str = ""
    errors: Mapping[str, str] = field(default_factory=dict)
