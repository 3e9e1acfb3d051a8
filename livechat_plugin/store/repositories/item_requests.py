"""Requests of pages about items."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import bindparam, delete, select, update

from livechat_plugin.core.item_requests import ItemRequest, RequestState
from livechat_plugin.services.live import account_topic
from livechat_plugin.store.connections import SqlConnection, for_each_dialect
from livechat_plugin.store.tables import item_requests

_COLUMNS = (
    "token",
    "actor",
    "conversation_id",
    "account_id",
    "app",
    "at",
    "session_number",
    "item_id",
    "values",
    "state",
    "told",
    "errors",
)
_ADD = for_each_dialect(
    lambda insert: (
        (statement := insert(item_requests))
        .on_conflict_do_update(
            index_elements=["token"],
            set_={name: statement.excluded[name] for name in _COLUMNS if name != "token"},
            where=(item_requests.c.state == RequestState.REFUSED)
            & (item_requests.c.actor == statement.excluded.actor),
        )
        .returning(item_requests.c.account_id)
    )
)
_GET = select(*(item_requests.c[name] for name in _COLUMNS)).where(
    item_requests.c.token == bindparam("this"), item_requests.c.actor == bindparam("by_actor")
)
_ANSWER = (
    update(item_requests)
    .where(item_requests.c.token == bindparam("this"))
    .values(state=bindparam("state"), told=bindparam("told"), errors=bindparam("errors"))
    .returning(item_requests.c.account_id)
)
_FORGET = delete(item_requests).where(item_requests.c.at < bindparam("before"))


class SqlItemRequests:
    """Requests in SQL."""

    def __init__(self, db: SqlConnection, touched: set[str]) -> None:
        self._db = db
        self._touched = touched

    async def add(self, request: ItemRequest) -> bool:
        """Once for each token."""
        added = await self._db.execute(_ADD[self._db.dialect], asdict(request))
        return added.scalar_one_or_none() is not None

    async def get(self, token: str, actor: str) -> ItemRequest | None:
        """By token."""
        row = (await self._db.execute(_GET, {"this": token, "by_actor": actor})).one_or_none()
        return ItemRequest(*row) if row is not None else None

    async def answer(
        self, token: str, state: RequestState, told: str, errors: Mapping[str, str] | None = None
    ) -> None:
        """The page that waits for it learns of it as of a change of the account."""
        values = {"this": token, "state": state, "told": told, "errors": dict(errors or {})}
        account_id = (await self._db.execute(_ANSWER, values)).scalar_one_or_none()
        if account_id is not None:
            self._touched.add(account_topic(account_id))

    async def forget(self, before: datetime) -> None:
        """The old ones."""
        await self._db.execute(_FORGET, {"before": before})
