"""The apps that administrators have made."""

from collections.abc import Sequence

from sqlalchemy import bindparam, delete, select, update

from livechat_plugin.core.apps import App, AppExists
from livechat_plugin.store.codec import fields_from_json, fields_to_json
from livechat_plugin.store.connections import SqlConnection, for_each_dialect
from livechat_plugin.store.tables import apps

_ADD = for_each_dialect(
    lambda insert: insert(apps).on_conflict_do_nothing(index_elements=["key"]).returning(apps.c.key)
)
_ALL = select(apps.c.key, apps.c.name, apps.c.fields)
_GET = _ALL.where(apps.c.key == bindparam("this"))
_GET_UNCHANGED = _GET.with_for_update(read=True)
_HOLD = _GET.with_for_update()
_SAVE = (
    update(apps)
    .where(apps.c.key == bindparam("this"))
    .values(name=bindparam("name"), fields=bindparam("fields"), version=apps.c.version + 1)
)
_DELETE = delete(apps).where(apps.c.key == bindparam("this"))


class SqlApps:
    """Apps in SQL."""

    def __init__(self, db: SqlConnection) -> None:
        self._db = db

    async def add(self, app: App) -> None:
        """Its key must be new."""
        values = {"key": app.key, "name": app.name, "fields": fields_to_json(app.fields)}
        if (await self._db.execute(_ADD[self._db.dialect], values)).scalar_one_or_none() is None:
            raise AppExists(app.key)

    async def get(self, key: str) -> App | None:
        """Locked against changes, where other writers run side by side."""
        statement = _GET_UNCHANGED if self._db.locks_rows else _GET
        row = (await self._db.execute(statement, {"this": key})).one_or_none()
        return _app(*row) if row is not None else None

    async def hold(self, key: str) -> App | None:
        """Locked against everybody else."""
        statement = _HOLD if self._db.locks_rows else _GET
        row = (await self._db.execute(statement, {"this": key})).one_or_none()
        return _app(*row) if row is not None else None

    async def save(self, app: App) -> None:
        """All but the key."""
        values = {"this": app.key, "name": app.name, "fields": fields_to_json(app.fields)}
        await self._db.execute(_SAVE, values)

    async def delete(self, key: str) -> None:
        """By its key."""
        await self._db.execute(_DELETE, {"this": key})

    async def all(self) -> Sequence[App]:
        """Sorted here, because databases differ in how they sort names."""
        found = [_app(*row) for row in await self._db.execute(_ALL)]
        return sorted(found, key=lambda app: (app.name.casefold(), app.key))


def _app(key: str, name: str, fields: str) -> App:
    return App(key, name, fields_from_json(fields))
