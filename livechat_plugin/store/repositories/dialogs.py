"""Guided questions that are still open."""

from datetime import datetime

from sqlalchemy import bindparam, delete, select

from livechat_plugin.services.repositories.dialogs import Dialog
from livechat_plugin.store.connections import SqlConnection, for_each_dialect
from livechat_plugin.store.tables import dialogs

_KEY = ("room_id", "user_id")
_REST = ("form", "at", "context", "answers", "again", "asks_all")
_THIS = (dialogs.c.room_id == bindparam("in_room")) & (dialogs.c.user_id == bindparam("by_user"))

_GET = select(*(dialogs.c[name] for name in (*_KEY, *_REST))).where(_THIS)
_KEEP = for_each_dialect(
    lambda insert: (statement := insert(dialogs)).on_conflict_do_update(
        index_elements=[dialogs.c[name] for name in _KEY],
        set_={name: statement.excluded[name] for name in _REST},
    )
)
_END = delete(dialogs).where(_THIS)
_FORGET = delete(dialogs).where(dialogs.c.at < bindparam("before"))


class SqlDialogs:
    """Dialogs in SQL."""

    def __init__(self, db: SqlConnection) -> None:
        self._db = db

    async def get(self, room_id: str, user_id: str) -> Dialog | None:
        """By who is asked and where."""
        row = (await self._db.execute(_GET, {"in_room": room_id, "by_user": user_id})).one_or_none()
        return Dialog(*row) if row is not None else None

    async def keep(self, dialog: Dialog) -> None:
        """In place of what was there."""
        values = {name: getattr(dialog, name) for name in (*_KEY, *_REST)}
        await self._db.execute(_KEEP[self._db.dialect], values)

    async def end(self, room_id: str, user_id: str) -> bool:
        """Gone."""
        ended = await self._db.execute(_END, {"in_room": room_id, "by_user": user_id})
        return ended.rowcount > 0

    async def forget(self, before: datetime) -> None:
        """The old ones."""
        await self._db.execute(_FORGET, {"before": before})
