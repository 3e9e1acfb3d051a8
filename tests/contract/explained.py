"""How SQLite goes about statements."""

from asyncio import Future
from collections.abc import Sequence

from sqlalchemy import Executable, text
from sqlalchemy.dialects import sqlite

from livechat_plugin.store.connections import Parameters, Rows, SqlConnection


class Explained:
    """A connection that notes how SQLite goes about each statement."""

    def __init__(self, db: SqlConnection) -> None:
        self._db = db
        self.dialect, self.locks_rows = db.dialect, db.locks_rows
        self.plans: list[str] = []

    async def execute(self, statement: Executable, parameters: Parameters | None = None) -> Rows:
        if parameters is not None:
            assert not isinstance(parameters, Sequence)
            statement = statement.params(parameters)  # type: ignore[attr-defined]
        written = statement.compile(  # type: ignore[attr-defined]
            dialect=sqlite.dialect(), compile_kwargs={"literal_binds": True}
        )
        plan = await self._db.execute(text(f"EXPLAIN QUERY PLAN {written}".replace(":", "\\:")))
        self.plans.append(" ".join(str(row[3]) for row in plan))
        return await self._db.execute(statement, parameters)

    def commit(self) -> Future[None]:
        return self._db.commit()
