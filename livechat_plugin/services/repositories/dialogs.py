"""Guided questions that are still open, as the use cases see them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class Dialog:
    """A form that somebody is filling in, in a room; each person has at most one there.

    Attributes:
        form: the form's name.
        at: when it was begun or answered last.
        context: what the form is about, such as the slug of the live chat to change; as JSON can hold it.
        answers: what they wrote, by field key; empty for what they left out.
        again: keys of fields that were answered wrongly and are asked again, required or not.
        asks_all: whether what is not required is asked too.
    """

    room_id: str
    user_id: str
    form: str
    at: datetime
    context: Mapping[str, Any] = field(default_factory=dict)
    answers: Mapping[str, str] = field(default_factory=dict)
    again: tuple[str, ...] = ()
    asks_all: bool = True


class DialogRepository(Protocol):
    """The forms that people are filling in; they survive a restart."""

    async def get(self, room_id: str, user_id: str) -> Dialog | None:
        """What somebody is filling in, in this room."""
        ...

    async def keep(self, dialog: Dialog) -> None:
        """Keep it, in place of what the person was filling in there."""
        ...

    async def end(self, room_id: str, user_id: str) -> bool:
        """Forget it; False if there was nothing."""
        ...

    async def forget(self, before: datetime) -> None:
        """Forget those that nobody went on with since this time."""
        ...
