from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from livechat_plugin.core.apps import Item
from livechat_plugin.core.errors import ConcurrentChange
from livechat_plugin.services.repositories.items import Findable, words_of
from tests.fakes.stored import KeptItem, Repository, in_utc, must_exist, visible


class FakeItems(Repository):
    async def add(self, item: Item, found_by: Findable, token: str | None = None) -> Item:
        must_exist(self._all.apps, item.app)
        for kept in self._all.items.values():
            if token is not None and kept.token == token:
                return kept.item
        number = self._all.next_id("items")
        added = _clean(replace(item, id=str(number), version=1))
        self._all.items[number] = KeptItem(added, found_by, token, _since(added, found_by, {}))
        return added

    async def get(self, app: str, item_id: str) -> Item | None:
        return next((kept.item for kept in self._of(app) if kept.item.id == item_id), None)

    async def hold(self, app: str, item_id: str) -> Item | None:
        return await self.get(app, item_id)

    async def save(self, item: Item, found_by: Findable) -> None:
        known = await self.get(item.app, item.id)
        if known is None or known.version != (item.version or 0) - 1:
            raise ConcurrentChange(f"Item #{item.id} was changed by somebody else.")
        kept = self._all.items[int(item.id)]
        changed = replace(_clean(item), author=known.author, created_at=known.created_at)
        self._all.items[int(item.id)] = KeptItem(
            changed, found_by, kept.token, _since(changed, found_by, kept.since)
        )

    async def by_account(self, app: str, network: str, external_id: str) -> Item | None:
        account = (network, external_id)
        found = [kept for kept in self._of(app) if account in kept.since]
        last = max(found, key=lambda kept: (kept.since[account], int(kept.item.id)), default=None)
        return last.item if last is not None else None

    async def prefer(self, item: Item, network: str, external_id: str, at: datetime) -> None:
        kept = self._all.items[int(item.id)]
        since = {**kept.since, (network, external_id): at}
        self._all.items[int(item.id)] = replace(kept, since=since)

    async def search(self, app: str, query: str, limit: int) -> Sequence[Item]:
        words = words_of(query)
        found = [kept.item for kept in self._of(app) if all(word in kept.found_by.text for word in words)]
        return found[::-1][:limit]

    async def after(self, app: str, item_id: str | None, limit: int) -> Sequence[Item]:
        last = int(item_id) if item_id is not None else 0
        return [kept.item for kept in self._of(app) if int(kept.item.id) > last][:limit]

    async def page(
        self,
        app: str,
        query: str,
        limit: int,
        *,
        before: str | None = None,
        after: str | None = None,
    ) -> Sequence[Item]:
        found = list(await self.search(app, query, len(self._all.items)))
        beyond = before if before is not None else after
        if beyond is not None and not (beyond.isdecimal() and 0 < int(beyond) < 2**63):
            return []
        if before is not None:
            found = [item for item in found if int(item.id) < int(before)]
        elif after is not None:
            found = [item for item in found if int(item.id) > int(after)][-limit:]
        return found[:limit]

    async def claim(self, item: Item) -> None:
        known = await self.get(item.app, item.id)
        if known is None or known.version != item.version:
            raise ConcurrentChange(f"Item #{item.id} was changed by somebody else.")

    async def delete(self, item: Item) -> None:
        known = await self.get(item.app, item.id)
        if known is None or known.version != item.version:
            raise ConcurrentChange(f"Item #{item.id} was changed by somebody else.")
        del self._all.items[int(item.id)]

    async def count(self, app: str) -> int:
        return len(self._of(app))

    async def delete_all(self, app: str) -> None:
        for kept in self._of(app):
            del self._all.items[int(kept.item.id)]

    def _of(self, app: str) -> list[KeptItem]:
        return [kept for kept in self._all.items.values() if kept.item.app == app]


def _since(
    item: Item, found_by: Findable, known: Mapping[tuple[str, str], datetime]
) -> Mapping[tuple[str, str], datetime]:
    assert item.changed_at is not None
    return {account: known.get(account, item.changed_at) for account in found_by.accounts}


def _clean(item: Item) -> Item:
    assert item.created_at is not None
    assert item.changed_at is not None
    return replace(
        item,
        title=visible(item.title),
        created_at=in_utc(item.created_at),
        changed_at=in_utc(item.changed_at),
        link=None,
    )
