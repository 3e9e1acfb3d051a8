"""What a unit of work writes at its end, many rows in one statement."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Executable

from livechat_plugin.store.connections import SqlConnection


class Later:
    """Changes whose outcome nobody in the unit of work asks for.

    A batch of a hundred messages makes a hundred of a kind, and each statement has its price. Whoever reads what
    such changes have written flushes first.
    """

    def __init__(self, db: SqlConnection) -> None:
        self._db = db
        self._waiting: dict[Executable, list[Mapping[str, Any]]] = {}

    def add(self, statement: Executable, values: Mapping[str, Any]) -> None:
        """Once more this statement, with these values."""
        self._waiting.setdefault(statement, []).append(values)

    async def flush(self) -> None:
        """Run what waits."""
        if not self._waiting:
            return
        waiting, self._waiting = self._waiting, {}
        for statement, values in waiting.items():
            await self._db.execute(statement, values if len(values) > 1 else values[0])
