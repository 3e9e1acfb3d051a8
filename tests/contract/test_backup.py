"""A copy of a database in use, and what a restored one is set right with."""

import fcntl
import signal
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path
from stat import S_IMODE

import pytest

from livechat_plugin.core.errors import Refused
from livechat_plugin.store.backup import UNFINISHED, BackupFailed, back_up
from tests.contract.stores import Kept, add_live_chat, committed_conversation


def numbers(file: Path) -> list[int]:
    with closing(sqlite3.connect(file)) as database:
        return [row[0] for row in database.execute("SELECT number FROM said ORDER BY number")]


def test_a_database_is_copied_as_it_is_at_one_moment_while_somebody_writes(tmp_path: Path) -> None:
    file, copies, is_over = (
        tmp_path / "livechat.db",
        [tmp_path / f"copy{n}" for n in range(3)],
        threading.Event(),
    )
    with closing(sqlite3.connect(file, isolation_level=None)) as database:
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("CREATE TABLE said (number INTEGER, words TEXT)")

    def write() -> None:
        with closing(sqlite3.connect(file, isolation_level=None, timeout=10)) as database:
            number = 0
            while not is_over.is_set() and number < 100_000:
                database.execute("BEGIN IMMEDIATE")
                for _ in range(2):  # two at once: a copy has both or neither
                    database.execute("INSERT INTO said VALUES (?, ?)", (number, "x" * 500))
                    number += 1
                database.execute("COMMIT")

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for copy in copies:
            assert back_up(file, copy) == copy.stat().st_size
    finally:
        is_over.set()
        writer.join()
    for copy in copies:
        found = numbers(copy)
        assert found == list(range(len(found)))
        assert len(found) % 2 == 0
        assert S_IMODE(copy.stat().st_mode) == 0o600
    assert {path.name for path in tmp_path.glob("copy*")} == {"copy0", "copy1", "copy2"}, (
        "nothing beside them"
    )


def test_nothing_is_overwritten_and_nothing_half_is_left(tmp_path: Path) -> None:
    file = tmp_path / "livechat.db"
    with pytest.raises(Refused, match="no database"):
        back_up(file, tmp_path / "copy")
    file.write_bytes(b"this is no database at all, only some words that stand in a file" * 100)
    with pytest.raises(BackupFailed):
        back_up(file, tmp_path / "copy")
    assert [path.name for path in tmp_path.iterdir()] == ["livechat.db"]
    (tmp_path / "copy").write_text("precious")
    with pytest.raises(Refused, match="exists already"):
        back_up(file, tmp_path / "copy")


def test_what_a_killed_run_left_is_cleared_away_and_what_is_at_work_is_not(tmp_path: Path) -> None:
    file, mine = tmp_path / "livechat.db", tmp_path / "mine.unfinished"
    with closing(sqlite3.connect(file)) as database:
        database.execute("CREATE TABLE said (number INTEGER)")
    mine.write_text("of another program")
    at_work = tmp_path / f"two{UNFINISHED}"
    lines = (
        "import os, signal, sqlite3, sys; from pathlib import Path;"
        "from livechat_plugin.store import backup as b;"
        "b.sqlite3.connect = lambda _: os.kill(os.getpid(), signal.SIGKILL);"
        "b.back_up(Path(sys.argv[1]), Path(sys.argv[2]))"
    )
    killed = subprocess.run(
        [sys.executable, "-c", lines, str(file), str(tmp_path / "one")], check=False, timeout=60
    )
    assert killed.returncode == -signal.SIGKILL
    assert (tmp_path / f"one{UNFINISHED}").exists()
    (tmp_path / f"one{UNFINISHED}-journal").write_text("")
    with at_work.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        back_up(file, tmp_path / "three")
        with pytest.raises(BackupFailed):
            back_up(file, tmp_path / "two")
        assert {path.name for path in tmp_path.iterdir()} == {"livechat.db", mine.name, at_work.name, "three"}


async def test_spare_rooms_are_dropped_and_their_numbers_skipped(kept: Kept) -> None:
    async with kept.store.begin() as unit:
        chat = await add_live_chat(unit)
        first, second = await unit.session_rooms.add(chat.id), await unit.session_rooms.add(chat.id)
        await unit.commit()
    conversation = await committed_conversation(kept)
    async with kept.store.begin() as unit:
        await unit.session_rooms.made(first.id, "!first:x")
        taken = await unit.session_rooms.take_spare(chat.id, conversation.id)
        assert taken.id == first.id
        assert [room.id for room in await unit.session_rooms.spare()] == [second.id]
        await unit.session_rooms.drop(first.id)
        await unit.session_rooms.drop(second.id)
        assert await unit.session_rooms.get(first.id) is not None, "a conversation has it"
        assert await unit.session_rooms.last() == second.id
        await unit.session_rooms.skip_to(10)
        await unit.session_rooms.skip_to(5)
        assert await unit.session_rooms.last() == 10
        assert (await unit.session_rooms.add(chat.id)).id == 11
        await unit.commit()
