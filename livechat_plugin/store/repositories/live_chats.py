"""Live chats."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import bindparam, or_, select, text, update

from livechat_plugin.core.errors import ConcurrentChange, InvalidLiveChat
from livechat_plugin.core.live_chats import LiveChat
from livechat_plugin.services.live import live_chat_topic
from livechat_plugin.store.connections import SqlConnection, for_each_dialect
from livechat_plugin.store.repositories import rows
from livechat_plugin.store.repositories.views import Views
from livechat_plugin.store.tables import live_chats

# The slug is part of Matrix ids and never changes.
_CHANGEABLE = [column.name for column in rows.LIVE_CHAT if column.name not in {"id", "slug"}]

_ROOMS = ("queue_room", "supervisors_room", "space")

_ADD = for_each_dialect(
    lambda insert: (
        insert(live_chats).on_conflict_do_nothing(index_elements=["slug"]).returning(live_chats.c.id)
    )
)
_ALONE = text("LOCK TABLE live_chats IN SHARE ROW EXCLUSIVE MODE")
_SAVE = (
    update(live_chats)
    .where(live_chats.c.id == bindparam("this"), live_chats.c.version == bindparam("before"))
    .values({name: bindparam(name) for name in _CHANGEABLE if name not in _ROOMS})
)
_SET_ROOMS = (
    update(live_chats)
    .where(live_chats.c.id == bindparam("this"))
    .values({name: bindparam(f"its_{name}") for name in _ROOMS})
)
_GET = select(*rows.LIVE_CHAT).where(live_chats.c.id == bindparam("this"))
_BY_SLUG = select(*rows.LIVE_CHAT).where(live_chats.c.slug == bindparam("slug"))
_ALL = select(*rows.LIVE_CHAT).where(live_chats.c.deleted_at.is_(None))
_OF_GROUPS = _ALL.where(
    or_(
        live_chats.c.operators.in_(bindparam("groups", expanding=True)),
        live_chats.c.supervisors.in_(bindparam("groups", expanding=True)),
    )
)


class SqlLiveChats:
    """Live chats in SQL."""

    def __init__(self, db: SqlConnection, views: Views, touched: set[str]) -> None:
        self._db = db
        self._views = views
        self._touched = touched

    async def alone(self) -> None:
        """By a lock of the table, which those who look at it do not notice."""
        if self._db.locks_rows:
            await self._db.execute(_ALONE)

    async def add(self, live_chat: LiveChat) -> LiveChat:
        """Its slug must be new."""
        values = {"slug": live_chat.slug, **_changeable(live_chat)}
        number = (await self._db.execute(_ADD[self._db.dialect], values)).scalar_one_or_none()
        if number is None:
            raise InvalidLiveChat("slug", f"there is a live chat {live_chat.slug!r} already")
        return replace(live_chat, id=number)

    async def save(self, live_chat: LiveChat) -> None:
        """Compare and set on the version."""
        values = {name: value for name, value in _changeable(live_chat).items() if name not in _ROOMS}
        saved = await self._db.execute(
            _SAVE, {"this": live_chat.id, "before": live_chat.version - 1, **values}
        )
        self._views.forget()
        if saved.rowcount != 1:
            raise ConcurrentChange(f"{live_chat.name} was changed by somebody else.")
        self._touched.add(live_chat_topic(live_chat.id))

    async def set_rooms(self, live_chat_id: int, queue_room: str, supervisors_room: str, space: str) -> None:
        """Beside the version."""
        rooms = {"its_queue_room": queue_room, "its_supervisors_room": supervisors_room, "its_space": space}
        await self._db.execute(_SET_ROOMS, {"this": live_chat_id, **rooms})
        self._views.forget()
        self._touched.add(live_chat_topic(live_chat_id))

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
        return _sorted(await self._db.execute(_ALL))

    async def of_groups(self, groups: Collection[str]) -> Sequence[LiveChat]:
        """In one query."""
        return _sorted(await self._db.execute(_OF_GROUPS, {"groups": list(groups)})) if groups else []


def _sorted(found: Iterable[Any]) -> list[LiveChat]:
    live_chats = [LiveChat(*row) for row in found]
    return sorted(live_chats, key=lambda live_chat: (live_chat.name.casefold(), live_chat.id))


def _changeable(live_chat: LiveChat) -> dict[str, Any]:
    return {name: getattr(live_chat, name) for name in _CHANGEABLE}
