"""Links into the console."""

from datetime import datetime

from sqlalchemy import bindparam, delete, func, select, update

from livechat_plugin.core.signing_in import SignInLink
from livechat_plugin.store.connections import SqlConnection, for_each_dialect
from livechat_plugin.store.tables import sign_in_links

_COLUMNS = ("digest", "user_id", "asked_at", "expires_at", "used_at")
_THIS = sign_in_links.c.digest == bindparam("this")

_ADD = for_each_dialect(lambda insert: insert(sign_in_links).on_conflict_do_nothing())
_END_OTHERS = (
    update(sign_in_links)
    .where(
        sign_in_links.c.user_id == bindparam("whose"),
        sign_in_links.c.digest != bindparam("newest"),
        sign_in_links.c.expires_at > bindparam("now"),
    )
    .values(expires_at=bindparam("now"))
)
_GET = select(*(sign_in_links.c[name] for name in _COLUMNS)).where(_THIS)
_USE = (
    update(sign_in_links)
    .where(_THIS, sign_in_links.c.used_at.is_(None), sign_in_links.c.expires_at > bindparam("now"))
    .values(used_at=bindparam("now"))
)
_ASKED = select(func.count()).where(
    sign_in_links.c.user_id == bindparam("whose"), sign_in_links.c.asked_at >= bindparam("since")
)
_FORGET = delete(sign_in_links).where(sign_in_links.c.expires_at < bindparam("before"))


class SqlSignInLinks:
    """Links in SQL."""

    def __init__(self, db: SqlConnection) -> None:
        self._db = db

    async def add(self, link: SignInLink) -> None:
        """The others of the same person end."""
        now = link.asked_at
        await self._db.execute(_END_OTHERS, {"whose": link.user_id, "newest": link.digest, "now": now})
        await self._db.execute(_ADD[self._db.dialect], {name: getattr(link, name) for name in _COLUMNS})

    async def get(self, digest: str) -> SignInLink | None:
        """By its digest."""
        row = (await self._db.execute(_GET, {"this": digest})).one_or_none()
        return SignInLink(*row) if row is not None else None

    async def use(self, digest: str, at: datetime) -> bool:
        """The database lets one of them win."""
        used = await self._db.execute(_USE, {"this": digest, "now": at})
        return used.rowcount > 0

    async def asked_since(self, user_id: str, since: datetime) -> int:
        """Counted among the few that are kept of one person."""
        counted = await self._db.execute(_ASKED, {"whose": user_id, "since": since})
        return int(counted.scalar_one())

    async def forget(self, before: datetime) -> None:
        """The old ones."""
        await self._db.execute(_FORGET, {"before": before})
