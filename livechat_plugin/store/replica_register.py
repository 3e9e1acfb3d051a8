"""The replicas at work on a PostgreSQL database.

Each holds a connection of its own, and with it an advisory lock that all of them share: a process of a version that
knows of no others takes the same lock for itself alone, so those and these are never at work together. Who leads
holds a second lock. A replica is gone when its connection is, or when its row was not renewed in time: it may be
stopped, or cut off.
"""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from secrets import token_hex
from typing import Any

from sqlalchemy import text
from sqlalchemy.engine import URL
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from sqlalchemy.pool import NullPool

from livechat_plugin.services.leases import LEASE
from livechat_plugin.services.replicas import Census
from livechat_plugin.store.connections import INBOX_LOCK, Rows
from livechat_plugin.store.failures import TOLD, translate_failures, unavailable

SIGN_OF_LIFE = 5.0
"""Seconds to wait for an answer of the database."""

# Any numbers will do, as long as all processes use the same; PostgreSQL keeps them apart for each database.
_AT_WORK = 0x6C697666
_LEADING = 0x6C69766C
_GOOD_BYE = 1.0
# A holder that vanished with its machine says no good-bye: the server finds out after these seconds.
_KEEPALIVES = {"tcp_keepalives_idle": "15", "tcp_keepalives_interval": "5", "tcp_keepalives_count": "3"}

