"""Two replicas behind nginx, with the configuration that we ship: work is shared, and one that is killed is replaced."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import groupby
from pathlib import Path

import httpx
import pytest
import pytest_asyncio

from tests.integration.installation import Desk, Installation, Served, free_port, new_database, says
from tests.integration.nginx import NAME, Nginx, is_there
from tests.integration.open_pages import Page, cookie_of

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.timeout(240),
    pytest.mark.skipif(not is_there() and "CI" not in os.environ, reason="nginx is not installed"),
]

PATIENCE = 60.0
SOON = 30.0
"""Seconds in which the other replica is to have taken over, on a loaded machine too."""
MESSAGES, MOST = 8, 40


TICKING = """
import asyncio
import os
import time

from livechat_plugin import Hook, HookSettings, HookTask, hookimpl


class Ticking(Hook[HookSettings]):
    @hookimpl
    def livechat_register_tasks(self) -> list[HookTask]:
        return [HookTask("tick", self.tick)]

    async def tick(self) -> None:
        while True:
            with open(os.environ["TICKS"], "a") as file:
                file.write(f"{os.getpid()}\\n")
            await asyncio.sleep(0.05)
"""
"""A hook whose task tells all the time which process runs it."""


class Replica:
    """One process on the common configuration and database."""

    def __init__(self, installation: Installation, name: str, public_address: str) -> None:
        self.address = f"127.0.0.1:{free_port()}"
        self._installation = installation
        self._log = installation.config.with_name(f"{name}.log")
        self.number = 0
        self._env = {
            "LIVECHAT_PLUGIN__HOOK_FOLDERS": str(installation.config.with_name("ticking")),
            "TICKS": str(installation.config.with_name("ticks")),
            "LIVECHAT_WEB__LISTEN_PORT": self.address.rpartition(":")[2],
            "LIVECHAT_WEB__PUBLIC_ADDRESS": public_address,
        }
        self._process: subprocess.Popen[bytes] | None = None

    async def start(self) -> None:
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [
                    sys.executable,
                    "-m",
                    "livechat_plugin",
                    "serve",
                    "--config",
                    str(self._installation.config),
                ],
                stdout=log,
                stderr=log,
                env={**os.environ, **self._env},
            )
        self.number = self._process.pid
        async with httpx.AsyncClient() as client, asyncio.timeout(PATIENCE):
            while not await self._is_up(client):
                assert self._process.poll() is None, self._log.read_text()
                await asyncio.sleep(0.05)

    async def _is_up(self, client: httpx.AsyncClient) -> bool:
        try:
            return (await client.get(f"http://{self.address}/ready")).status_code == 200
        except httpx.TransportError:
            return False

    async def end(self, how: signal.Signals = signal.SIGTERM) -> None:
        if self._process is not None:
            self._process.send_signal(how)
            await asyncio.to_thread(self._process.wait, 20)
            self._process = None

    @property
    def is_running(self) -> bool:
        return self._process is not None

    async def count(self, name: str) -> float:
        """The sum of a metric over its labels."""
        async with httpx.AsyncClient() as client:
            text = (await client.get(f"http://{self.address}/metrics")).text
        lines = [line for line in text.splitlines() if line.startswith(name)]
        return sum(float(line.rpartition(" ")[2]) for line in lines)


class Cluster(Installation):
    """An installation whose address is nginx, with two replicas behind it."""

    def __init__(self, directory: Path, database_url: str) -> None:
        super().__init__(directory, database_url)
        self._ticks = self.config.with_name("ticks")
        folder = self.config.with_name("ticking")
        folder.mkdir()
        (folder / "ticking.py").write_text(TICKING)
        self.public = f"127.0.0.1:{free_port()}"
        address = f"https://{NAME}:{self.public.rpartition(':')[2]}"
        self.replicas = [Replica(self, name, address) for name in ("one", "two")]
        inside = self.web.removeprefix("http://")
        self.nginx = Nginx(directory / "nginx", [one.address for one in self.replicas], inside, self.public)

    async def start_plugin(self, env: dict[str, str] | None = None) -> None:
        assert env is None
        self.nginx.start()
        await asyncio.gather(*(replica.start() for replica in self.replicas))

    async def end_plugin(self, how: signal.Signals = signal.SIGTERM) -> None:
        await asyncio.gather(*(replica.end(how) for replica in self.replicas))

    async def end(self) -> None:
        await super().end()
        await self.nginx.end()

    @asynccontextmanager
    async def browser(self, user_id: str) -> AsyncIterator[httpx.AsyncClient]:
        """A browser in which somebody is signed in."""
        cookie = cookie_of(self.config, user_id, is_secure=True)
        async with httpx.AsyncClient(
            base_url=f"https://{self.public}",
            headers={"Host": NAME, "Cookie": cookie},
            verify=self.nginx.trust,
            timeout=PATIENCE,
        ) as client:
            yield client

    @asynccontextmanager
    async def page(self, browser: httpx.AsyncClient, *topics: str) -> AsyncIterator[Page]:
        async with browser.stream("GET", "/console/live", params={"topics": " ".join(topics)}) as response:
            assert response.status_code == 200
            yield Page(response)

    def ticked(self) -> list[int]:
        """The numbers of the processes that ran the hook's task, one after another."""
        numbers = [int(line) for line in self._ticks.read_text().split()]
        return [number for number, _ in groupby(numbers)]

    @asynccontextmanager
    async def page_at(self, browser: httpx.AsyncClient, replica: Replica) -> AsyncIterator[Page]:
        """A page that is open at this replica."""
        async with asyncio.timeout(PATIENCE):
            while True:
                async with self.page(browser, "conversation:1") as page:
                    await page.next("hello")
                    if await self.holder() is replica:
                        yield page
                        return

    async def holder(self) -> Replica:
        """The replica at which the only page is open."""
        running = [one for one in self.replicas if one.is_running]
        [found] = [one for one in running if await one.count("livechat_open_pages")]
        return found


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def cluster(postgresql_server: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Cluster]:
    cluster = Cluster(tmp_path_factory.mktemp("cluster"), await new_database(postgresql_server, "cluster"))
    try:
        await cluster.set_up()
        yield cluster
    finally:
        await cluster.end()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def served(cluster: Cluster) -> Served:
    desk = await Desk.open(cluster)
    return await desk.serve(await cluster.customer(), "Hello there")


