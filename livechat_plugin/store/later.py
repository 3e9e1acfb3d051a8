"""What a unit of work writes many of, gathered, and written together in one statement each."""

from asyncio import Future
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from sqlalchemy import Executable

from livechat_plugin.store.connections import Parameters, Rows, SqlConnection

Write = Callable[[SqlConnection], Awaitable[None]]


class Later:
    """A connection on which changes can wait whose outcome nobody in the unit of work asks for.

    A batch of a hundred messages makes a hundred of a kind, and each statement has its price, on PostgreSQL a round
    trip. They are written before any other statement, so nobody ever misses them, and before the commit at the latest.
    """

    def __init__(self, db: SqlConnection) -> None:
        self._db = db
        self.dialect = db.dialect
        self.locks_rows = db.locks_rows
        self._new: dict[Executable, list[Mapping[str, Any]]] = {}
        self._changed: dict[Executable, list[Mapping[str, Any]]] = {}
        self._writes: list[Write] = []

    def insert(self, statement: Executable, values: Mapping[str, Any]) -> None:
        """A new row; it is written first, since changes may be about it."""
        self._new.setdefault(statement, []).append(values)

    def change(self, statement: Executable, values: Mapping[str, Any]) -> None:
        """Once more this statement, with these values."""
        self._changed.setdefault(statement, []).append(values)

    def last(self, write: Write) -> None:
        """What is written after all that, in statements of its own."""
        self._writes.append(write)

    async def execute(self, statement: Executable, parameters: Parameters | None = None) -> Rows:
        """Run a statement, after those that wait."""
        if self._new or self._changed or self._writes:
            await self.flush()
        return await self._db.execute(statement, parameters)

    def commit(self) -> Future[None]:
        """Begin to commit what is written; flush first."""
        return self._db.commit()

    async def flush(self) -> None:
        """Write what waits."""
        waiting = [*self._new.items(), *self._changed.items()]
        writes, self._new, self._changed, self._writes = self._writes, {}, {}, []
        for statement, values in waiting:
            await self._db.execute(statement, values if len(values) > 1 else values[0])
        for write in writes:
            await write(self._db)
