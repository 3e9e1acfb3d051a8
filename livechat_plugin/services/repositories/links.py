"""Which items accounts are connected to, as the use cases see it."""

from collections.abc import Sequence
from typing import Protocol

from livechat_plugin.core.conversations import Account
from livechat_plugin.core.links import AccountLink


class LinkRepository(Protocol):
    """Links of accounts to items; one for each account and app."""

    async def set(self, link: AccountLink) -> None:
        """Keep a link, in place of the account's link to another item of the app.

        Raises:
            ConcurrentChange: there is no such account.
        """
        ...

    async def get(self, account_id: int, app: str) -> AccountLink | None:
        """The account's link to an item of this app."""
        ...

    async def accounts(self, app: str, item_id: str, limit: int) -> Sequence[Account]:
        """The accounts that are linked to an item, by id."""
        ...

    async def retitle(self, app: str, item_id: str, title: str) -> None:
        """Keep an item's new title in the links to it; a link that leads elsewhere by now stays as it is."""
        ...

    async def forget_all(self, app: str) -> None:
        """Forget every link to an item of this app, which is deleted."""
        ...
