"""What a database says when it fails: told apart by what helps, and without what people wrote."""

import asyncio
import resource
import traceback
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any
from urllib.parse import parse_qs, urlsplit

import asyncpg  # type: ignore[import-untyped]
import pytest
from sqlalchemy import text

from livechat_plugin.core.errors import ConcurrentChange, StoreFull, StoreUnavailable
from livechat_plugin.store.database import Database, open_backend
from livechat_plugin.store.failures import DatabaseFault

SECRET = "my password is swordfish"

PROVOCATIONS = {
    "no such column": ("UPDATE notes SET nothing = :words", DatabaseFault),
    "no such table": ("SELECT :words FROM nowhere", DatabaseFault),
    "a row that is there already": (
        "INSERT INTO notes (name, value) VALUES (:words, 'a'), (:words, 'b')",
        ConcurrentChange,
    ),
    "no value": ("INSERT INTO notes (name, value) VALUES (:words, NULL)", ConcurrentChange),
}


@asynccontextmanager
async def keeping_nothing(url: str) -> AsyncIterator[None]:
    """The disk is full, or the server may only be read, as after a failover."""
    if url.startswith("sqlite"):
        before = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, before[1]))
        try:
            yield
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)
        return
    await read_only(url, "on")
    yield
    await read_only(url, "off")


async def keep_mark(database: Database) -> None:
    async with database.begin() as work:
        await work.inbox.keep_note("mark", "s1")
        await work.commit()


async def read_only(url: str, is_on: str) -> None:
    connection = await asyncpg.connect(url.replace("+asyncpg", ""))
    name = urlsplit(url).path[1:]
    await connection.execute("SET default_transaction_read_only = off")
    await connection.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = {is_on}")
    others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1 AND pid <> $2"
    await connection.fetch(others, name, connection.get_server_pid())
    await connection.close()


async def provoke(url: str, statement: str) -> Exception:
    backend = open_backend(url)
    try:
        async with backend.connect(writes=True) as db:
            with pytest.raises(Exception) as caught:  # noqa: PT011 - the test looks at it
                await db.execute(text(statement), {"words": SECRET})
    finally:
        await backend.close()
    return caught.value


def everything_logged_of(error: BaseException) -> str:
    return "".join(traceback.format_exception(error)) + str(error) + repr(error)


@pytest.mark.parametrize("name", PROVOCATIONS)
async def test_no_failure_tells_what_people_wrote(database_url: str, name: str) -> None:
    statement, kind = PROVOCATIONS[name]
    error = await provoke(database_url, statement)
    assert isinstance(error, kind)
    assert "swordfish" not in everything_logged_of(error)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
@pytest.mark.parametrize(
    "statement", ["SELECT CAST(:words AS text)::integer", "SELECT CAST(:words AS integer)"]
)
async def test_a_value_that_postgresql_refuses_is_not_told(database_url: str, statement: str) -> None:
    error = await provoke(database_url, statement)
    assert isinstance(error, DatabaseFault)
    assert "swordfish" not in everything_logged_of(error)
    assert "SELECT" in str(error)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
@pytest.mark.parametrize(
    "statements",
    [
        ["SET TRANSACTION READ ONLY", "INSERT INTO notes VALUES ('a', 'b')"],  # as after a failover
        ["SET LOCAL statement_timeout = 20", "SELECT pg_sleep(5)"],
    ],
    ids=["read only", "too slow"],
)
async def test_a_server_that_cannot_serve_now_is_unavailable(
    database_url: str, statements: list[str]
) -> None:
    backend = open_backend(database_url)
    async with backend.connect(writes=True) as db:
        await db.execute(text(statements[0]))
        with pytest.raises(StoreUnavailable):
            await db.execute(text(statements[1]))
    await backend.close()


