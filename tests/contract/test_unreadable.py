"""One row that nobody can read, or a value that cannot be kept, stops nothing but itself."""

from collections.abc import AsyncIterator
from typing import Any

import orjson
import pytest
from sqlalchemy import text
from structlog.testing import capture_logs

from livechat_plugin.core.acts import Say
from livechat_plugin.core.content import Text
from livechat_plugin.services.deliveries import ActInSessionRoom, SayInRoom, ShowCard
from livechat_plugin.services.room_events import MessageSent
from livechat_plugin.store.database import Database, open_backend
from tests.contract.stores import NOW, Kept, add_conversation, committed_conversation, owe

SECRET = "my password is swordfish"
UNREADABLE = [
    "",
    "{",
    orjson.dumps({"kind": "from_another_version", "body": SECRET}).decode(),
    orjson.dumps({"kind": "say_in_room", "room_id": "!r", "speaker": "@s:x", "body": [SECRET]}).decode(),
]


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    database = Database(database_url, print, print)
    yield database
    await database.close()


async def change(url: str, statement: str, **values: object) -> list[Any]:
    backend = open_backend(url)
    async with backend.connect(writes=True) as db:
        changed = await db.execute(text(statement), values)
        rows = [tuple(row) for row in changed] if changed.returns_rows else []
        await db.commit()
    await backend.close()
    return rows


@pytest.mark.parametrize("payload", UNREADABLE)
@pytest.mark.parametrize("opened", ["read", "begin"])
async def test_an_unreadable_delivery_is_given_up_and_the_others_are_found(
    database: Database, database_url: str, payload: str, opened: str
) -> None:
    async with database.begin() as work:
        added = [await owe(work, "lane", ShowCard(number)) for number in range(3)]
        await work.commit()
    await change(
        database_url, "UPDATE deliveries SET payload = :it WHERE id = :id", it=payload, id=added[1].id
    )
    with capture_logs() as lines:
        async with getattr(database, opened)() as work:
            assert await work.outbox.pending(0, 2) == [added[0], added[2]]
    failed = await change(database_url, "SELECT id, reason FROM deliveries WHERE state = 'failed'")
    assert [number for number, _ in failed] == [added[1].id]
    assert [line["delivery"] for line in lines] == [added[1].id]
    assert "cannot be read" in failed[0][1]
    assert "swordfish" not in repr((failed, lines))
    with capture_logs() as lines:
        async with database.read() as work:
            assert await work.outbox.pending(0, 10) == [added[0], added[2]]
    assert not lines


async def test_an_unreadable_held_event_holds_back_no_other(database: Database, database_url: str) -> None:
    events = [MessageSent(f"${number}", "!r", "@c:x", NOW, Text("words")) for number in range(3)]
    async with database.begin() as work:
        conversation = await add_conversation(work)
        for event in events:
            await work.inbox.hold(conversation.id, event)
        await work.commit()
    await change(database_url, "UPDATE held_events SET event = :it WHERE id = 2", it=UNREADABLE[3])
    with capture_logs() as lines:
        async with database.begin() as work:
            assert await work.inbox.release(conversation.id, 2) == [events[0], events[2]]
            assert await work.inbox.release(conversation.id) == []
        async with database.begin() as work:
            assert await work.inbox.release(conversation.id) == [events[0], events[2]]
    assert "swordfish" not in repr(lines)


WRONG: list[Any] = [
    SayInRoom("!r", "@s:x", 123),  # type: ignore[arg-type]
    SayInRoom("!r", "@s:x", [SECRET]),  # type: ignore[arg-type]
    SayInRoom("!r", "@s:x", f"{SECRET} \ud800"),
    ShowCard(None),  # type: ignore[arg-type]
    ActInSessionRoom(1, Say(Text({"body": SECRET})), as_customer=True),  # type: ignore[arg-type]
    SECRET,
]


@pytest.mark.parametrize("payload", WRONG, ids=lambda payload: repr(payload)[:60])
async def test_what_could_not_be_read_again_is_never_owed(kept: Kept, payload: Any) -> None:
    async with kept.store.begin() as work:
        with pytest.raises(ValueError, match="cannot be kept") as caught:
            await work.outbox.add("lane", payload)
        assert "swordfish" not in str(caught.value)
        assert caught.value.__suppress_context__
        after = await owe(work, "lane", ShowCard(1))
        await work.commit()
    async with kept.store.read() as work:
        assert await work.outbox.pending(0, 10) == [after]


async def test_a_wrong_content_is_not_kept(database: Database) -> None:
    content: Any = Text(123)  # type: ignore[arg-type]
    async with database.begin() as work:
        conversation = await add_conversation(work)
        with pytest.raises(ValueError, match="cannot be kept"):
            await work.messages.add(conversation.id, "in", NOW, content=content)
        with pytest.raises(ValueError, match="cannot be kept"):
            await work.inbox.hold(conversation.id, MessageSent("$1", "!r", "@c:x", NOW, content))


async def test_halves_of_characters_are_kept_as_question_marks(kept: Kept) -> None:
    conversation = await committed_conversation(kept)
    async with kept.store.begin() as work:
        session = await work.sessions.open(conversation.id, "broken \ud83d word", NOW)
        found = await work.sessions.get(session.number)
    assert found is not None
    assert found.subject == "broken ? word"
