"""Which items accounts are connected to."""

from collections.abc import Sequence
from dataclasses import asdict

from sqlalchemy import bindparam, delete, select, update

from livechat_plugin.core.conversations import Account
from livechat_plugin.core.links import AccountLink
from livechat_plugin.services.live import account_topic
from livechat_plugin.store.connections import SqlConnection, for_each_dialect
from livechat_plugin.store.repositories import rows
from livechat_plugin.store.tables import account_links, accounts

_LINK = (
    account_links.c.account_id,
    account_links.c.app,
    account_links.c.item_id,
    account_links.c.title,
    account_links.c.link,
    account_links.c.linked_by,
    account_links.c.linked_at,
)
_CHANGES = ("item_id", "title", "link", "linked_by", "linked_at")
_SET = for_each_dialect(
    lambda insert: (statement := insert(account_links)).on_conflict_do_update(
        index_elements=[account_links.c.account_id, account_links.c.app],
        set_={name: statement.excluded[name] for name in _CHANGES},
    )
)
_GET = select(*_LINK).where(
    account_links.c.account_id == bindparam("of_account"), account_links.c.app == bindparam("of_app")
)
_ACCOUNTS = (
    select(*rows.ACCOUNT)
    .join(account_links, account_links.c.account_id == accounts.c.id)
    .where(account_links.c.app == bindparam("of_app"), account_links.c.item_id == bindparam("of_item"))
    .order_by(accounts.c.id)
    .limit(bindparam("most"))
)
_RETITLE = (
    update(account_links)
    .where(account_links.c.app == bindparam("of_app"), account_links.c.item_id == bindparam("of_item"))
    .values(title=bindparam("new_title"))
    .returning(account_links.c.account_id)
)
_FORGET_ALL = delete(account_links).where(account_links.c.app == bindparam("of_app"))


class SqlLinks:
    """Links in SQL."""

    def __init__(self, db: SqlConnection, touched: set[str]) -> None:
        self._db = db
        self._touched = touched

    async def set(self, link: AccountLink) -> None:
        """One for each account and app."""
        self._touched.add(account_topic(link.account_id))
        await self._db.execute(_SET[self._db.dialect], asdict(link))

    async def get(self, account_id: int, app: str) -> AccountLink | None:
        """By account and app."""
        row = (await self._db.execute(_GET, {"of_account": account_id, "of_app": app})).one_or_none()
        return AccountLink(*row) if row is not None else None

    async def accounts(self, app: str, item_id: str, limit: int) -> Sequence[Account]:
        """By the index of items."""
        values = {"of_app": app, "of_item": item_id, "most": limit}
        return [rows.account_from(row) for row in await self._db.execute(_ACCOUNTS, values)]

    async def retitle(self, app: str, item_id: str, title: str) -> None:
        """One statement: what another writer connects elsewhere meanwhile is not brought back."""
        values = {"of_app": app, "of_item": item_id, "new_title": title}
        self._touched.update(map(account_topic, (await self._db.execute(_RETITLE, values)).scalars()))

    async def forget_all(self, app: str) -> None:
        """All of the app."""
        await self._db.execute(_FORGET_ALL, {"of_app": app})
