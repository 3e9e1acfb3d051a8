"""The one address behind which the processes of the plugin stand, as a load balancer would show them."""

import asyncio
import contextlib
import random
from collections.abc import Sequence
from typing import Protocol

PATIENCE = 10.0
"""Seconds in which a process must be there again; the homeserver's own pauses after a refusal grow to minutes."""

IMPATIENT = 0.1
"""Share of the connections that are refused at once when nobody is there, so that those pauses are tried as well."""


class Backend(Protocol):
    """A process of the plugin."""

    @property
    def is_running(self) -> bool: ...

    @property
    def port(self) -> int: ...


class Balancer:
    """Passes each connection on to one of those that run."""

    def __init__(self, backends: Sequence[Backend], rng: random.Random) -> None:
        self._backends = backends
        self._rng = rng
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self, port: int) -> None:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", port)

    async def end(self) -> None:
        if self._server is not None:
            self._server.close()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._pass_on(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            backend = await self._connected()
            if backend is not None:
                there = asyncio.create_task(_copy(reader, backend[1]))
                back = asyncio.create_task(_copy(backend[0], writer))
                try:
                    await asyncio.wait([there, back], return_when=asyncio.FIRST_COMPLETED)
                finally:
                    there.cancel()
                    back.cancel()
                    backend[1].close()
        finally:
            writer.close()

    async def _connected(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter] | None:
        patience = 0 if self._rng.random() < IMPATIENT else PATIENCE
        deadline = asyncio.get_running_loop().time() + patience
        while True:
            running = [one for one in self._backends if one.is_running]
            self._rng.shuffle(running)
            for one in running:
                with contextlib.suppress(OSError):
                    return await asyncio.open_connection("127.0.0.1", one.port)
            if asyncio.get_running_loop().time() >= deadline:
                return None
            await asyncio.sleep(0.03)


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await reader.read(65_536):
            writer.write(data)
            await writer.drain()
