"""What an item is shown and found by."""

from collections.abc import Mapping, Sequence
from typing import Any

from livechat_plugin.core.apps import App, Field, FieldType, account_parts
from livechat_plugin.core.field_values.words import shortened_to
from livechat_plugin.services.items.values import show_value
from livechat_plugin.services.repositories.items import Findable, searchable

LONGEST_TITLE = 100
LONGEST_SEARCHED = 4_000
"""Characters of an item that a search looks at: a long text must not slow down the search of all."""


def title_of(app: App, values: Mapping[str, Any]) -> str:
    """The first string; without one, the first field that shows something; without any, the app's name."""
    for field in title_fields(app):
        shown = " ".join(show_value(field, values.get(field.key)).split())
        if shown:
            return shortened_to(shown, LONGEST_TITLE)
    return app.name


def title_fields(app: App) -> Sequence[Field]:
    """The fields that may be the title, in the order in which they are looked at."""
    return sorted(app.fields, key=lambda field: field.type is not FieldType.STRING)


def found_by(app: App, values: Mapping[str, Any]) -> Findable:
    """The values as people see them and, where that differs, as they are kept; and the accounts."""
    words: dict[str, None] = {}
    accounts: dict[tuple[str, str], None] = {}
    for field in app.fields:
        value = values.get(field.key)
        if value is None:
            continue
        words[show_value(field, value)] = None
        if isinstance(value, str):
            words[value] = None
        if field.type is FieldType.ACCOUNT:
            accounts.update(dict.fromkeys(map(account_parts, value)))
    return Findable(searchable("\n".join(words))[:LONGEST_SEARCHED], tuple(accounts))
