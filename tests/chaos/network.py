"""Our own proxies between the homeserver, the plugin and PostgreSQL, put in when a fault needs them first."""

import re
from dataclasses import dataclass
from pathlib import Path
from random import Random
from weakref import WeakKeyDictionary

from tests.chaos.proxy import Proxy
from tests.chaos.pushes import Pushes
from tests.chaos.world import World

_NETWORKS: "WeakKeyDictionary[World, Network]" = WeakKeyDictionary()


@dataclass
class Network:
    """Everything that is between the processes.

    Attributes:
        pushes: transactions on their way to the plugin.
        to_plugin: the homeserver's connections to the plugin.
        to_homeserver: the plugin's connections to the homeserver.
        to_database: the plugin's connections to PostgreSQL, if it is used.
    """

    pushes: Pushes
    to_plugin: Proxy
    to_homeserver: Proxy
    to_database: Proxy | None

    @property
    def proxies(self) -> dict[str, Proxy]:
        """By what is at their end."""
        proxies = {"plugin": self.to_plugin, "homeserver": self.to_homeserver}
        return proxies | ({"database": self.to_database} if self.to_database is not None else {})

    async def end(self) -> None:
        """Stop all."""
        for proxy in self.proxies.values():
            await proxy.stop()
        await self.pushes.stop()


async def network_of(world: World) -> Network:
    """The network of a world; the first time, homeserver and plugin are restarted with other addresses."""
    if (network := _NETWORKS.get(world)) is None:
        network = _NETWORKS[world] = await _put_in(world)
        world.at_end.append(network.end)
    return network


async def _put_in(world: World) -> Network:
    random = Random(world.seed)
    # Past the load balancer: the same transaction may go to two processes at once.
    pushes = Pushes(random, [plugin.address for plugin in world.plugins])
    await pushes.start()
    to_database = Proxy(world.postgres.socket, random) if world.postgres is not None else None
    network = Network(pushes, Proxy(pushes.port, random), Proxy(world.homeserver.port, random), to_database)
    for proxy in network.proxies.values():
        await proxy.start()
    await world.end_plugin()
    await world.homeserver.stop()
    _replace(world.config, re.escape(world.homeserver.url), network.to_homeserver.url)
    if to_database is not None:
        _replace(
            world.config,
            r"(?<=\")postgresql:[^\"\n]*(?=\")",
            f"postgresql://postgres@127.0.0.1:{to_database.port}/chaos",
        )
    registration = next(world.config.parent.glob("*registration.yaml"))
    _replace(registration, re.escape(world.web), network.to_plugin.url)
    await world.homeserver.start()
    await world.answering()
    return network


def _replace(file: Path, pattern: str, new: str) -> None:
    text, count = re.subn(pattern, new, file.read_text(encoding="utf-8"))
    assert count, f"{pattern} is not in {file}"
    file.write_text(text, encoding="utf-8")
