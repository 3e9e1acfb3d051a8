"""Bringing the items of an app into the form of its new fields, all or none."""

from collections.abc import AsyncIterator, Collection, Mapping
from dataclasses import replace
from typing import Any

from livechat_plugin.core.app_definitions import InvalidApp
from livechat_plugin.core.apps import App, Field, FieldType, Item
from livechat_plugin.core.field_values import NotAValue
from livechat_plugin.services.items.describing import found_by, title_fields, title_of
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


class Conversion:
    """How the items of an app come into the form of its new fields.

    Args:
        before: the app as its items are now.
        after: the app as it is to be, with the same key.
    """

    def __init__(self, before: App, after: App) -> None:
        self._before, self._after = before, after
        old = {field.key: field for field in before.fields}
        new = {field.key for field in after.fields}
        self._gone = old.keys() - new
        self._changed = [(old.get(f.key), f) for f in after.fields if _says_more(old.get(f.key), f)]
        self._is_titled_anew = _title_order(before, new) != _title_order(after, old.keys())

    async def check(self, work: UnitOfWork) -> None:
        """Whether the values of all items fit the new fields; changes nothing.

        Raises:
            InvalidApp: some do not.
        """
        misfits = Misfits()
        if self._changed:
            async for item in _all(work, self._before):
                self._values(item, misfits)
        misfits.refuse()

    async def carry_out(self, work: UnitOfWork) -> None:
        """Keep the items in the form of the new fields, after `check`."""
        if not self._changed and not self._gone and not self._is_titled_anew:
            return
        async for item in _all(work, self._before):
            values = self._values(item, Misfits())
            title = title_of(self._after, values)
            if values != item.values or title != item.title or self._is_found_anew(values):
                version = (item.version or 0) + 1
                changed = replace(item, values=values, title=title, version=version)
                await work.items.save(changed, found_by(self._after, values))

    def _values(self, item: Item, misfits: Misfits) -> dict[str, Any]:
        values = {key: value for key, value in item.values.items() if key not in self._gone}
        for before, field in self._changed:
            try:
                value = _as(field, before, values.get(field.key))
            except NotAValue as error:
                misfits.add(field, item, str(error))
                continue
            if value is not None:
                values[field.key] = value
            elif field.is_required:
                misfits.add(field, item, "has no value")
        return values

    def _is_found_anew(self, values: Mapping[str, Any]) -> bool:
        """Whether what an item is found by differs although its values are the same."""
        return any(
            before is None
            or FieldType.ACCOUNT in {before.type, field.type}
            or show_value(before, values[field.key]) != show_value(field, values[field.key])
            for before, field in self._changed
            if field.key in values
        )


async def _all(work: UnitOfWork, app: App) -> AsyncIterator[Item]:
    last: str | None = None
    while page := await work.items.after(app.key, last, PAGE):
        for item in page:
            yield item
        last = page[-1].id


def _as(field: Field, before: Field | None, value: Any) -> Any:
    """The value of a field that was another one before.

    Raises:
        NotAValue: it does not fit.
    """
    if value is None or before is None or before.type is field.type or isinstance(value, str):
        return check_value(field, value)
    return check_value(field, show_value(before, value))


def _says_more(before: Field | None, field: Field) -> bool:
    """Whether values may have to be others, or have to be there, for a field that was another one before."""
    if before is None:
        return field.is_required
    if field.is_required and not before.is_required:
        return True
    return (field.type, field.choices, field.app) != (before.type, before.choices, before.app)


def _title_order(app: App, keys: Collection[str]) -> list[str]:
    """The fields that may be the title, in the order in which they are looked at; only those of these keys."""
    return [field.key for field in title_fields(app) if field.key in keys]
