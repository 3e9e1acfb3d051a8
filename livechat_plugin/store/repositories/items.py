"""The items of our own database."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import BindParameter, Select, bindparam, delete, func, select, update

from livechat_plugin.core.apps import Item
from livechat_plugin.core.errors import ConcurrentChange
from livechat_plugin.services.repositories.items import Findable, words_of
from livechat_plugin.store.connections import SLOW, SqlConnection, for_each_dialect
from livechat_plugin.store.tables import item_accounts, items

LARGEST_ID = 2**63 - 1
_ESCAPE = "\\"

_ITEM = (
    items.c.id,
    items.c.app,
    items.c.title,
    items.c.fields,
    items.c.author,
    items.c.editor,
    items.c.created_at,
    items.c.changed_at,
    items.c.version,
)
_OF_APP = items.c.app == bindparam("of_app")
_SLOWLY = {SLOW: True}

_ADD = for_each_dialect(
    lambda insert: insert(items).on_conflict_do_nothing(index_elements=["token"]).returning(items.c.id)
)
_BY_TOKEN = select(*_ITEM).where(items.c.token == bindparam("token"))
_GET = select(*_ITEM).where(items.c.id == bindparam("this"), _OF_APP)
_HOLD = select(items.c.id).where(items.c.id == bindparam("this")).with_for_update(read=True, key_share=True)
_SAVE = (
    update(items)
    .where(items.c.id == bindparam("this"), items.c.version == bindparam("before"))
    .values(
        title=bindparam("title"),
        search=bindparam("search"),
        fields=bindparam("fields"),
        editor=bindparam("editor"),
        changed_at=bindparam("changed_at"),
        version=bindparam("version"),
    )
)
_ADD_ACCOUNT = for_each_dialect(lambda insert: insert(item_accounts).on_conflict_do_nothing())
_ACCOUNTS = select(item_accounts.c.network, item_accounts.c.external_id).where(
    item_accounts.c.item_id == bindparam("this")
)
_THIS_ACCOUNT = (
    (item_accounts.c.item_id == bindparam("this"))
    & (item_accounts.c.network == bindparam("of_network"))
    & (item_accounts.c.external_id == bindparam("of_id"))
)
_REMOVE_ACCOUNT = delete(item_accounts).where(_THIS_ACCOUNT)
_PREFER = update(item_accounts).where(_THIS_ACCOUNT).values(at=bindparam("now"))
_BY_ACCOUNT = (
    select(*_ITEM)
    .join(item_accounts, item_accounts.c.item_id == items.c.id)
    .where(
        item_accounts.c.network == bindparam("network"),
        item_accounts.c.external_id == bindparam("external_id"),
        item_accounts.c.app == bindparam("of_app"),
    )
    .order_by(item_accounts.c.at.desc(), items.c.id.desc())
    .limit(1)
)
_AFTER = (
    select(*_ITEM)
    .where(_OF_APP, items.c.id > bindparam("last"))
    .order_by(items.c.id)
    .limit(bindparam("most"))
    .execution_options(**_SLOWLY)
)
_COUNT = select(func.count()).select_from(items).where(_OF_APP).execution_options(**_SLOWLY)
_DELETE_ACCOUNTS = (
    delete(item_accounts)
    .where(item_accounts.c.item_id.in_(select(items.c.id).where(_OF_APP)))
    .execution_options(**_SLOWLY)
)
_IS_AS_SEEN = (items.c.id == bindparam("this")) & (items.c.version == bindparam("before"))
_SEEN = select(items.c.id).where(_IS_AS_SEEN)
_CLAIM = _SEEN.with_for_update()
_DELETE_ITS_ACCOUNTS = delete(item_accounts).where(
    item_accounts.c.item_id.in_(select(items.c.id).where(_IS_AS_SEEN))
)
_DELETE_THIS = delete(items).where(_IS_AS_SEEN)
_DELETE = delete(items).where(_OF_APP).execution_options(**_SLOWLY)


@cache
def _search(words: int) -> Select[Any]:
    """Newest first, so that the index gives the order and the search ends with the page."""
    found = select(*_ITEM).where(_OF_APP)
    for number in range(words):
        found = found.where(items.c.search.like(bindparam(f"word{number}"), escape=_ESCAPE))
    return found.order_by(items.c.id.desc()).limit(bindparam("most")).execution_options(**_SLOWLY)


@cache
def _page(words: int, *, is_beyond: bool, is_upwards: bool) -> Select[Any]:
    found = _search(words).order_by(None)
    if is_beyond:
        beyond: BindParameter[int] = bindparam("beyond")
        found = found.where(items.c.id > beyond if is_upwards else items.c.id < beyond)
    return found.order_by(items.c.id.asc() if is_upwards else items.c.id.desc())


class SqlItems:
    """Items in SQL."""

    def __init__(self, db: SqlConnection) -> None:
        self._db = db

    async def add(self, item: Item, found_by: Findable, token: str | None = None) -> Item:
        """The unique index on tokens knows what was made before."""
        values = {
            **_values(item, found_by),
            "app": item.app,
            "author": item.author,
            "created_at": item.created_at,
            "token": token,
        }
        number = (await self._db.execute(_ADD[self._db.dialect], values)).scalar_one_or_none()
        if number is None:
            return _item((await self._db.execute(_BY_TOKEN, {"token": token})).one())
        await self._add_accounts(number, item, found_by)
        return _item((await self._db.execute(_GET, {"this": number, "of_app": item.app})).one())

    async def get(self, app: str, item_id: str) -> Item | None:
        """What cannot be an id is none."""
        number = _number(item_id)
        if number is None:
            return None
        row = (await self._db.execute(_GET, {"this": number, "of_app": app})).one_or_none()
        return _item(row) if row is not None else None

    async def hold(self, app: str, item_id: str) -> Item | None:
        """Locked against its deletion, where other writers run side by side."""
        number = _number(item_id)
        if number is not None and self._db.locks_rows:
            await self._db.execute(_HOLD, {"this": number})
        return await self.get(app, item_id)

    async def save(self, item: Item, found_by: Findable) -> None:
        """Compare and set on the version."""
        version = item.version or 0
        number = _number(item.id)
        values = {**_values(item, found_by), "this": number, "before": version - 1, "version": version}
        if number is None or (await self._db.execute(_SAVE, values)).rowcount != 1:
            raise ConcurrentChange(f"Item #{item.id} was changed by somebody else.")
        known = {(network, id_) for network, id_ in await self._db.execute(_ACCOUNTS, {"this": number})}
        for network, external_id in sorted(known.difference(found_by.accounts)):
            gone = {"this": number, "of_network": network, "of_id": external_id}
            await self._db.execute(_REMOVE_ACCOUNT, gone)
        await self._add_accounts(number, item, found_by)

    async def by_account(self, app: str, network: str, external_id: str) -> Item | None:
        """By the index of accounts."""
        values = {"of_app": app, "network": network, "external_id": external_id}
        row = (await self._db.execute(_BY_ACCOUNT, values)).one_or_none()
        return _item(row) if row is not None else None

    async def prefer(self, item: Item, network: str, external_id: str, at: datetime) -> None:
        """It counts from now on."""
        values = {"this": _number(item.id), "of_network": network, "of_id": external_id, "now": at}
        await self._db.execute(_PREFER, values)

    async def search(self, app: str, query: str, limit: int) -> Sequence[Item]:
        """Each word anywhere in the text."""
        words = words_of(query)
        values = {f"word{number}": f"%{_escaped(word)}%" for number, word in enumerate(words)}
        found = await self._db.execute(_search(len(words)), {"of_app": app, "most": limit, **values})
        return [_item(row) for row in found]

    async def after(self, app: str, item_id: str | None, limit: int) -> Sequence[Item]:
        """In the order of their ids."""
        last = _number(item_id) if item_id is not None else 0
        values = {"of_app": app, "last": last, "most": limit}
        return [_item(row) for row in await self._db.execute(_AFTER, values)]

    async def page(
        self,
        app: str,
        query: str,
        limit: int,
        *,
        before: str | None = None,
        after: str | None = None,
    ) -> Sequence[Item]:
        """Along the index, downwards from an item or upwards."""
        words = words_of(query)
        values = {f"word{number}": f"%{_escaped(word)}%" for number, word in enumerate(words)}
        beyond = before if before is not None else after
        number = _number(beyond) if beyond is not None else None
        if beyond is not None and number is None:
            return []
        statement = _page(
            len(words), is_beyond=beyond is not None, is_upwards=before is None and after is not None
        )
        found = await self._db.execute(statement, {"of_app": app, "most": limit, "beyond": number, **values})
        items_found = [_item(row) for row in found]
        return items_found[::-1] if before is None and after is not None else items_found

    async def claim(self, item: Item) -> None:
        """Its row before those of its accounts, as whoever changes it locks them."""
        values = {"this": _number(item.id) or 0, "before": item.version}
        statement = _CLAIM if self._db.locks_rows else _SEEN
        if (await self._db.execute(statement, values)).first() is None:
            raise ConcurrentChange(f"Item #{item.id} was changed by somebody else.")

    async def delete(self, item: Item) -> None:
        """Compare and delete; the accounts first, which point at it."""
        await self.claim(item)
        values = {"this": _number(item.id) or 0, "before": item.version}
        await self._db.execute(_DELETE_ITS_ACCOUNTS, values)
        if (await self._db.execute(_DELETE_THIS, values)).rowcount != 1:
            raise ConcurrentChange(f"Item #{item.id} was changed by somebody else.")

    async def count(self, app: str) -> int:
        """By the index of apps."""
        number: int = (await self._db.execute(_COUNT, {"of_app": app})).scalar_one()
        return number

    async def delete_all(self, app: str) -> None:
        """With their accounts."""
        await self._db.execute(_DELETE_ACCOUNTS, {"of_app": app})
        await self._db.execute(_DELETE, {"of_app": app})

    async def _add_accounts(self, number: int, item: Item, found_by: Findable) -> None:
        added = [
            {
                "item_id": number,
                "network": network,
                "external_id": external_id,
                "app": item.app,
                "at": item.changed_at,
            }
            for network, external_id in sorted(set(found_by.accounts))
        ]
        if added:
            await self._db.execute(_ADD_ACCOUNT[self._db.dialect], added)


def _values(item: Item, found_by: Findable) -> dict[str, Any]:
    return {
        "title": item.title,
        "search": found_by.text,
        "fields": item.values,
        "editor": item.editor,
        "changed_at": item.changed_at,
    }


def _item(row: Sequence[Any]) -> Item:
    number, app, title, fields, author, editor, created_at, changed_at, version = row
    return Item(app, str(number), title, fields, None, author, editor, created_at, changed_at, version)


def _number(item_id: str) -> int | None:
    if not (item_id.isascii() and item_id.isdigit()) or item_id.startswith("0"):
        return None
    if len(item_id) > len(str(LARGEST_ID)):
        return None
    return number if (number := int(item_id)) <= LARGEST_ID else None


def _escaped(word: str) -> str:
    for character in (_ESCAPE, "%", "_"):
        word = word.replace(character, _ESCAPE + character)
    return word