_UNTIL = f"now() + interval '{LEASE} seconds'"
# A time further away than a lease was written before the server's clock was put back.
_HOLDERS = """
    SELECT pid FROM pg_locks
    WHERE locktype = 'advisory' AND classid = 0 AND objid = {} AND objsubid = 1 AND granted
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""
_IS_GONE = f"""(
    until <= now() OR until > {_UNTIL} + interval '{LEASE} seconds'
    OR backend NOT IN ({_HOLDERS.format(_AT_WORK)})
)"""
_BE_AT_WORK = text(f"SELECT pg_try_advisory_lock_shared({_AT_WORK})")
_LEAVE = text("DELETE FROM replicas WHERE name = :me")
_ENTER = text(f"INSERT INTO replicas (name, until, backend) VALUES (:me, {_UNTIL}, pg_backend_pid())")  # noqa: S608
_RENEW = text(
    f"""
    WITH renewed AS (
        UPDATE replicas SET until = {_UNTIL}, is_on = :is_on, has_caught_up = :has_caught_up
        WHERE name = :me RETURNING name
    ), others AS MATERIALIZED (
        SELECT is_on, has_caught_up, {_IS_GONE} AS is_gone FROM replicas WHERE name <> :me
    )
    SELECT EXISTS (SELECT FROM renewed),
        count(*) FILTER (WHERE NOT is_gone),
        coalesce(bool_and(is_on) FILTER (WHERE NOT is_gone), true),
        coalesce(bool_or(has_caught_up) FILTER (WHERE NOT is_gone), false),
        count(*) FILTER (WHERE is_gone),
        EXISTS (SELECT FROM lane_slots WHERE owner IS NULL),
        CASE WHEN :wants_lead THEN pg_try_advisory_lock({_LEADING}) ELSE true END
    FROM others
    """  # noqa: S608
)
# One that is stopped has its connections all the same, and with them the lock to lead, and maybe the one that keeps all
# inboxes waiting. The server ends them.
_FORGET_THE_GONE = text(
    f"""
    WITH gone AS (
        DELETE FROM replicas WHERE name <> :me AND {_IS_GONE} RETURNING backend
    ), stopped AS MATERIALIZED (
        SELECT backend, backend IN ({_HOLDERS.format(_LEADING)}) AS is_leading
        FROM gone WHERE backend IN ({_HOLDERS.format(_AT_WORK)})
    ), ended AS MATERIALIZED (
        SELECT pg_terminate_backend(backend) FROM stopped
        UNION ALL
        SELECT pg_terminate_backend(pid)
        FROM ({_HOLDERS.format(INBOX_LOCK)} AND mode = 'ExclusiveLock') AS holders
        WHERE EXISTS (SELECT FROM stopped WHERE is_leading)
    )
    SELECT (SELECT count(*) FROM gone), (SELECT count(*) FROM ended)
    """  # noqa: S608
)
_CLAIM = text(
    """
    UPDATE lane_slots SET owner = :me WHERE slot IN (
        SELECT slot FROM lane_slots WHERE owner IS NULL ORDER BY slot LIMIT :at_most FOR UPDATE SKIP LOCKED
    ) AND owner IS NULL RETURNING slot
    """
)
_GIVE_BACK = text("UPDATE lane_slots SET owner = NULL WHERE owner = :me AND slot = ANY(:slots)")


class PostgresRegister:
    """A `Register` in two tables, held by a connection.

    It needs a real connection to the server: a pooler between that hands out connections for single transactions
    would lose the locks.
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
                "server_settings": {**_KEEPALIVES, "application_name": "livechat-plugin replica"},
            },
        )
        translate_failures(self._engine.sync_engine)
        self._name = token_hex(8)
        self._connection: AsyncConnection | None = None
        self._driver: Any = None
        self._has_entered = False
        self._broken = asyncio.Event()

    async def enter(self) -> bool:
        """On the connection that is there, or on a new one."""
        try:
            # What was entered once is entered anew by another connection: the old one may hold the lock to lead.
            if self._connection is None or self._broken.is_set() or self._has_entered:
                await self._connect()
            if not (await self._execute(_BE_AT_WORK)).scalar_one():
                return False
            await self._execute(_LEAVE, {"me": self._name})
            await self._execute(_ENTER, {"me": self._name})
            self._has_entered = True
        except Exception as error:  # noqa: BLE001 - whatever is wrong with the server, it may be right the next time
            await self._drop()
            raise unavailable(error) from None
        return True

    async def renew(self, *, is_on: bool, has_caught_up: bool, wants_lead: bool) -> Census:
        """In one statement; another one only when somebody is gone."""
        values = {"me": self._name, "is_on": is_on, "has_caught_up": has_caught_up, "wants_lead": wants_lead}
        is_known, others, are_on, have_caught_up, gone, is_some_free, is_leading = (
            await self._ask(_RENEW, values)
        ).one()
        forgotten = 0
        if gone:
            forgotten, _ = (await self._ask(_FORGET_THE_GONE, {"me": self._name})).one()
        return Census(
            is_known=is_known,
            replicas=others + 1,
            is_leading=is_leading,
            are_others_on=are_on,
            has_caught_up=have_caught_up or has_caught_up,
            is_some_free=is_some_free,
            has_lost_one=forgotten > 0,
        )

    async def claim(self, at_most: int) -> frozenset[int]:
        """Those that another is taking at the same moment are passed by."""
        return frozenset((await self._ask(_CLAIM, {"me": self._name, "at_most": at_most})).scalars())

    async def give_back(self, slots: frozenset[int]) -> None:
        """By their numbers."""
        await self._ask(_GIVE_BACK, {"me": self._name, "slots": sorted(slots)})

    async def broken(self) -> None:
        """The driver tells."""
        await self._broken.wait()

    async def close(self) -> None:
        """Take our row away, so that all is free when this returns, and end the connection."""
        if self._connection is not None and not self._broken.is_set():
            with suppress(*TOLD, OSError, SQLAlchemyError):
                async with asyncio.timeout(_GOOD_BYE):
                    await self._execute(_LEAVE, {"me": self._name})
        await self._drop()
        await self._engine.dispose()

    async def _ask(self, statement: Any, values: Mapping[str, Any]) -> Rows:
        try:
            return await self._execute(statement, values)
        except Exception as error:  # noqa: BLE001 - without an answer there is nothing to be sure of
            await self._drop()
            raise unavailable(error) from None

    async def _execute(self, statement: Any, values: Mapping[str, Any] | None = None) -> Rows:
        assert self._connection is not None
        return await self._connection.execute(statement, values)

    async def _connect(self) -> None:
        await self._drop()
        self._has_entered = False
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
