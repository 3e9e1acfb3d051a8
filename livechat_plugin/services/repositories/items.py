"""The items of our own database, as the use cases see them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from livechat_plugin.core.apps import Item

MOST_WORDS = 5
"""How many words of a query are looked for; the others are left out."""


@dataclass(frozen=True, slots=True)
class Findable:
    """What an item is found by.

    Attributes:
        text: its title and values in the form of `searchable`.
        accounts: what its Account fields hold, as network and id.
    """

    text: str
    accounts: Collection[tuple[str, str]] = ()


def searchable(text: str) -> str:
    """Texts that people would call the same become the same."""
    return " ".join(text.casefold().split())


def words_of(query: str) -> tuple[str, ...]:
    """What is looked for: an item is found when its text holds all of these."""
    return tuple(searchable(query).split()[:MOST_WORDS])


class ItemRepository(Protocol):
    """Items. Their ids are chosen here, and never given again."""

    async def add(self, item: Item, found_by: Findable, token: str | None = None) -> Item:
        """Keep a new item; if one was made with this token before, that one is returned and nothing is kept."""
        ...

    async def get(self, app: str, item_id: str) -> Item | None:
        """The item with this id, if it is one of this app."""
        ...

    async def hold(self, app: str, item_id: str) -> Item | None:
        """The same, and it is not deleted until this unit of work is over."""
        ...

    async def save(self, item: Item, found_by: Findable) -> None:
        """Keep a changed item whose version was counted up by one: compare and set.

        Raises:
            ConcurrentChange: another writer was faster.
        """
        ...

    async def by_account(self, app: str, network: str, external_id: str) -> Item | None:
        """The item of this app that holds the account; the one it was written into last if several do."""
        ...

    async def prefer(self, item: Item, network: str, external_id: str, at: datetime) -> None:
        """The account, which stands in the item already, was written into it again."""
        ...

    async def search(self, app: str, query: str, limit: int) -> Sequence[Item]:
        """The items whose text holds every word of the query, newest first; all for an empty query."""
        ...

    async def after(self, app: str, item_id: str | None, limit: int) -> Sequence[Item]:
        """The next items of this app in the order of their making, from the first one for None."""
        ...

    async def page(
        self,
        app: str,
        query: str,
        limit: int,
        *,
        before: str | None = None,
        after: str | None = None,
    ) -> Sequence[Item]:
        """As `search`, a page of it: the next ones made before this item, or those made right after it."""
        ...

    async def claim(self, item: Item) -> None:
        """Let nobody else change or refer to an item from now on, since it is to be deleted.

        Raises:
            ConcurrentChange: it is not of this version any more, or is gone.
        """
        ...

    async def delete(self, item: Item) -> None:
        """Forget an item and its accounts; `claim` it before looking whether anything needs it.

        Raises:
            ConcurrentChange: it is not of this version any more, or is gone.
        """
        ...

    async def count(self, app: str) -> int:
        """How many items the app has."""
        ...

    async def delete_all(self, app: str) -> None:
        """Forget every item of this app."""
        ...
