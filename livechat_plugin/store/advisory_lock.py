"""The right to be the one process at work on a PostgreSQL database: an advisory lock, held by an open connection."""

import asyncio
from contextlib import suppress
from typing import Any

from sqlalchemy import text
from sqlalchemy.engine import URL
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from sqlalchemy.pool import NullPool

from livechat_plugin.store.failures import TOLD, translate_failures, unavailable

SIGN_OF_LIFE = 5.0
"""Seconds between two looks at the connection that holds the lock, and seconds to wait for its answer."""

# Any number will do, as long as all processes use the same; PostgreSQL keeps it apart for each database.
_NUMBER = 0x6C697666
_TAKE = text(f"SELECT pg_try_advisory_lock({_NUMBER})")
_GIVE_BACK = text(f"SELECT pg_advisory_unlock({_NUMBER})")
_ONE = text("SELECT 1")
_GOOD_BYE = 1.0
# A holder that vanished with its machine says no good-bye: the server finds out after these seconds. They are more
# than the holder needs to find out that it is cut off, so that there are never two.
_KEEPALIVES = {"tcp_keepalives_idle": "15", "tcp_keepalives_interval": "5", "tcp_keepalives_count": "3"}


class PostgresLeadership:
    """An advisory lock of a session of its own: the server takes it back when the connection ends.

    It needs a real connection to the server: a pooler between that hands out connections for single transactions
    would lose the lock.
    """

    def __init__(self, url: URL) -> None:
        self._engine = create_async_engine(
            url,
            poolclass=NullPool,
            isolation_level="AUTOCOMMIT",
            hide_parameters=True,
            connect_args={
                "timeout": SIGN_OF_LIFE,
                "command_timeout": SIGN_OF_LIFE,
                "server_settings": {**_KEEPALIVES, "application_name": "livechat-plugin leadership"},
            },
        )
        translate_failures(self._engine.sync_engine)
        self._connection: AsyncConnection | None = None
        self._driver: Any = None
        self._broken = asyncio.Event()

    async def take(self) -> bool:
        """Ask for the lock on the connection that is there, or on a new one."""
        try:
            if self._connection is None or self._broken.is_set():
                await self._connect()
            assert self._connection is not None
            return bool((await self._connection.execute(_TAKE)).scalar_one())
        except Exception as error:  # noqa: BLE001 - whatever is wrong with the server, it may be right the next time
            await self._drop()
            raise unavailable(error) from None

    async def lost(self) -> None:
        """Wait until the connection ends, or gives no sign of life; tells at once, and tidies up later."""
        assert self._connection is not None
        while not self._broken.is_set():
            with suppress(TimeoutError):
                async with asyncio.timeout(SIGN_OF_LIFE):
                    await self._broken.wait()
                return
            try:
                async with asyncio.timeout(SIGN_OF_LIFE):
                    await self._connection.execute(_ONE)
            except Exception:  # noqa: BLE001 - without an answer there is no lock, whatever the reason
                self._broken.set()

    async def close(self) -> None:
        """Give the lock back, so that it is free when this returns, and end the connection."""
        if self._connection is not None and not self._broken.is_set():
            with suppress(*TOLD, OSError, SQLAlchemyError):
                async with asyncio.timeout(_GOOD_BYE):
                    await self._connection.execute(_GIVE_BACK)
        await self._drop()
        await self._engine.dispose()

    async def _connect(self) -> None:
        await self._drop()
        self._broken = broken = asyncio.Event()
        self._connection = await self._engine.connect()
        self._driver = (await self._connection.get_raw_connection()).driver_connection
        self._driver.add_termination_listener(lambda _: broken.set())

    async def _drop(self) -> None:
        """Let the connection go at once: a polite good-bye to a server that is away would take its time."""
        connection, self._connection = self._connection, None
        if connection is None:
            return
        self._driver.terminate()
        await asyncio.sleep(0)  # The loop's turn to close the socket.
        for let_go in (connection.invalidate, connection.close):
            with suppress(*TOLD, OSError, SQLAlchemyError):
                await let_go()
