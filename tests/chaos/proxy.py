"""A proxy of our own on loopback, for anything that asks and is answered: HTTP, PostgreSQL.

It passes bytes on and understands none of them. What a client sends after it was answered begins a new *exchange*,
and each exchange can be given trouble. A trouble that has begun on a connection is never taken back: as on a real
network, the client must find out by itself.
"""

import asyncio
import contextlib
import socket
import struct
from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum
from random import Random
from typing import Final

PIECE: Final = 65_536
_RESET: Final = struct.pack("ii", 1, 0)


class Trouble(StrEnum):
    """What can happen to an exchange."""

    RESET_BEFORE = "reset before the request"
    RESET_AFTER = "reset after the request, before its answer"
    RESET_WITHIN = "reset in the middle of the answer"
    DRIP = "the answer drips"
    BLACK_HOLE = "never answered"
    HALF_OPEN = "the server's side is closed, the client's stays open"


@dataclass
class Line:
    """The condition of the network.

    Attributes:
        troubles: what may happen to an exchange that begins now.
        share: how likely that is.
        latency: seconds by which each piece is late, in each direction.
        bandwidth: bytes a second of each connection; None for as fast as it goes.
        drip: bytes that a dripping answer brings at once, every twentieth of a second.
    """

    troubles: tuple[Trouble, ...] = ()
    share: float = 1.0
    latency: float = 0.0
    bandwidth: int | None = None
    drip: int = 16


@dataclass(eq=False)
class _Connection:
    """One client, and the server that it is passed on to."""

    client: asyncio.StreamWriter
    server: asyncio.StreamWriter
    trouble: Trouble | None = None
    is_asking: bool = False
    """Whether the client has sent something that nothing was answered to yet."""
    tasks: set[asyncio.Task[None]] = field(default_factory=set)


class Proxy:
    """Listens on loopback and passes on to a server.

    Args:
        target: where to: a port on loopback, or the path of a Unix socket.
        random: decides what happens to which exchange.

    Attributes:
        line: the condition of the network now; may be changed at any moment.
        caused: how often each trouble happened.
    """

    def __init__(self, target: int | str, random: Random) -> None:
        self.target = target
        self.line = Line()
        self.caused: Counter[Trouble] = Counter()
        self.port = 0
        self._random = random
        self._server: asyncio.Server | None = None
        self._connections: set[_Connection] = set()

    async def start(self, port: int = 0) -> None:
        """Listen."""
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", port or self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Listen no more, and reset every connection."""
        if self._server is not None:
            self._server.close()
            self._server = None
        self.cut()

    @property
    def is_listening(self) -> bool:
        """Whether clients get as far as here."""
        return self._server is not None

    def cut(self) -> None:
        """Reset every connection that is open."""
        for connection in list(self._connections):
            self._end(connection)

    def heal(self) -> None:
        """New exchanges go through; those that met with trouble do not."""
        self.line = Line()

    @property
    def url(self) -> str:
        """Its address for HTTP."""
        return f"http://127.0.0.1:{self.port}"

    async def _accept(self, reader: asyncio.StreamReader, client: asyncio.StreamWriter) -> None:
        try:
            answers, server = await self._connect()
        except OSError:  # The server is away: so seems to be what the client asks.
            _reset(client)
            return
        connection = _Connection(client, server)
        self._connections.add(connection)
        connection.tasks = {
            asyncio.create_task(self._requests(connection, reader)),
            asyncio.create_task(self._answers(connection, answers)),
        }
        await asyncio.wait(connection.tasks)
        self._connections.discard(connection)

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if isinstance(self.target, str):
            return await asyncio.open_unix_connection(self.target)
        return await asyncio.open_connection("127.0.0.1", self.target)

    async def _requests(self, connection: _Connection, reader: asyncio.StreamReader) -> None:
        with contextlib.suppress(OSError, asyncio.CancelledError):
            while piece := await reader.read(PIECE):
                if not connection.is_asking:
                    connection.is_asking = True
                    self._begin(connection)
                if connection.trouble is Trouble.RESET_BEFORE:
                    self._end(connection)
                    return
                if connection.trouble in {Trouble.BLACK_HOLE, Trouble.HALF_OPEN}:
                    continue
                await self._pass_on(piece, connection.server)
        self._end(connection, politely=True)

    async def _answers(self, connection: _Connection, reader: asyncio.StreamReader) -> None:
        with contextlib.suppress(OSError, asyncio.CancelledError):
            while piece := await reader.read(PIECE):
                connection.is_asking = False
                trouble = connection.trouble
                if trouble in {Trouble.BLACK_HOLE, Trouble.HALF_OPEN}:
                    continue
                if trouble is Trouble.RESET_AFTER:
                    self._end(connection)
                    return
                if trouble is Trouble.RESET_WITHIN:
                    await self._pass_on(piece[: len(piece) // 2], connection.client)
                    await asyncio.sleep(0.02)  # so that the half arrives before the reset
                    self._end(connection)
                    return
                await self._pass_on(piece, connection.client, drips=trouble is Trouble.DRIP)
        # Who fell into a hole is not told that the server is gone.
        if connection.trouble not in {Trouble.BLACK_HOLE, Trouble.HALF_OPEN}:
            self._end(connection, politely=True)

    def _begin(self, connection: _Connection) -> None:
        """An exchange begins: what will happen to it?"""
        if connection.trouble in {Trouble.BLACK_HOLE, Trouble.HALF_OPEN}:
            return
        line = self.line
        connection.trouble = None
        if line.troubles and self._random.random() < line.share:
            connection.trouble = self._random.choice(line.troubles)
            self.caused[connection.trouble] += 1
        if connection.trouble is Trouble.HALF_OPEN:
            connection.server.close()

    async def _pass_on(self, piece: bytes, to: asyncio.StreamWriter, *, drips: bool = False) -> None:
        line = self.line
        if line.latency:
            await asyncio.sleep(line.latency)
        slow = line.drip if drips else line.bandwidth and max(1, line.bandwidth // 20)
        step = slow or len(piece)
        for begin in range(0, len(piece), step):
            to.write(piece[begin : begin + step])
            await to.drain()
            if step < len(piece):
                await asyncio.sleep(0.05)

    def _end(self, connection: _Connection, *, politely: bool = False) -> None:
        for side in (connection.client, connection.server):
            if politely:
                side.close()
            else:
                _reset(side)
        for task in connection.tasks:
            if task is not asyncio.current_task():
                task.cancel()


def _reset(writer: asyncio.StreamWriter) -> None:
    """End a connection with a reset and not with a polite end; what was written and not sent is lost."""
    transport = writer.transport
    if transport.is_closing():
        return
    sock: socket.socket | None = transport.get_extra_info("socket")
    if sock is not None and sock.family != socket.AF_UNIX:
        with contextlib.suppress(OSError):
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
    transport.abort()
