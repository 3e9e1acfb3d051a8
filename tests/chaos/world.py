"""A whole installation that can be hurt: a real homeserver, the plugin on a real database, and people with clients."""

import asyncio
import random
import signal
from collections import Counter
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path

import aiohttp
import httpx
from ruamel.yaml import YAML

from livechat_plugin.demo.homeserver import HomeserverError
from livechat_plugin.demo.person import ClientFailed
from tests.chaos import points
from tests.chaos.balancer import Balancer
from tests.chaos.client import Client
from tests.chaos.postgres import Postgres
from tests.chaos.processes import Nursery, PluginProcess
from tests.chaos.tally import Tally
from tests.chaos.traffic import Traffic
from tests.integration.installation import SLUG, Installation

NEWCOMERS = 40
"""Customers who come while it runs, at most."""

NEWCOMER_EVERY = 12.0
"""Mean seconds between two of them."""


class World(Installation):
    """An installation whose processes can be killed, and the people who use it meanwhile.

    Args:
        folder: where everything is kept.
        seed: of everything random.
        database: `sqlite` or `postgresql`.
        customers: how many of them write.
        pace: mean seconds between two acts of a person.
        replicas: how many processes of the plugin there are.
        homeserver_database: `sqlite` or `postgresql`.

    Attributes:
        plugins: the plugin's processes, behind one address.
        postgres: its database server, if it has one.
        homeserver_postgres: the homeserver's.
        traffic: what people do.
        tally: what happened.
    """

    def __init__(
        self,
        folder: Path,
        seed: int,
        database: str,
        *,
        customers: int = 5,
        pace: float = 1.0,
        replicas: int = 1,
        homeserver_database: str = "sqlite",
    ) -> None:
        super().__init__(folder)
        self.folder = folder
        self.database = database
        self.seed = seed
        self.rng = random.Random(seed)
        self.tally = Tally()
        self.postgres = Postgres(folder / "postgresql", "chaos") if database == "postgresql" else None
        self.homeserver_postgres: Postgres | None = None
        # The model of installations is on SQLite, the homeserver too.
        self._is_usual = self._is_usual and {database, homeserver_database} == {"sqlite"}
        if homeserver_database == "postgresql":
            self.homeserver_postgres = Postgres(folder / "synapse-postgresql", "synapse")
            _put_on(self.homeserver_postgres, self.homeserver.config_path)
        self._wanted = customers
        self._pace = pace
        self._nursery = Nursery()
        names = ["plugin", *(f"plugin{number}" for number in range(2, replicas + 1))]
        self.plugins = [PluginProcess(self._nursery, self.config, folder, name) for name in names]
        self._balancer = Balancer(self.plugins, self.rng)
        self.traffic: Traffic
        self.clients: list[Client] = []
        self._arriving: asyncio.Task[None] | None = None
        self.at_end: list[Callable[[], Awaitable[None]]] = []
        """What faults have set up and must take away."""
        self.excused: set[str] = set()
        """Words of log lines that come of faults and tell of no trouble."""

    async def set_up(self) -> None:
        """Install, start, create the live chat, and let everybody in."""
        if self.postgres is not None:
            self._database_url = self.postgres.url
        await self._nursery.start()
        await self._balancer.start(int(self.web.rpartition(":")[2]))
        await super().set_up()
        operators = {name: await self._client(name, auto_join=True) for name in ("anna", "boris")}
        alias = f"#livechat_{SLUG}:{self.homeserver.server_name}"
        queue = await operators["anna"].resolve_alias(alias)
        for one in operators.values():
            await one.wait_until(partial(_is_in, one, queue))
        customers = {}
        for number in range(1, self._wanted + 1):
            client = await self._client(f"carla{number}")
            customers[f"carla{number}"] = (client, await client.open_chat(self.ghost))
        mxc = await operators["anna"].upload(b"some data", "text/plain", "some.txt")
        self.traffic = Traffic(
            self.ghost, queue, customers, operators, random.Random(self.seed), mxc, self._pace
        )

    @property
    def databases(self) -> list[Postgres]:
        """All database servers."""
        return [one for one in (self.postgres, self.homeserver_postgres) if one is not None]

    @property
    def plugin(self) -> PluginProcess:
        """One of them, by chance."""
        return self.rng.choice(self.plugins)

    def open_for_newcomers(self) -> None:
        """From now on somebody new comes now and then."""
        self._arriving = asyncio.create_task(self._newcomers())

    async def _newcomers(self) -> None:
        for number in range(self._wanted + 1, self._wanted + NEWCOMERS + 1):
            await asyncio.sleep(self.rng.expovariate(1 / NEWCOMER_EVERY))
            client = await self._newcomer(f"carla{number}")
            self.traffic.arrive(f"carla{number}", client, await client.open_chat(self.ghost))

    async def _newcomer(self, name: str) -> Client:
        while True:
            await self.traffic.going.wait()
            try:
                return await self._client(name)
            except (aiohttp.ClientError, ClientFailed, HomeserverError, TimeoutError, KeyError):
                await asyncio.sleep(0.5)  # The homeserver is away.

    async def start_plugin(self, env: dict[str, str] | None = None) -> None:
        if self.postgres is None and not (self.folder / "livechat.db").exists():
            await self._be_killed_while_migrating()
        await asyncio.gather(*(one.start() for one in self.plugins))

    async def _be_killed_while_migrating(self) -> None:
        """The first starts make the tables; each is killed at some statement of it."""
        for _ in range(3):
            plugin = self.plugins[0]
            await plugin.start(f"{points.MIGRATION}:{self.rng.randint(1, 150)}", is_waited_for=False)
            if await plugin.died(3):
                self.tally.killed(f"plugin: {points.MIGRATION}")
            else:
                await plugin.kill()

    async def end_plugin(self, how: signal.Signals = signal.SIGTERM) -> None:
        for one in self.plugins:
            one.signal(how)
        await asyncio.gather(*(one.died(20) for one in self.plugins))

    async def answering(self) -> None:
        """Wait until all processes of the plugin are healthy."""
        await asyncio.gather(*(one.answering() for one in self.plugins))

    async def repaired(self) -> None:
        """Everything runs and answers: what a fault must have seen to when it is over."""
        await self.homeserver.start()
        await self.answering()
        if self._arriving is not None and self._arriving.done():
            self._arriving.result()

    async def metrics(self) -> dict[str, float]:
        """Of all processes together."""
        together: Counter[str] = Counter()
        async with httpx.AsyncClient(timeout=30) as client:
            for one in self.plugins:
                text = (await client.get(f"{one.address}/metrics")).text
                for line in text.splitlines():
                    name, _, value = line.rpartition(" ")
                    if not line.startswith("#"):
                        together[name] += float(value)  # type: ignore[assignment]
        return dict(together)

    async def _client(self, name: str, *, auto_join: bool = False) -> Client:
        await self.homeserver.register(name, name, display_name=name if name[-1].isdigit() else name.title())
        client = Client(self.homeserver.url, self.user_id(name), name, auto_join=auto_join)
        await client.connect()
        self.clients.append(client)
        return client

    async def end(self) -> None:
        """End all processes; the folder stays."""
        if self._arriving is not None:
            self._arriving.cancel()
            await asyncio.wait([self._arriving])
        if hasattr(self, "traffic"):
            await self.traffic.stop()
        for client in self.clients:
            await client.disconnect()
        await asyncio.gather(*(one.kill() for one in self.plugins if one.is_running))
        await self._balancer.end()
        await self._nursery.end()
        await self.homeserver.stop()
        for postgres in self.databases:
            postgres.end()
        for take_away in reversed(self.at_end):
            await take_away()


def _put_on(postgres: Postgres, config: Path) -> None:
    """Change a homeserver's configuration, before its first start."""
    yaml = YAML()
    content = yaml.load(config)
    args = {
        "user": "postgres",
        "dbname": postgres.database,
        "host": postgres.sockets,
        "cp_min": 1,
        "cp_max": 5,
    }
    content["database"] = {"name": "psycopg2", "args": args}
    yaml.dump(content, config)


def _is_in(client: Client, room: str) -> bool:
    return room in client.rooms
