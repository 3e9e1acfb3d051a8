"""Live chats."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import bindparam, select, update

from livechat_plugin.core.errors import InvalidLiveChat
from livechat_plugin.core.live_chats import LiveChat
from livechat_plugin.store.connections import SqlConnection, for_each_dialect
from livechat_plugin.store.repositories import rows
from livechat_plugin.store.repositories.views import Views
from livechat_plugin.store.tables import live_chats

# The slug is part of Matrix ids and never changes.
_CHANGEABLE = [column.name for column in rows.LIVE_CHAT if column.name not in {"id", "slug"}]

_ADD = for_each_dialect(
    lambda insert: (
        insert(live_chats).on_conflict_do_nothing(index_elements=["slug"]).returning(live_chats.c.id)
    )
)
_SAVE = (
    update(live_chats)
    .where(live_chats.c.id == bindparam("this"))
    .values({name: bindparam(name) for name in _CHANGEABLE})
)
_GET = select(*rows.LIVE_CHAT).where(live_chats.c.id == bindparam("this"))
_BY_SLUG = select(*rows.LIVE_CHAT).where(live_chats.c.slug == bindparam("slug"))
_ALL = select(*rows.LIVE_CHAT)


class SqlLiveChats:
    """Live chats in SQL."""

    def __init__(self, db: SqlConnection, views: Views) -> None:
        self._db = db
        self._views = views

    async def add(self, live_chat: LiveChat) -> LiveChat:
        """Its slug must be new."""
        values = {"slug": live_chat.slug, **_changeable(live_chat)}
        number = (await self._db.execute(_ADD[self._db.dialect], values)).scalar_one_or_none()
        if number is None:
            raise InvalidLiveChat("slug", f"there is a live chat {live_chat.slug!r} already")
        return replace(live_chat, id=number)

    async def save(self, live_chat: LiveChat) -> None:
        """All but the slug."""
        await self._db.execute(_SAVE, {"this": live_chat.id, **_changeable(live_chat)})
        self._views.forget()

    async def get(self, live_chat_id: int) -> LiveChat | None:
        """By its id."""
        row = (await self._db.execute(_GET, {"this": live_chat_id})).one_or_none()
        return LiveChat(*row) if row is not None else None

    async def by_slug(self, slug: str) -> LiveChat | None:
        """By its short name."""
        row = (await self._db.execute(_BY_SLUG, {"slug": slug})).one_or_none()
        return LiveChat(*row) if row is not None else None

    async def all(self) -> Sequence[LiveChat]:
        """Sorted here, because databases differ in how they sort names."""
        found = [LiveChat(*row) for row in await self._db.execute(_ALL)]
        return sorted(found, key=lambda live_chat: (live_chat.name.casefold(), live_chat.id))


def _changeable(live_chat: LiveChat) -> dict[str, Any]:
    return {name: getattr(live_chat, name) for name in _CHANGEABLE}
