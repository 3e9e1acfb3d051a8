"""A whole installation for tests: a real Synapse, the plugin in a process of its own, people with real clients."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg  # type: ignore[import-untyped]
import httpx

from livechat_plugin.demo.homeserver import Homeserver
from livechat_plugin.demo.person import Person
from tests.integration import commands, leaks
from tests.integration.model import Model

_MODELS: dict[str, Model] = {}

SLUG = "support"
WRONG_TOKEN = "a-secret-that-opens-nothing-0123456789"
NAME = "Customer Support"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def livechat(
    *arguments: str, config: Path, env: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """One run of our own command."""
    return commands.run((*arguments, "--config", str(config)), {**os.environ, **(env or {})}, timeout=60)


async def new_database(server: str, name: str) -> str:
    """Address of a new, empty database on the server."""
    connection = await asyncpg.connect(server)
    try:
        await connection.execute(f"CREATE DATABASE {name}")
    finally:
        await connection.close()
    return server.replace("/postgres?", f"/{name}?", 1)


class Installation:
    """Synapse and the plugin in a folder; each can be killed and started again on its own.

    Args:
        directory: where everything is kept.
        database_url: address of an empty PostgreSQL database; a file in the folder if there is none.
    """

    def __init__(self, directory: Path, database_url: str | None = None) -> None:
        self._directory = directory.resolve()
        self._database_url = database_url
        self._is_usual = database_url is None and not (directory / "homeserver").exists()
        self.homeserver = Homeserver(directory / "homeserver")
        self.config = directory / "plugin.toml"
        self.log = directory / "plugin.log"
        self.web = f"http://127.0.0.1:{free_port()}"
        self.panel_client: str | None = None
        """Address of a Matrix client that may show the session panel."""
        self.module = "livechat_plugin"
        """What is run as the plugin."""
        self._plugin: subprocess.Popen[bytes] | None = None
        self._people = AsyncExitStack()
        self._clients: list[Person] = []
        self._count = 0

    def user_id(self, localpart: str) -> str:
        return f"@{localpart}:{self.homeserver.server_name}"

    @property
    def ghost(self) -> str:
        return self.user_id(f"livechat_{SLUG}")

    @property
    def bot(self) -> str:
        return self.user_id("livechat")

    async def set_up(self) -> None:
        """Install, start, and create the live chat `support` for everybody, with anna, boris and sam."""
        is_usual = self._is_usual and self.panel_client is None
        if is_usual and (model := _MODELS.get("usual")) is not None:
            model.copy_to(self._directory, self.web, self.homeserver.url)
            self.homeserver = Homeserver(self._directory / "homeserver")
            await self.homeserver.start()
            await self.start_plugin()
            return
        await self._set_up()
        if is_usual:
            await self._settled()
            _MODELS["usual"] = Model.of(self._directory, self.web, self.homeserver.url)

    async def _settled(self) -> None:
        """Wait until the live chat is ready and the plugin has nothing left to do."""
        async with asyncio.timeout(60):
            while True:
                listed = (await asyncio.to_thread(livechat, "chats", "list", config=self.config)).stdout
                if "ready" in listed and (await self.metrics())["livechat_deliveries_waiting"] == 0:
                    return
                await asyncio.sleep(0.1)

    async def _set_up(self) -> None:
        installed = livechat(
            "install",
            f"--homeserver-url={self.homeserver.url}",
            f"--server-name={self.homeserver.server_name}",
            f"--address={self.web}",
            f"--administrator={self.user_id('ada')}",
            f"--write={self.homeserver.config_path}",
            config=self.config,
        )
        assert installed.returncode == 0, installed.stderr
        port = self.web.rpartition(":")[2]
        text = self.config.read_text().replace("listen_port = 9009", f"listen_port = {port}")
        text = text.replace('"http://127.0.0.1:9009"', f'"{self.web}"')
        # Tests write faster than people.
        text = text.replace("messages_per_minute = 120", "messages_per_minute = 100000")
        if self.panel_client is not None:
            text = text.replace("panel_clients = []", f'panel_clients = ["{self.panel_client}"]')
        if self._database_url is not None:
            text = text.replace("sqlite:///livechat.db", self._database_url)
        self.config.write_text(text)
        if self._database_url is not None:
            migrated = await asyncio.to_thread(livechat, "migrate", config=self.config)
            assert migrated.returncode == 0, migrated.stderr
        await self.homeserver.start()
        for name in ("ada", "sam", "anna", "boris"):
            await self.homeserver.register(name, name, display_name=name.title(), admin=name == "ada")
        await self.start_plugin()
        await self.add_chat(SLUG, NAME, f"--customer=@*:{self.homeserver.server_name}")

    async def add_chat(self, slug: str, name: str, *options: str) -> None:
        created = await asyncio.to_thread(
            livechat,
            "chats",
            "add",
            slug,
            name,
            f"--operator={self.user_id('anna')}",
            f"--operator={self.user_id('boris')}",
            f"--supervisor={self.user_id('sam')}",
            *options,
            config=self.config,
        )
        assert created.returncode == 0, created.stderr

    async def start_plugin(self, env: dict[str, str] | None = None) -> None:
        with self.log.open("ab") as log:
            self._plugin = subprocess.Popen(
                [sys.executable, "-m", self.module, "serve", "--config", str(self.config)],
                stdout=log,
                stderr=log,
                # At its most talkative: what it says is looked through at the end.
                env={"LIVECHAT_LOG__LEVEL": "debug", **os.environ, **(env or {})},
            )
        async with httpx.AsyncClient() as client:
            for _ in range(1200):  # a minute, for loaded machines
                assert self._plugin.poll() is None, self.log.read_text()
                try:
                    if (await client.get(f"{self.web}/health")).status_code == 200:
                        return
                except httpx.TransportError:
                    pass
                await asyncio.sleep(0.05)
        raise AssertionError(f"the plugin does not answer:\n{self.log.read_text()}")

    def processor_seconds(self) -> float:
        """What the plugin's process has cost since its start."""
        assert self._plugin is not None
        fields = Path(f"/proc/{self._plugin.pid}/stat").read_text().rpartition(")")[2].split()
        user, system = int(fields[11]), int(fields[12])
        return (user + system) / os.sysconf("SC_CLK_TCK")

    async def end_plugin(self, how: signal.Signals = signal.SIGTERM) -> None:
        if self._plugin is not None:
            self._plugin.send_signal(how)
            await asyncio.to_thread(self._plugin.wait, 20)
            self._plugin = None

    async def person(self, name: str, *, auto_join: bool = False, display_name: str | None = None) -> Person:
        """Somebody with a client, connected until the installation ends."""
        await self.homeserver.register(name, name, display_name=display_name or name.title())
        person = Person(self.homeserver.url, self.user_id(name), name, auto_join=auto_join)
        await person.connect()
        self._people.push_async_callback(person.disconnect)
        self._clients.append(person)
        return person

    async def token(self, name: str) -> str:
        """An access token of somebody who has an account."""
        identifier = {"type": "m.id.user", "user": name}
        login = {"type": "m.login.password", "identifier": identifier, "password": name}
        async with httpx.AsyncClient(base_url=self.homeserver.url) as client:
            return str((await client.post("/_matrix/client/v3/login", json=login)).json()["access_token"])

    async def customer(self) -> Person:
        """A customer nobody has met yet, called Carla and a number."""
        self._count += 1
        return await self.person(f"carla{self._count}", display_name=f"Carla {self._count}")

    async def metrics(self) -> dict[str, float]:
        async with httpx.AsyncClient() as client:
            text = (await client.get(f"{self.web}/metrics")).text
        lines = (line.rpartition(" ") for line in text.splitlines() if line and not line.startswith("#"))
        return {name: float(value) for name, _, value in lines}

    async def end(self) -> None:
        try:
            await self._try_to_get_in()
        finally:
            await self._people.aclose()
            await self.end_plugin()
            await self.homeserver.stop()
        registration = self.config.parent / "livechat-registration.yaml"
        secrets = [*leaks.tokens_of(registration), WRONG_TOKEN]
        log = self.log.read_text(errors="replace") if self.log.exists() else ""
        assert leaks.found_in(log, secrets, self._clients) == []

    async def _try_to_get_in(self) -> None:
        """With secrets that are wrong: nothing of them may stand in the log either."""
        if self._plugin is None or self._plugin.poll() is not None:
            return
        shown = {"access_token": WRONG_TOKEN, "matrix_server_name": self.homeserver.server_name, "room": "!x"}
        bearer, cookie = (
            {"Authorization": f"Bearer {WRONG_TOKEN}"},
            {"Cookie": f"livechat_console={WRONG_TOKEN}"},
        )
        async with httpx.AsyncClient(base_url=self.web, timeout=30) as client:
            await client.put("/_matrix/app/v1/transactions/1", headers=bearer, json={"events": []})
            await client.put(f"/_matrix/app/v1/transactions/1?access_token={WRONG_TOKEN}", json={})
            await client.get(f"/console/sign-in/{WRONG_TOKEN}")
            await client.post(f"/console/sign-in/{WRONG_TOKEN}", data={"csrf": WRONG_TOKEN})
            await client.get("/console/", headers=cookie)
            await client.post("/panel/sign-in", json=shown)
            await client.get("/panel/sessions/1/customer", headers=bearer)