async def test_both_take_part_and_a_page_follows_what_either_does(cluster: Cluster, served: Served) -> None:
    took_in = dict.fromkeys(cluster.replicas, 0)
    async with (
        cluster.browser(cluster.user_id("anna")) as browser,
        cluster.page(browser, "conversation:1") as page,
    ):
        assert page.headers["content-type"].startswith("text/event-stream")
        assert "no-transform" in page.headers["cache-control"]
        await page.next("hello")
        sent = 0
        while sent < MESSAGES or (not all(took_in.values()) and sent < MOST):
            if sent % 3 == 2:
                # A message makes two transactions, itself and its copy: turn by turn, one replica would get all copies.
                await served.customer.send(served.customer_room, {}, "org.example.nothing")
            before = [await one.count("livechat_events_total") for one in cluster.replicas]
            await served.customer.say(served.customer_room, f"message {sent}")
            await served.operator.wait_for(served.session_room, says(f"message {sent}"))
            assert "conversation:1" in await page.next("changed")
            for one, count in zip(cluster.replicas, before, strict=True):
                took_in[one] += await one.count("livechat_events_total") > count
            sent += 1
    # The page was open at one of them, and heard of the messages that the other took in.
    assert all(took_in.values()), took_in.values()
    assert cluster.nginx.served("PUT") == {one.address for one in cluster.replicas}
    bodies = [event["content"].get("body", "") for event in served.operator.events(served.session_room)]
    assert [text for text in bodies if text.startswith("message ")] == [f"message {n}" for n in range(sent)]


async def test_when_one_is_killed_the_other_goes_on(cluster: Cluster, served: Served) -> None:
    [leader] = cluster.ticked()
    killed = next(one for one in cluster.replicas if one.number == leader)
    other = next(one for one in cluster.replicas if one is not killed)
    async with cluster.browser(cluster.user_id("anna")) as browser:
        async with cluster.page_at(browser, killed) as page:
            began = time.monotonic()
            await killed.end(signal.SIGKILL)
            with pytest.raises((ConnectionError, httpx.TransportError)):
                await page.next("changed")
        async with cluster.page_at(browser, other) as page:  # as a page does after half a second
            await served.customer.say(served.customer_room, "is anybody there?")
            await served.operator.wait_for(served.session_room, says("is anybody there?"))
            assert time.monotonic() - began < SOON
            assert "conversation:1" in await page.next("changed")
    # The task of a hook went over too, and never ran in both.
    async with asyncio.timeout_at(asyncio.get_running_loop().time() + SOON):
        while cluster.ticked() == [leader]:  # noqa: ASYNC110 - a file tells nobody
            await asyncio.sleep(0.05)
    assert cluster.ticked() == [leader, other.number]


async def test_one_that_comes_back_gets_its_share(cluster: Cluster, served: Served) -> None:
    back = next(one for one in cluster.replicas if not one.is_running)
    await back.start()
    async with asyncio.timeout(PATIENCE):
        while not await back.count("livechat_events_total"):
            await served.customer.say(served.customer_room, "and now?")
            await asyncio.sleep(0.2)
    assert len(cluster.ticked()) == 2  # the task stays where it is


async def test_strangers_reach_the_pages_only_and_cannot_try_at_each_replica_anew(cluster: Cluster) -> None:
    async with httpx.AsyncClient(base_url=f"https://{cluster.public}", verify=cluster.nginx.trust) as browser:
        for path in ("/metrics", "/health", "/_matrix/app/v1/transactions/1", "/"):
            assert (await browser.get(path)).status_code == 404, path
        statuses = [(await browser.get("/console/sign-in")).status_code for _ in range(40)]
    assert statuses[0] == 200
    assert 429 in statuses