class Cable:
    """The network between us and a PostgreSQL server, to be cut or clogged."""

    def __init__(self, socket_path: str) -> None:
        self._path = socket_path
        self._writers: set[asyncio.StreamWriter] = set()
        self._flows, self._answers_flow = asyncio.Event(), asyncio.Event()
        self.flow()
        self.port = 0

    @asynccontextmanager
    async def laid(self) -> AsyncIterator["Cable"]:
        server = await asyncio.start_server(self._connect, "127.0.0.1")
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            self.cut()
            server.close()

    def cut(self) -> None:
        for writer in self._writers:
            writer.transport.abort()

    def clog(self) -> None:
        self._flows.clear()
        self._answers_flow.clear()

    def clog_answers(self) -> None:
        self._answers_flow.clear()

    def flow(self) -> None:
        self._flows.set()
        self._answers_flow.set()

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_unix_connection(self._path)
        self._writers |= {writer, far_writer}
        await asyncio.gather(
            self._pass(reader, far_writer, self._flows), self._pass(far_reader, writer, self._answers_flow)
        )

    async def _pass(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, flows: asyncio.Event
    ) -> None:
        try:
            while data := await reader.read(65536):
                await flows.wait()
                writer.write(data)
        except OSError:
            pass
        writer.transport.abort()


@pytest.fixture
async def cable(postgresql_server: str) -> AsyncIterator[Cable]:
    folder = parse_qs(urlsplit(postgresql_server).query)["host"][0]
    async with Cable(f"{folder}/.s.PGSQL.5432").laid() as cable:
        yield cable


