"""Making, changing and finding the items of our own database (requirement S21)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from livechat_plugin.core.apps import (
    App,
    AppNotFound,
    FieldType,
    InvalidItem,
    Item,
    ItemNotFound,
    StaleItem,
    account_parts,
)
from livechat_plugin.services.items.describing import found_by, title_of
from livechat_plugin.services.items.values import check_changes, check_values
from livechat_plugin.services.ports import Clock
from livechat_plugin.services.unit_of_work import UnitOfWork

MOST_FOUND = 100
"""Items that one search can return."""


@dataclass(frozen=True, slots=True)
class Items:
    """Keeps items. Who may do what is for the caller to know: items are made from sessions and by hooks."""

    clock: Clock

    async def add(
        self,
        work: UnitOfWork,
        app_key: str,
        values: Mapping[str, Any],
        author: str,
        *,
        token: str | None = None,
    ) -> Item:
        """Make an item.

        Args:
            work: the unit of work; committing it is left to the caller.
            app_key: of one of our own apps.
            values: by field key, as JSON holds them or as people write them.
            author: Matrix id of who makes it.
            token: when an item was made with it before, that one is returned.

        Raises:
            AppNotFound: we keep no such app.
            InvalidItem: with the errors of all fields.
        """
        app = await self._app(work, app_key)
        checked = check_values(app.fields, values)
        await _check_references(work, app, checked)
        now = self.clock.now()
        title = title_of(app, checked)
        item = Item(app.key, "", title, checked, None, author, author, now, now)
        return await work.items.add(item, found_by(app, checked), token)

    async def change(
        self,
        work: UnitOfWork,
        app_key: str,
        item_id: str,
        values: Mapping[str, Any],
        editor: str,
        *,
        version: int | None = None,
    ) -> Item:
        """Change some fields of an item; None empties one.

        Args:
            work: the unit of work; committing it is left to the caller.
            app_key: of one of our own apps.
            item_id: of an item of this app.
            values: by field key, as JSON holds them or as people write them.
            editor: Matrix id of who changes it.
            version: of the item that they saw; if it was changed since, theirs is refused.

        Raises:
            AppNotFound: we keep no such app.
            ItemNotFound: it has no such item.
            StaleItem: somebody else has changed it meanwhile.
            InvalidItem: with the errors of all fields.
            ConcurrentChange: somebody else is changing it at this moment; do it again.
        """
        app = await self._app(work, app_key)
        item = await self.get(work, app.key, item_id)
        if version is not None and version != item.version:
            raise StaleItem(item)
        changes = check_changes(app.fields, values)
        await _check_references(work, app, changes)
        merged = {**item.values, **changes}
        return await self._save(work, app, item, merged, editor)

    async def link(self, work: UnitOfWork, app_key: str, item_id: str, account: str, editor: str) -> Item:
        """Write an account, as `network:id`, into the item's Account field, beside those that are there (S19).

        From then on, `by_account` answers with this item, also if the account stands in others.

        Raises:
            AppNotFound: we keep no such app.
            AccountFieldMissing: it has no Account field.
            ItemNotFound: it has no such item.
            InvalidItem: the account is none, or the field holds too many.
            ConcurrentChange: somebody else is changing it at this moment; do it again.
        """
        app = await self._app(work, app_key)
        field = app.account_field()
        if await work.items.hold(app.key, item_id.strip().removeprefix("#")) is None:
            raise ItemNotFound(app_key, item_id)
        item = await self.get(work, app.key, item_id)
        accounts: Sequence[str] = item.values.get(field.key, ())
        merged = check_values([replace(field, is_required=False)], {field.key: [*accounts, account]})
        if merged[field.key] == list(accounts):
            await work.items.prefer(item, *account_parts(account), self.clock.now())
            return item
        return await self._save(work, app, item, {**item.values, **merged}, editor)

    async def get(self, work: UnitOfWork, app_key: str, item_id: str) -> Item:
        """An item by its id.

        Raises:
            ItemNotFound: the app has no such item.
        """
        item = await work.items.get(app_key, item_id.strip().removeprefix("#"))
        if item is None:
            raise ItemNotFound(app_key, item_id)
        return item

    async def find(self, work: UnitOfWork, app_key: str, query: str, limit: int = 10) -> Sequence[Item]:
        """Items with all words of the query, newest first; one whose number was written comes before all."""
        found = list(await work.items.search(app_key, query, min(limit, MOST_FOUND)))
        numbered = await work.items.get(app_key, query.strip().removeprefix("#"))
        if numbered is None:
            return found
        return [numbered, *(item for item in found if item.id != numbered.id)][:limit]

    async def _save(
        self, work: UnitOfWork, app: App, item: Item, values: Mapping[str, Any], editor: str
    ) -> Item:
        kept = {key: value for key, value in values.items() if value is not None}
        changed = replace(
            item,
            values=kept,
            title=title_of(app, kept),
            editor=editor,
            changed_at=self.clock.now(),
            version=(item.version or 0) + 1,
        )
        await work.items.save(changed, found_by(app, kept))
        return changed

    async def _app(self, work: UnitOfWork, key: str) -> App:
        app = await work.apps.get(key)
        if app is None:
            raise AppNotFound(key)
        return app


async def _check_references(work: UnitOfWork, app: App, values: Mapping[str, Any]) -> None:
    """Items of apps that are stored elsewhere cannot be looked for here.

    Raises:
        InvalidItem: an item that is referred to does not exist.
    """
    errors: dict[str, str] = {}
    for field in app.fields:
        wanted = values.get(field.key)
        if field.type is not FieldType.REFERENCE or wanted is None or field.app is None:
            continue
        if await work.apps.get(field.app) is not None and await work.items.hold(field.app, wanted) is None:
            errors[field.key] = f"there is no item #{wanted} of {field.app}; look for it by its name first"
    if errors:
        raise InvalidItem(errors)
