"""The bus on PostgreSQL: LISTEN and NOTIFY on a connection of its own.

Never within a unit of work: a commit that notifies waits for every other one that does. What gathers within a few
milliseconds goes out together, and nothing at all while nobody else listens.

A process that begins to listen says hello. Whoever hears it tells it everything from then on, and says welcome, which
means: what I did before, you may have missed.
"""

import asyncio
from collections.abc import Collection, Sequence
from contextlib import suppress
from typing import Any

import structlog
from asyncpg import InterfaceError, PostgresError  # type: ignore[import-untyped]
from sqlalchemy.engine import URL
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from sqlalchemy.pool import NullPool
from tenacity import AsyncRetrying, retry_if_exception_type, wait_random_exponential

from livechat_plugin.core.errors import StoreUnavailable
from livechat_plugin.services.bus import EVERYTHING, Hear
from livechat_plugin.store.bus_messages import BYE, HELLO, WELCOME, Gathered, note, read
from livechat_plugin.store.failures import unavailable

log = structlog.get_logger()

CHANNEL = "livechat_plugin"
LISTENER = "livechat-plugin bus"
"""The name of a connection that listens; it tells the others that somebody does."""

GATHER = 0.01
"""Seconds between two messages, in which what is told gathers. What is told after a longer silence goes out at once."""

LOOK_ROUND = 1.0
"""Seconds between two looks at who else listens, which are signs of life of our own connection, too."""

PATIENCE = 5.0
"""Seconds to wait for the server."""

AGAIN_AFTER = 0.2
"""Seconds after which another connection is made, also where the server makes them and refuses to let us listen."""

_GOOD_BYE = 1.0
_NOTIFY = "SELECT pg_notify($1, message) FROM unnest($2::text[]) AS told (message)"
# Other processes' connections have the same name; names of other roles' connections cannot be seen.
_OTHERS = """
SELECT pid FROM pg_stat_activity
WHERE application_name = $1 AND datname = current_database() AND pid <> pg_backend_pid()
"""
_TROUBLE = (StoreUnavailable, OSError, SQLAlchemyError, PostgresError, InterfaceError)
_KEEPALIVES = {"tcp_keepalives_idle": "15", "tcp_keepalives_interval": "5", "tcp_keepalives_count": "3"}


class NotifyBus:
    """Implements `Bus`. It needs a real connection to the server, as the leadership does.

    Args:
        url: of the database.
    """

    def __init__(self, url: URL) -> None:
        self._url = url
        self._gathered = Gathered()
        self._news = asyncio.Event()
        self._others: set[int] = set()
        """The server's numbers of the connections that listen."""
        self._knows_others = False
        self._left: set[int] = set()
        """Those of them that have said good-bye, and may be seen for a moment still."""

    @property
    def is_alone(self) -> bool:
        """Whether nobody else listens."""
        return self._knows_others and not self._others

    def tell(self, slots: Collection[int] = (), topics: Collection[str] = ()) -> None:
        """Gather it, for those who listen."""
        if self.is_alone or not (slots or topics):
            return
        self._gathered.add(slots, topics)
        self._news.set()

    async def run(self, hear: Hear) -> None:
        """One connection after another."""
        told = ""
        while True:
            line = await self._connected()
            try:
                await self._serve(line, hear)
            # Whatever the driver makes of a connection that breaks.
            except (Exception, asyncio.CancelledError) as error:  # noqa: BLE001
                self._knows_others = False
                if _is_cancelled():
                    await line.close([*self._gathered.take(), note(BYE)])
                    raise asyncio.CancelledError from None
                reason = str(unavailable(error))
                if reason != told:
                    log.warning("the connection to the other processes broke; making another", reason=reason)
                told = reason
                await line.close()
                await asyncio.sleep(AGAIN_AFTER)

    async def flush(self) -> None:
        """Tell it on a connection for this once."""
        if not self._gathered:
            return
        line = _Line(self._url, "livechat-plugin command")
        try:
            await line.open()
            await line.send(self._gathered.take())
        except _TROUBLE as error:
            log.warning("the plugin sees the change a little later", reason=str(unavailable(error)))
        finally:
            await line.close()

    async def _connected(self) -> "_Line":
        retrying = AsyncRetrying(
            retry=retry_if_exception_type(StoreUnavailable),
            wait=wait_random_exponential(multiplier=0.2, max=PATIENCE),
        )
        return await retrying(self._connect)

    async def _connect(self) -> "_Line":
        line = _Line(self._url, LISTENER)
        try:
            await line.open()
        except BaseException:
            await line.close()
            raise
        return line

    async def _serve(self, line: "_Line", hear: Hear) -> None:
        """Tell and hear on one connection, until it breaks."""
        greetings: list[str] = []

        def heard(_: Any, sender: int, __: str, message: str) -> None:
            if sender == line.number:
                return
            news, kind, to = read(message)
            if news is not None:
                hear(news)
            elif kind == HELLO:
                self._others.add(sender)
                self._left.discard(sender)
                greetings.append(note(WELCOME, sender))
                self._news.set()
            elif kind == BYE:
                self._others.discard(sender)
                self._left.add(sender)
            elif kind == WELCOME and to == line.number:
                hear(EVERYTHING)

        self._others, self._left = set(), set()
        await line.listen(heard, self._news)
        await line.send([note(HELLO)])
        self._others |= await line.others() - self._left
        self._knows_others = True
        # Whatever happened while nobody listened here.
        hear(EVERYTHING)
        clock = asyncio.get_running_loop().time
        looked_at = sent_at = clock()
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout_at(looked_at + LOOK_ROUND):
                    await self._news.wait()
                    await asyncio.sleep(sent_at + GATHER - clock())
            self._news.clear()
            line.check()
            if greetings or self._gathered:
                sent_at = clock()
                messages, greetings[:] = [*greetings, *self._gathered.take()], []
                await self._send(line, messages)
            if clock() >= looked_at + LOOK_ROUND:
                looked_at = clock()
                await self._look_round(line, hear)

    async def _send(self, line: "_Line", messages: Sequence[str]) -> None:
        try:
            await line.send(messages)
        except BaseException:
            self._gathered.add_everything()
            raise

    async def _look_round(self, line: "_Line", hear: Hear) -> None:
        """Who listens now. Whoever is gone without a good-bye took with them what they had not told yet."""
        before = set(self._others)
        found = await line.others()
        gone = before - found - self._left
        self._left &= found
        # Who came while we looked is not in the answer.
        self._others = (found - self._left) | (self._others - before)
        if gone:
            log.warning("another process has vanished", processes=len(gone))
            hear(EVERYTHING)