def through(cable: Cable, url: str) -> str:
    return f"postgresql+asyncpg://postgres@127.0.0.1:{cable.port}{urlsplit(url).path}"


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
@pytest.mark.parametrize("when", ["before", "during"])
@pytest.mark.parametrize("what", ["statement", "commit"])
async def test_a_cut_connection_is_unavailable(database_url: str, cable: Cable, when: str, what: str) -> None:
    database = Database(through(cable, database_url), print, print)
    async with database.begin() as work:
        await work.inbox.keep_note("mark", "s1")
        if when == "before":
            cable.cut()
            await asyncio.sleep(0.05)
        else:
            cable.clog()
            asyncio.get_running_loop().call_later(0.1, cable.cut)
        with pytest.raises(StoreUnavailable):
            await (work.inbox.note("mark") if what == "statement" else work.commit())
    await database.close()


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_a_connection_that_breaks_before_its_first_statement_is_unavailable(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    connect = asyncpg.connect

    async def connect_and_break(*args: Any, **kwargs: Any) -> Any:
        connection = await connect(*args, **kwargs)
        connection.terminate()
        return connection

    database = Database(database_url, print, print)
    with monkeypatch.context() as patched:
        patched.setattr(asyncpg, "connect", connect_and_break)
        with pytest.raises(StoreUnavailable):
            await schema_note(database)
        with pytest.raises(StoreUnavailable):
            async with database.before_all_inboxes():
                pass
    assert await schema_note(database) is not None
    await database.close()


async def schema_note(database: Database) -> str | None:
    async with database.read() as work:
        return await work.inbox.note("schema.compatible_since")


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
@pytest.mark.parametrize("what", ["statement", "commit"])
async def test_a_silent_connection_is_unavailable(
    database_url: str, cable: Cable, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("livechat_plugin.store.postgresql.COMMAND_TIMEOUT", 0.3)
    database = Database(through(cable, database_url), print, print)
    async with database.begin() as work:
        await work.inbox.keep_note("mark", "s1")
        cable.clog()
        asyncio.get_running_loop().call_later(1, cable.cut)
        with pytest.raises(StoreUnavailable):
            await (work.inbox.note("mark") if what == "statement" else work.commit())
    await database.close()


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_a_commit_whose_answer_is_lost_is_in_doubt(database_url: str, cable: Cable) -> None:
    """It was made: whoever makes deliveries must hear that there may be one nobody was told of."""
    told: list[str] = []
    database = Database(
        through(cable, database_url), print, print, print, on_doubt=lambda: told.append("in doubt")
    )
    async with database.begin() as work:
        await work.inbox.keep_note("mark", "s1")
        cable.clog_answers()
        asyncio.get_running_loop().call_later(0.2, cable.cut)
        with pytest.raises(StoreUnavailable):
            await work.commit()
    assert told == ["in doubt"]
    cable.flow()
    async with database.read() as work:
        assert await work.inbox.note("mark") == "s1"
    await database.close()


async def test_a_database_that_keeps_nothing_says_so_until_it_does_again(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Read only, as after a failover; a full disk shows the same."""
    database = Database(database_url, lambda _: None, lambda _: None)
    await database.ping()
    async with keeping_nothing(database_url):
        for _ in range(2):  # a connection that was open already has gone with the server that could write
            with pytest.raises(StoreUnavailable):
                await keep_mark(database)
        with suppress(StoreUnavailable):
            await database.ping()  # the readers' connection has gone, too
        with pytest.raises(StoreFull):
            await database.ping()
        monkeypatch.setattr("livechat_plugin.store.database._FRESH", 0.0)
        with pytest.raises(StoreFull):
            await database.ping()
    for attempt in range(3):
        try:
            await database.ping()
        except StoreUnavailable:
            assert attempt < 2
    async with database.read() as work:
        assert await work.inbox.note("mark") is None
    await database.close()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_file_that_was_opened_read_only_is_opened_anew(database_url: str) -> None:
    """As when the disk was mounted read-only for some minutes: SQLite itself would stay with what it opened."""
    database = Database(database_url, lambda _: None, lambda _: None)
    async with database._backend.connect(writes=True) as db:
        await db.execute(text("PRAGMA query_only = 1"))
    with pytest.raises(StoreUnavailable):
        await keep_mark(database)
    await keep_mark(database)
    async with database.read() as work:
        assert await work.inbox.note("mark") == "s1"
    await database.close()


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_a_plan_that_another_release_has_outdated_is_made_anew(database_url: str) -> None:
    """As when a newer replica changes tables under the older ones: what they were doing is done again."""
    backend, other = open_backend(database_url), open_backend(database_url)
    every = text("SELECT * FROM notes")

    async def look() -> None:
        async with backend.connect(writes=False) as db:
            await db.execute(every)

    try:
        await look()
        async with other.connect(writes=True) as db:
            await db.execute(text("ALTER TABLE notes ADD COLUMN more text"))
            await db.commit()
        with pytest.raises(StoreUnavailable):
            await look()
        await look()
    finally:
        await other.close()
        await backend.close()


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_a_server_that_forgot_the_prepared_statements_is_asked_on_a_new_connection(
    database_url: str,
) -> None:
    """As after a failover behind a pooler, whose connections outlive the server."""
    backend = open_backend(database_url)
    note = text("SELECT value FROM notes")
    try:
        async with backend.connect(writes=False) as db:
            await db.execute(note)
            await db.execute(text("DEALLOCATE ALL"))
            with pytest.raises(StoreUnavailable):
                await db.execute(note)
        async with backend.connect(writes=False) as db:
            await db.execute(note)
    finally:
        await backend.close()


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_rows_that_a_process_locked_before_it_stood_still_are_let_go(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = {"idle_in_transaction_session_timeout": "300ms"}
    monkeypatch.setattr("livechat_plugin.store.postgresql.SERVER_SETTINGS", settings)
    still = Database(database_url, print, print)
    other = Database(database_url, print, print)
    try:
        async with still.begin() as work:
            await work.inbox.keep_note("mark", "before it stood still")
            async with other.begin() as theirs, asyncio.timeout(5):
                await theirs.inbox.keep_note("mark", "of another process")
                await theirs.commit()
            with pytest.raises(StoreUnavailable):
                await work.commit()
        async with other.read() as work:
            assert await work.inbox.note("mark") == "of another process"
    finally:
        await still.close()
        await other.close()
