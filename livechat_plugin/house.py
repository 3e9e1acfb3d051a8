"""What the plugin offers to hooks beside what they are asked: the apps and items of its own database."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from livechat_plugin.core.apps import App, Item
from livechat_plugin.core.conversations import Account


class HouseItems(Protocol):
    """The apps that administrators have made, and their items.

    Every call is a transaction of its own: when it returns, what it did is kept.
    """

    async def apps(self) -> Sequence[App]:
        """Every app, by name."""
        ...

    async def add(
        self, app: str, values: Mapping[str, Any], author: str, *, token: str | None = None
    ) -> Item:
        """Make an item.

        Args:
            app: the app's key.
            values: by field key, as JSON holds them or as people write them.
            author: Matrix id of who makes it.
            token: when an item was made with it before, that one is returned.

        Raises:
            AppNotFound: there is no such app here.
            InvalidItem: with the errors of all fields.
        """
        ...

    async def change(
        self, app: str, item_id: str, values: Mapping[str, Any], editor: str, *, version: int | None = None
    ) -> Item:
        """Change some fields of an item; None empties one.

        Args:
            app: the app's key.
            item_id: the item's id.
            values: by field key, as JSON holds them or as people write them.
            editor: Matrix id of who changes it.
            version: of the item that they saw; if it was changed since, theirs is refused.

        Raises:
            AppNotFound: there is no such app here.
            ItemNotFound: it has no such item.
            StaleItem: somebody else has changed it meanwhile.
            InvalidItem: with the errors of all fields.
        """
        ...

    async def link(self, app: str, item_id: str, customer: Account, editor: str) -> Item:
        """Write an account into the item's Account field, beside those that are there (requirement S19).

        Raises:
            AppNotFound: there is no such app here.
            AccountFieldMissing: it has no Account field.
            ItemNotFound: it has no such item.
            InvalidItem: the field holds too many accounts.
        """
        ...

    async def get(self, app: str, item_id: str) -> Item | None:
        """The item with this id."""
        ...

    async def find(self, app: str, query: str, limit: int = 10) -> Sequence[Item]:
        """Items whose texts hold all words of the query, newest first; all for an empty query.

        Raises:
            AppNotFound: there is no such app here.
        """
        ...

    async def by_account(self, app: str, customer: Account) -> Item | None:
        """The item whose Account field holds the account; the one it was written into last if several do."""
        ...


class House(Protocol):
    """What a hook finds in `self.house`. Await it in `async` methods only: plain ones run in a thread."""

    @property
    def items(self) -> HouseItems:
        """The apps and items of our own database."""
        ...


class _NoItems:
    async def apps(self) -> Sequence[App]:
        return ()

    async def add(self, *_: Any, **__: Any) -> Item:
        raise RuntimeError(_NO_HOUSE)

    async def change(self, *_: Any, **__: Any) -> Item:
        raise RuntimeError(_NO_HOUSE)

    async def link(self, *_: Any, **__: Any) -> Item:
        raise RuntimeError(_NO_HOUSE)

    async def get(self, *_: Any, **__: Any) -> Item | None:
        return None

    async def find(self, *_: Any, **__: Any) -> Sequence[Item]:
        return ()

    async def by_account(self, *_: Any, **__: Any) -> Item | None:
        return None


class NoHouse:
    """An empty house, for hooks outside of a running plugin: it has no apps, and keeps nothing."""

    def __init__(self) -> None:
        self.items: HouseItems = _NoItems()


_NO_HOUSE = "this hook stands alone: give it something to keep items in, with hook.house = …"
NO_HOUSE = NoHouse()
