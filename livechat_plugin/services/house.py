"""What hooks find in `self.house`: each call is a unit of work of its own."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, TypeVar

from livechat_plugin.core.apps import App, AppNotFound, Item, account_key
from livechat_plugin.core.conversations import Account
from livechat_plugin.services.again import anew
from livechat_plugin.services.items.keeping import Items
from livechat_plugin.services.ports import Store
from livechat_plugin.services.unit_of_work import UnitOfWork

T = TypeVar("T")


class StoredItems:
    """The apps and items of our own database; implements `HouseItems`."""

    def __init__(self, store: Store, items: Items) -> None:
        self._store = store
        self._items = items

    async def apps(self) -> Sequence[App]:
        """Every app, by name."""
        async with self._store.read() as work:
            return await work.apps.all()

    async def add(
        self, app: str, values: Mapping[str, Any], author: str, *, token: str | None = None
    ) -> Item:
        """Make an item; the same token again makes no second one."""
        return await self._kept(lambda work: self._items.add(work, app, values, author, token=token))

    async def change(
        self, app: str, item_id: str, values: Mapping[str, Any], editor: str, *, version: int | None = None
    ) -> Item:
        """Change some fields of an item."""
        return await self._kept(
            lambda work: self._items.change(work, app, item_id, values, editor, version=version)
        )

    async def link(self, app: str, item_id: str, customer: Account, editor: str) -> Item:
        """Write an account into the item's Account field."""
        account = account_key(customer.network, customer.external_id)
        return await self._kept(lambda work: self._items.link(work, app, item_id, account, editor))

    async def get(self, app: str, item_id: str) -> Item | None:
        """The item with this id."""
        async with self._store.read() as work:
            return await work.items.get(app, item_id)

    async def find(self, app: str, query: str, limit: int = 10) -> Sequence[Item]:
        """Items whose texts hold all words of the query."""
        async with self._store.read() as work:
            if await work.apps.get(app) is None:
                raise AppNotFound(app)
            return await self._items.find(work, app, query, limit)

    async def by_account(self, app: str, customer: Account) -> Item | None:
        """The item whose Account field holds the account."""
        async with self._store.read() as work:
            return await work.items.by_account(app, customer.network, customer.external_id)

    @anew
    async def _kept(self, change: Callable[[UnitOfWork], Awaitable[T]]) -> T:
        """The outcome of a change, committed."""
        async with self._store.begin() as work:
            outcome = await change(work)
            await work.commit()
        return outcome


class OurHouse:
    """Implements `House`."""

    def __init__(self, store: Store, items: Items) -> None:
        self.items = StoredItems(store, items)
