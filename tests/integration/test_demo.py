"""`livechat demo` as a newcomer runs it: everything it promises is there, and nothing is left behind."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import aiohttp

from livechat_plugin.demo.person import Person


async def test_once_plays_a_conversation_that_both_sides_saw(tmp_path: Path) -> None:
    told = await _once("--dir", str(tmp_path))
    for seen in (
        "@carla:livechat.localhost saw",
        "@boris:livechat.localhost saw",
        "@dan:livechat.localhost saw",
        "Carla is connected to Carla (Contacts)",
        "Complaints: The printer burns was registered",
        "The customer is not connected to an item of Contacts",
        "Manager of Dan",
        "dan reads, from Anna",
        "dan reads, from Boris",
    ):
        assert seen in told, f"nothing of {seen!r}:\n{told}"

    # The next one finds what this one kept: carla is connected, and dan has his manager.
    told = await _once("--dir", str(tmp_path))
    assert "nobody looks after him" not in told
    assert "dan reads, from Boris" in told


async def _once(*options: str) -> str:
    """What `--once` prints when every step was seen."""
    async with _demo("--once", *options) as process:
        async with asyncio.timeout(240):
            output, _ = await process.communicate()
    told = output.decode()
    assert process.returncode == 0, told
    assert "✗" not in told
    return told


async def test_ready_file_tells_everything_and_processes_are_kept_alive(tmp_path: Path) -> None:
    ready = tmp_path / "run" / "ready.json"
    async with _demo("--dir", str(tmp_path / "data"), "--ready-file", str(ready)) as process:
        world = await _ready(ready)
        await _check_promises(world)

        os.kill(world["pids"]["plugin"], signal.SIGKILL)
        again = await _ready(ready, other_than=world["pids"]["plugin"])
        assert again == {**world, "pids": {**world["pids"], "plugin": again["pids"]["plugin"]}}
        await _answers(f"{again['web']}/ready")

        process.send_signal(signal.SIGINT)
        async with asyncio.timeout(30):
            output, _ = await process.communicate()
    assert process.returncode == 0, output.decode()
    assert "The plugin was ended by SIGKILL" in output.decode()
    assert not ready.exists()
    await _are_gone([*world["pids"].values(), *again["pids"].values()])


async def test_killed_demo_leaves_no_process_and_its_folder_goes_on(tmp_path: Path) -> None:
    ready = tmp_path / "ready.json"
    options = ("--dir", str(tmp_path / "data"), "--ready-file", str(ready))
    async with _demo(*options) as process:
        before = await _ready(ready)
        process.kill()
        await process.communicate()
    await _are_gone(list(before["pids"].values()))
    ready.unlink()
    async with _demo(*options) as process:
        after = await _ready(ready)
        assert {**after, "pids": None} == {**before, "pids": None}
        process.terminate()
        await process.communicate()
    assert process.returncode == 0
    await _are_gone(list(after["pids"].values()))


@asynccontextmanager
async def _demo(*options: str) -> AsyncIterator[asyncio.subprocess.Process]:
    command = (sys.executable, "-m", "livechat_plugin", "demo", *options)
    process = await asyncio.create_subprocess_exec(
        *command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    try:
        yield process
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.communicate()


async def _ready(path: Path, other_than: int | None = None) -> dict[str, Any]:
    """What the file says, once it is there and the plugin is another process than the one given."""
    async with asyncio.timeout(60):
        while True:
            if path.exists():
                content: dict[str, Any] = json.loads(path.read_text())
                if content["pids"]["plugin"] != other_than:
                    return content
            await asyncio.sleep(0.05)


async def _check_promises(world: dict[str, Any]) -> None:
    assert set(world) == {"homeserver", "server_name", "web", "config", "pids", "live_chats", "users"}
    await _answers(f"{world['homeserver']}/_matrix/client/versions")
    await _answers(f"{world['web']}/ready")
    assert Path(world["config"]).is_file()
    name = world["server_name"]
    chats = {chat["slug"]: chat for chat in world["live_chats"]}
    assert {slug: (chat["name"], chat["user_id"]) for slug, chat in chats.items()} == {
        "support": ("Customer Support", f"@livechat_support:{name}"),
        "it": ("IT Help Desk", f"@livechat_it:{name}"),
    }
    assert {user["user_id"]: user["roles"] for user in world["users"]} == {
        f"@ada:{name}": ["administrator"],
        f"@sam:{name}": ["supervisor"],
        f"@anna:{name}": ["operator"],
        f"@boris:{name}": ["operator"],
        f"@carla:{name}": ["customer"],
        f"@dan:{name}": ["customer"],
    }
    queue_rooms = {chat["queue_room"] for chat in chats.values()}
    for user in world["users"]:
        async with Person(world["homeserver"], user["user_id"], user["password"]) as person:
            if user["roles"][0] in {"operator", "supervisor"}:
                assert queue_rooms < person.rooms
            assert not person.invites


async def _answers(url: str) -> None:
    async with aiohttp.ClientSession() as session, session.get(url) as response:
        assert response.status == 200


async def _are_gone(pids: list[int]) -> None:
    async with asyncio.timeout(10):
        for pid in pids:
            while _runs(pid):  # noqa: ASYNC110 -- no event tells of the end of somebody else's child
                await asyncio.sleep(0.05)


def _runs(pid: int) -> bool:
    """Whether the process is there; one that only waits to be reaped is not."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    status = Path(f"/proc/{pid}/status")
    with suppress(FileNotFoundError):
        return "State:\tZ" not in status.read_text()
    return sys.platform != "linux"