@dataclass
class Served:
    """A session that anna serves: both rooms and both people."""

    customer: Person
    operator: Person
    customer_room: str
    session_room: str
    number: int


class Desk:
    """The live chat at work: its queue room, its two operators and its supervisor."""

    def __init__(self, installation: Installation, queue: str, people: dict[str, Person]) -> None:
        self.installation = installation
        self.queue = queue
        self.anna = people["anna"]
        self.boris = people["boris"]
        self.sam = people["sam"]

    @classmethod
    async def open(cls, installation: Installation) -> "Desk":
        people = {name: await installation.person(name, auto_join=True) for name in ("anna", "boris", "sam")}
        alias = f"#livechat_{SLUG}:{installation.homeserver.server_name}"
        queue = await people["anna"].resolve_alias(alias)
        for person in people.values():
            await in_room(person, queue)
        return cls(installation, queue, people)

    async def write(self, customer: Person, text: str) -> tuple[str, int, str]:
        """A first message; returns the customer's room, the session's number and its card's event id."""
        room = await customer.start_direct_chat(self.installation.ghost)
        await customer.say(room, text)
        number, card = await self.card(text)
        return room, number, card

    async def card(self, text: str) -> tuple[int, str]:
        """Number and event id of the card that shows this text."""
        seen = await self.anna.wait_for(self.queue, lambda event: is_card(event) and text in body(event))
        return int(body(seen).split()[0].removeprefix("#")), seen["event_id"]

    async def serve(self, customer: Person, text: str = "Hello there") -> Served:
        """A session from the first message until anna is in its room and has read the message."""
        room, number, card = await self.write(customer, text)
        await self.anna.react(self.queue, card, "✋")
        session_room = await self.session_room(text)
        return Served(customer, self.anna, room, session_room, number)

    async def session_room(self, text: str, operator: Person | None = None) -> str:
        """The room in which the operator sees a customer's message."""
        person = operator or self.anna
        return str(
            await person.wait_until(
                lambda: next(
                    (
                        room
                        for room in person.rooms
                        if room != self.queue and any(body(event) == text for event in person.events(room))
                    ),
                    None,
                )
            )
        )


async def in_room(person: Person, room: str) -> None:
    await person.wait_until(lambda: room in person.rooms)


def body(event: dict[str, Any]) -> str:
    content = event.get("content")
    text = content.get("body") if isinstance(content, dict) else None
    return text if isinstance(text, str) else ""


def is_card(event: dict[str, Any]) -> bool:
    return body(event).startswith("#") and "m.relates_to" not in event.get("content", {})


def says(text: str) -> Any:
    """A predicate: the event's body contains the text."""
    return lambda event: text in body(event)


def card_says(number: int, text: str) -> Any:
    """A predicate: the card of this session, in one of its versions, contains the text."""
    return lambda event: (
        f"#{number} " in body(event) and text in body(event) and not is_notice_to_somebody(event)
    )


def is_notice_to_somebody(event: dict[str, Any]) -> bool:
    return bool(event["content"].get("m.mentions", {}).get("user_ids"))