def _is_cancelled() -> bool:
    """Whether somebody has ended this task, and not only something in it."""
    current = asyncio.current_task()
    return current is not None and current.cancelling() > 0


class _Line:
    """One connection."""

    def __init__(self, url: URL, name: str) -> None:
        self._engine = create_async_engine(
            url,
            poolclass=NullPool,
            isolation_level="AUTOCOMMIT",
            hide_parameters=True,
            connect_args={
                "timeout": PATIENCE,
                "command_timeout": PATIENCE,
                "server_settings": {
                    **_KEEPALIVES,
                    "application_name": name,
                    # A notification is no promise: it needs not wait for the disk.
                    "synchronous_commit": "off",
                },
            },
        )
        self._connection: AsyncConnection | None = None
        self._driver: Any = None
        self.number = 0

    async def open(self) -> None:
        """Connect.

        Raises:
            StoreUnavailable: there is no connection to be had.
        """
        try:
            self._connection = await self._engine.connect()
            self._driver = (await self._connection.get_raw_connection()).driver_connection
            self.number = self._driver.get_server_pid()
        except Exception as error:  # noqa: BLE001 - whatever is wrong with the server, it may be right the next time
            raise unavailable(error) from None

    async def listen(self, heard: Any, broken: asyncio.Event) -> None:
        """Be told what others send; and when it breaks."""
        self._driver.add_termination_listener(lambda _: broken.set())
        await self._driver.add_listener(CHANNEL, heard)

    async def send(self, messages: Sequence[str]) -> None:
        """Send them, in one commit."""
        await self._driver.execute(_NOTIFY, CHANNEL, list(messages))

    async def others(self) -> set[int]:
        """Who else listens."""
        return {row["pid"] for row in await self._driver.fetch(_OTHERS, LISTENER)}

    def check(self) -> None:
        """Go on only if it is there.

        Raises:
            StoreUnavailable: it is not.
        """
        if self._driver.is_closed():
            raise StoreUnavailable("the server has closed it")

    async def close(self, last_words: Sequence[str] = ()) -> None:
        """Say what is left to say, for a moment at most, and let the connection go."""
        connection, self._connection = self._connection, None
        if connection is not None:
            if last_words and not self._driver.is_closed():
                with suppress(*_TROUBLE):
                    async with asyncio.timeout(_GOOD_BYE):
                        await self.send(last_words)
            self._driver.terminate()
            await asyncio.sleep(0)  # the loop's turn to close the socket
            for let_go in (connection.invalidate, connection.close):
                with suppress(*_TROUBLE):
                    await let_go()
        await self._engine.dispose()
