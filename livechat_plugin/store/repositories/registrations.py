"""What was registered from sessions."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, select

from livechat_plugin.core.apps import Item
from livechat_plugin.core.links import MessageRegistration
from livechat_plugin.services.live import account_topic
from livechat_plugin.store.connections import SqlConnection, for_each_dialect
from livechat_plugin.store.tables import registrations

_REGISTRATION = (
    registrations.c.id,
    registrations.c.session_number,
    registrations.c.account_id,
    registrations.c.app,
    registrations.c.item_id,
    registrations.c.title,
    registrations.c.link,
    registrations.c.author,
    registrations.c.at,
)
_ADD = for_each_dialect(
    lambda insert: (
        insert(registrations)
        .on_conflict_do_nothing(index_elements=[registrations.c.app, registrations.c.item_id])
        .returning(registrations.c.id)
    )
)
_OF_ACCOUNT = (
    select(*_REGISTRATION)
    .where(registrations.c.account_id == bindparam("of_account"))
    .order_by(registrations.c.id.desc())
    .limit(bindparam("at_most"))
)

_OF_ITEM = select(*_REGISTRATION).where(
    registrations.c.app == bindparam("of_app"), registrations.c.item_id == bindparam("of_item")
)


class SqlRegistrations:
    """Registrations in SQL."""

    def __init__(self, db: SqlConnection, touched: set[str]) -> None:
        self._db = db
        self._touched = touched

    async def add(self, session_number: int, account_id: int, item: Item, author: str, at: datetime) -> bool:
        """Once for each item."""
        self._touched.add(account_topic(account_id))
        values = {
            "session_number": session_number,
            "account_id": account_id,
            "app": item.app,
            "item_id": item.id,
            "title": item.title,
            "link": item.link,
            "author": author,
            "at": at,
        }
        return (await self._db.execute(_ADD[self._db.dialect], values)).scalar_one_or_none() is not None

    async def of_item(self, app: str, item_id: str) -> MessageRegistration | None:
        """By the index that makes it one."""
        row = (await self._db.execute(_OF_ITEM, {"of_app": app, "of_item": item_id})).one_or_none()
        return MessageRegistration(*row) if row is not None else None

    async def of_account(self, account_id: int, limit: int) -> Sequence[MessageRegistration]:
        """By account."""
        rows = await self._db.execute(_OF_ACCOUNT, {"of_account": account_id, "at_most": limit})
        return [MessageRegistration(*row) for row in rows]
