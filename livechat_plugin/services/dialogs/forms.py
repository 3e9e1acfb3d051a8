"""What a form is, and finding its next question."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from livechat_plugin.core.apps import Field, FieldType, InvalidItem
from livechat_plugin.core.errors import InvalidLiveChat
from livechat_plugin.services.items import read_values
from livechat_plugin.services.items.values import find_field
from livechat_plugin.services.repositories.dialogs import Dialog
from livechat_plugin.services.unit_of_work import UnitOfWork

LEAVE_EMPTY = "-"
"""The answer that leaves an optional field empty."""

Wrong = (InvalidItem, InvalidLiveChat)
"""The refusals that name fields: the person is asked for these again."""

Words = tuple[str, str | None] | str | None
"""What the person is told when the form is finished, as text or as text and HTML; None says nothing."""

Keep = Callable[[UnitOfWork], Awaitable[Words]]
"""Does what the form is for, in the unit of work that ends the dialog. It may refuse, before it has written anything."""


@dataclass(frozen=True, slots=True)
class Filled:
    """What was filled in.

    Attributes:
        dialog: who fills it in, where, and what it is about.
        values: by field key, as `read_values` makes them; an empty field is absent.
        event_id: the message that answered the last question, or began it all.
    """

    dialog: Dialog
    values: Mapping[str, Any]
    event_id: str


class Form(Protocol):
    """Questions that belong together.

    Both methods run outside of any unit of work, as deliveries do: they may ask hooks and read from the store.
    After a crash they may be called again with the same answers.
    """

    @property
    def name(self) -> str:
        """What it is kept and begun by; never changes."""
        ...

    async def fields(self, dialog: Dialog) -> Sequence[Field]:
        """What is asked, in order. It may depend on the context and on the answers so far."""
        ...

    async def check(self, dialog: Dialog, values: Mapping[str, Any]) -> None:
        """Look at what is answered so far, after each answer; the values are well-formed.

        Raises:
            InvalidItem, InvalidLiveChat: an answer is wrong for a reason that its field's type does not tell.
        """
        ...

    async def finish(self, filled: Filled) -> Keep:
        """Ask whom is to be asked outside, and say what is to be kept and told.

        Raises:
            InvalidItem, InvalidLiveChat: some fields are wrong; the person is asked for them again.
            Refused: it is not possible at all; the person is told, and the dialog ends.
        """
        ...


@dataclass(frozen=True, slots=True)
class Answered:
    """How far a dialog is.

    Attributes:
        answers: as written, by field key; wrong ones are left out.
        values: what they mean.
        errors: why answers were left out, by field key.
        question: what is asked next; None if nothing is left to ask.
    """

    answers: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Any] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    question: Field | None = None


def standing(dialog: Dialog, fields: Sequence[Field], answers: Mapping[str, str]) -> Answered:
    """What is right and wrong among the answers, and what is asked next: what was wrong, or else missing.

    Answers to no field are left to the caller.
    """
    known, values, errors = dict[str, str](), dict[str, Any](), dict[str, str]()
    for name, written in answers.items():
        asked = find_field(fields, name)
        if asked is None:
            continue
        raw = _meant(asked, written)
        try:
            read = read_values([asked], {asked.key: raw})
        except InvalidItem as error:
            errors |= error.errors
        else:
            # A choice is kept as the field spells it, so that forms can compare.
            known[asked.key] = read.get(asked.key, raw) if asked.type is FieldType.CHOICE else raw
            values |= read
    return Answered(known, values, errors, _next(dialog, fields, known, errors))


def without(
    dialog: Dialog, fields: Sequence[Field], answered: Answered, errors: Mapping[str, str]
) -> Answered:
    """The same after some answers turned out wrong."""
    keys = {found.key: reason for name, reason in errors.items() if (found := find_field(fields, name))}
    known = {key: raw for key, raw in answered.answers.items() if key not in keys}
    values = {key: value for key, value in answered.values.items() if key not in keys}
    return Answered(known, values, dict(errors), _next(dialog, fields, known, keys))


def _next(
    dialog: Dialog, fields: Sequence[Field], known: Mapping[str, str], errors: Mapping[str, str]
) -> Field | None:
    missing = [asked for asked in fields if asked.key not in known]
    again = {*dialog.again, *errors}
    wrong = next((asked for asked in missing if asked.key in again), None)
    if wrong is not None:
        return wrong
    return next((asked for asked in missing if dialog.asks_all or asked.is_required), None)


def _meant(asked: Field, written: str) -> str:
    raw = written.strip()
    if raw == LEAVE_EMPTY:
        return ""
    if raw not in asked.choices and raw.isascii() and raw.isdigit():
        number = int(raw[:9])
        if 1 <= number <= len(asked.choices):
            return asked.choices[number - 1]
    return raw
