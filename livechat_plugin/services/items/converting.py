"""Bringing the items of an app into the form of its new fields, all or none."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from typing import Any

from livechat_plugin.core.app_definitions import InvalidApp
from livechat_plugin.core.apps import App, Field, FieldType, Item
from livechat_plugin.core.field_values import NotAValue
from livechat_plugin.services.items.describing import found_by, title_of
from livechat_plugin.services.items.values import check_value, show_value
from livechat_plugin.services.unit_of_work import UnitOfWork

PAGE = 500
EXAMPLES = 3


class Misfits:
    """The items whose values do not fit, counted by field."""

    def __init__(self) -> None:
        self._counts: dict[str, int] = {}
        self._examples: dict[str, list[str]] = {}

    def add(self, field: Field, item: Item, reason: str) -> None:
        """One item whose value of the field does not fit."""
        self._counts[field.key] = self._counts.get(field.key, 0) + 1
        examples = self._examples.setdefault(field.key, [])
        if len(examples) < EXAMPLES:
            examples.append(f"#{item.id} {reason}")

    def refuse(self) -> None:
        """Go on only if there is none.

        Raises:
            InvalidApp: with the number of items and some examples for each field.
        """
        errors = {
            key: f"{count} {'item does' if count == 1 else 'items do'} not fit: "
            f"{'; '.join(self._examples[key])}. Change {'it' if count == 1 else 'them'} first"
            for key, count in self._counts.items()
        }
        if errors:
            raise InvalidApp(errors)


async def count_values(work: UnitOfWork, before: App, keys: frozenset[str]) -> dict[str, int]:
    """In how many items each of these fields holds something."""
    counts = dict.fromkeys(sorted(keys), 0)
    async for item in _all(work, before):
        for key in keys & item.values.keys():
            counts[key] += 1
    return counts


async def check_conversion(work: UnitOfWork, before: App, after: App) -> None:
    """Whether the values of all items fit the new fields; changes nothing.

    Raises:
        InvalidApp: some do not.
    """
    if not _may_misfit(before, after):
        return
    misfits = Misfits()
    async for item in _all(work, before):
        _converted(item, before, after, misfits)
    misfits.refuse()


async def convert(work: UnitOfWork, before: App, after: App) -> int:
    """Keep the items in the form of the new fields, after `check_conversion`; returns how many were changed."""
    changed = 0
    async for item in _all(work, before):
        values = _converted(item, before, after, Misfits())
        title, found = title_of(after, values), found_by(after, values)
        if values != item.values or title != item.title or found != found_by(before, item.values):
            version = (item.version or 0) + 1
            await work.items.save(replace(item, values=values, title=title, version=version), found)
            changed += 1
    return changed


async def _all(work: UnitOfWork, app: App) -> AsyncIterator[Item]:
    last: str | None = None
    while page := await work.items.after(app.key, last, PAGE):
        for item in page:
            yield item
        last = page[-1].id


def _converted(item: Item, before: App, after: App, misfits: Misfits) -> Mapping[str, Any]:
    known = {field.key: field for field in before.fields}
    values: dict[str, Any] = {}
    for field in after.fields:
        value = item.values.get(field.key)
        try:
            if value is not None and field != known.get(field.key):
                value = _as(field, known.get(field.key), value)
        except NotAValue as error:
            misfits.add(field, item, str(error))
            continue
        if value is not None:
            values[field.key] = value
        elif field.is_required:
            misfits.add(field, item, "has no value")
    return values


def _as(field: Field, before: Field | None, value: Any) -> Any:
    """The value of a field that was another one before.

    Raises:
        NotAValue: it does not fit.
    """
    if before is None or before.type is field.type or isinstance(value, str):
        return check_value(field, value)
    return check_value(field, show_value(before, value))


def _may_misfit(before: App, after: App) -> bool:
    """Whether a new definition asks more of values than the old one."""
    known = {field.key: field for field in before.fields}
    return any(_asks_more(known.get(field.key), field) for field in after.fields)


def _asks_more(before: Field | None, field: Field) -> bool:
    if before is None:
        return field.is_required
    if field.type is FieldType.CHOICE and not set(before.choices) <= set(field.choices):
        return True
    is_newly_required = field.is_required and not before.is_required
    return is_newly_required or field.type is not before.type or field.app != before.app
