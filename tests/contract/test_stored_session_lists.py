"""What lists of sessions promise, and that they stay cheap however many sessions are over."""

from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest

from livechat_plugin.core.content import Text
from livechat_plugin.core.sessions import (
    Priority,
    Session,
    SessionState,
    close,
    offer,
    prioritize,
    rename,
    take,
)
from livechat_plugin.services.repositories import session_lists as session_list_port
from livechat_plugin.services.repositories.session_lists import OPEN, SessionFilter
from livechat_plugin.services.unit_of_work import UnitOfWork
from livechat_plugin.store.database import Database
from livechat_plugin.store.later import Later
from livechat_plugin.store.repositories import session_lists
from livechat_plugin.store.repositories.reading import SqlReading
from tests.contract.explained import Explained
from tests.contract.stores import NOW, Kept, add_conversation, add_live_chat

CLOSED = frozenset({SessionState.CLOSED})
WAITING = frozenset({SessionState.WAITING})
ACTIVE = frozenset({SessionState.ACTIVE})
CARLA, DAN, EVE = "@carla:example.org", "@dan:example.org", "@eve:example.org"


@dataclass
class World:
    """Some sessions: Carla's are over, Dan's is served, Eve's waits, and there is one in another live chat."""

    live_chat_id: int
    elsewhere: int
    over: list[int]
    served: int
    waiting: int


async def make(unit: UnitOfWork) -> World:
    over: list[int] = []
    carla = await add_conversation(unit, CARLA)
    for number, subject in enumerate(["Printer on fire", "Printer 100% wet", "Bicycle"]):
        session = await opened(unit, carla.id, subject, number)
        operator = "@otto:x" if number < 2 else "@olga:x"
        await unit.sessions.save(served := take(session, operator, NOW))
        await unit.sessions.save(close(served, NOW))
        over.append(session.number)
    dan, eve = await add_conversation(unit, DAN), await add_conversation(unit, EVE)
    active = await opened(unit, dan.id, "Invoice", 3)
    await unit.sessions.save(active := take(active, "@otto:x", NOW))
    await unit.sessions.save(rename(active, "Unpaid_bill"))
    waiting = await opened(unit, eve.id, "Hello", 4)
    await unit.sessions.save(prioritize(waiting, Priority.HIGH))
    room = await unit.session_rooms.take_spare(eve.live_chat_id, eve.id)
    await unit.conversations.save(replace(eve, session_room=room))
    await unit.session_rooms.made(room.id, "!eve")
    other = await add_live_chat(unit, "it")
    account = await unit.conversations.account("matrix", CARLA, "Carla")
    elsewhere = await unit.conversations.add(other.id, account.id, "!elsewhere")
    await opened(unit, elsewhere.id, "Elsewhere", 5)
    for external_id, name in ((CARLA, "Carla"), (DAN, "Dan"), (EVE, "Eve")):
        account = await unit.conversations.account("matrix", external_id, name)
        await unit.conversations.save_account(replace(account, display_name=name))
    return World(carla.live_chat_id, other.id, over, active.number, waiting.number)


async def opened(unit: UnitOfWork, conversation_id: int, subject: str, minute: int) -> Session:
    at = NOW + timedelta(minutes=minute)
    session = offer(await unit.sessions.open(conversation_id, subject, at))
    await unit.sessions.save(session)
    return session


async def numbers(unit: UnitOfWork, wanted: SessionFilter, limit: int = 99, **order: bool | int) -> list[int]:
    found = await unit.session_lists.listed(wanted, limit, **order)  # type: ignore[arg-type]
    return [listed.session.number for listed in found.sessions]


async def test_sessions_are_listed_by_where_they_stand(kept: Kept) -> None:
    async with kept.store.begin() as unit:
        world = await make(unit)
        chat = world.live_chat_id
        newest = [world.waiting, world.served, *reversed(world.over)]
        assert await numbers(unit, SessionFilter(chat)) == newest
        assert await numbers(unit, SessionFilter(chat), oldest_first=True) == newest[::-1]
        assert await numbers(unit, SessionFilter(chat, WAITING)) == [world.waiting]
        assert await numbers(unit, SessionFilter(chat, ACTIVE)) == [world.served]
        assert await numbers(unit, SessionFilter(chat, OPEN)) == [world.waiting, world.served]
        assert await numbers(unit, SessionFilter(chat, CLOSED)) == world.over[::-1]
        assert len(await numbers(unit, SessionFilter(world.elsewhere))) == 1
        assert await numbers(unit, SessionFilter(99)) == []


async def test_a_list_shows_the_session_its_customer_and_its_room(kept: Kept) -> None:
    async with kept.store.begin() as unit:
        world = await make(unit)
        found = await unit.session_lists.listed(SessionFilter(world.live_chat_id, OPEN), 99)
        assert not found.is_cut
        waiting, served = found.sessions
        assert waiting.session == await unit.sessions.get(world.waiting)
        assert (waiting.account.display_name, waiting.account.external_id) == ("Eve", EVE)
        assert (waiting.room_id, served.room_id) == ("!eve", None)


async def test_pages_follow_each_other_in_both_orders(kept: Kept) -> None:
    async with kept.store.begin() as unit:
        world = await make(unit)
        wanted = SessionFilter(world.live_chat_id)
        everything = await numbers(unit, wanted)
        for order, expected in ((False, everything), (True, everything[::-1])):
            pages: list[int] = []
            while page := await numbers(
                unit, wanted, 2, oldest_first=order, **({"beyond": pages[-1]} if pages else {})
            ):
                assert len(page) <= 2
                pages += page
            assert pages == expected


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"operator": "@otto:x"}, [3, 1, 0]),
        ({"operator": "@otto:x", "states": OPEN}, [3]),
        ({"operator": "@otto:x", "states": CLOSED}, [1, 0]),
        ({"operator": "@nobody:x"}, []),
        ({"customer": CARLA}, [2, 1, 0]),
        ({"customer": CARLA, "operator": "@olga:x"}, [2]),
        ({"customer": "@nobody:x"}, []),
        ({"customer": "CAR"}, [2, 1, 0]),
        ({"customer": "a"}, [3, 2, 1, 0]),
        ({"priority": Priority.HIGH}, [4]),
        ({"priority": Priority.NONE, "states": OPEN}, [3]),
        ({"since": NOW + timedelta(minutes=3)}, [4, 3]),
        ({"since": NOW + timedelta(minutes=2), "states": CLOSED}, [2]),
        ({"text": "printer"}, [1, 0]),
        ({"text": "0%"}, [1]),
        ({"text": "d_b"}, [3]),
        ({"text": "%"}, [1]),
        ({"text": "unpaid", "states": OPEN}, [3]),
        ({"text": "printer", "operator": "@olga:x"}, []),
        ({"anywhere": "printer"}, [1, 0]),
        ({"anywhere": "unpaid"}, [3]),
        ({"anywhere": "CARLA"}, [2, 1, 0]),
        ({"anywhere": DAN}, [3]),
        ({"anywhere": "%"}, [1]),
        ({"anywhere": "nothing"}, []),
        ({"network": "matrix", "states": OPEN}, [4, 3]),
        ({"network": "telegram"}, []),
    ],
)
async def test_filters_hold_together(kept: Kept, changes: dict[str, object], expected: list[int]) -> None:
    async with kept.store.begin() as unit:
        world = await make(unit)
        named = [*world.over, world.served, world.waiting]
        wanted = replace(SessionFilter(world.live_chat_id), **changes)  # type: ignore[arg-type]
        assert [named.index(number) for number in await numbers(unit, wanted)] == expected


async def test_the_history_of_a_conversation_counts_what_went_back_and_forth(kept: Kept) -> None:
    async with kept.store.begin() as unit:
        world = await make(unit)
        first, second, third = world.over
        carla = await unit.sessions.get(first)
        assert carla is not None
        say, conversation_id = unit.messages.add, carla.conversation_id
        start = await say(conversation_id, "in", NOW, session_number=first, content=Text("Hello"))
        await say(conversation_id, "in", NOW, session_number=first, content=Text("…"), part_of=start)
        await say(conversation_id, "out", NOW, session_number=first, content=Text("Hi"))
        await say(conversation_id, "note", NOW, session_number=first, content=Text("rude"))
        await say(conversation_id, "in", NOW, session_number=first)  # a reaction, or what was taken back
        await say(conversation_id, "system", NOW, session_number=second, content=Text("Bye"))
        await opened(unit, conversation_id, "Again", 9)

        history = await unit.session_lists.history(conversation_id, 99)
        assert [(past.session.number, past.messages) for past in history] == [
            (third, 0),
            (second, 0),
            (first, 2),
        ]
        assert history[2].session == await unit.sessions.get(first)
        page = await unit.session_lists.history(conversation_id, 1, before=third)
        assert [past.session.number for past in page] == [second]
        assert await unit.session_lists.history(99, 9) == []


async def test_a_search_looks_through_the_newest_only(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session_lists, "LOOKED_THROUGH", 4)
    monkeypatch.setattr("tests.fakes.repositories.session_lists.LOOKED_THROUGH", 4)
    async with kept.store.begin() as unit:
        world = await make(unit)
        chat = world.live_chat_id
        found = await unit.session_lists.listed(SessionFilter(chat, text="printer"), 9)
        assert found.is_cut
        assert [listed.session.number for listed in found.sessions] == [world.over[1]]
        full = await unit.session_lists.listed(SessionFilter(chat, text="e"), 1)
        assert (len(full.sessions), full.is_cut) == (1, False)  # older ones would be on later pages
        everything = await unit.session_lists.listed(SessionFilter(chat), 9)
        assert (len(everything.sessions), everything.is_cut) == (5, False)
        for whole in (SessionFilter(chat, OPEN, text="x"), SessionFilter(chat, customer=CARLA)):
            assert not (await unit.session_lists.listed(whole, 9)).is_cut
        of_one = await unit.session_lists.listed(SessionFilter(chat, operator="@otto:x"), 9)
        assert not of_one.is_cut


async def test_what_pages_show_beside_lists_goes_along_indexes(migrated_file: Path) -> None:
    database = Database(f"sqlite:///{migrated_file}", print, print)
    async with database.begin() as unit:
        await make(unit)  # not committed
        db = Explained(unit.session_lists._db)
        lists, reading = session_lists.SqlSessionLists(db), SqlReading(Later(db), set())
        await lists.last_said([1, 2])
        await lists.count([1, 2], session_list_port.WAITING, 100)
        await lists.served_by("@otto:x", 100)
        await reading.unread("@otto:x", [1, 2])
        await reading.marks_of("@otto:x", [1, 2])
        await reading.marks(1)
    await database.close()
    last, count, served, unread, marks_of, marks = db.plans
    assert "ix_messages_session_number_id" in last
    assert "ix_sessions_open_states (live_chat_id=? AND state=?)" in count
    assert "ix_sessions_active_operator" in served
    assert "ix_messages_session_number_id (session_number=? AND id>?)" in unread
    assert "PRIMARY KEY (conversation_id=? AND reader=?)" in unread
    assert "PRIMARY KEY (conversation_id=? AND reader=?)" in marks_of
    assert "PRIMARY KEY (conversation_id=?)" in marks
    assert not [plan for plan in db.plans if "SCAN sessions" in plan or "SCAN messages" in plan]


@pytest.mark.parametrize(
    ("wanted", "index"),
    [
        (SessionFilter(1, WAITING), "ix_sessions_waiting"),
        (SessionFilter(1, OPEN), "ix_sessions_open_live_chat"),
        (SessionFilter(1, ACTIVE), "ix_sessions_open_live_chat"),
        (SessionFilter(1, ACTIVE, operator="@otto:x"), "ix_sessions_active_operator"),
        (SessionFilter(1, WAITING, anywhere="x", network="matrix"), "ix_sessions_waiting"),
        (SessionFilter(1, CLOSED, anywhere="x"), "ix_sessions_live_chat_id_number"),
        (SessionFilter(1, OPEN, text="x", since=NOW, priority=Priority.HIGH), "ix_sessions_open_live_chat"),
        (SessionFilter(1), "ix_sessions_live_chat_id_number"),
        (SessionFilter(1, CLOSED, customer="Carla", text="x"), "ix_sessions_live_chat_id_number"),
        (SessionFilter(1, CLOSED, operator="@otto:x"), "ix_sessions_operator_number"),
        (SessionFilter(1, operator="@otto:x"), "ix_sessions_operator_number"),
        (SessionFilter(1, customer=CARLA), "ix_sessions_conversation_id_number"),
        (SessionFilter(1, OPEN, customer=CARLA), "ix_sessions_conversation_id_number"),
    ],
)
@pytest.mark.parametrize("oldest_first", [True, False])
async def test_lists_go_along_an_index_in_its_order(
    migrated_file: Path, wanted: SessionFilter, index: str, *, oldest_first: bool
) -> None:
    database = Database(f"sqlite:///{migrated_file}", print, print)
    async with database.begin() as unit:
        await make(unit)  # not committed
        db = Explained(unit.session_lists._db)
        lists = session_lists.SqlSessionLists(db)
        await lists.listed(wanted, 20, beyond=50, oldest_first=oldest_first)
        await lists.history(1, 20)
    await database.close()
    *_, listed, history, counted = db.plans
    assert f"SEARCH sessions USING INDEX {index}" in listed
    assert "ix_sessions_conversation_id_number" in history
    assert "ix_messages_session_number_id" in counted
    for plan in (listed, history):
        assert "TEMP B-TREE" not in plan
    assert not [plan for plan in db.plans if "SCAN" in plan]


async def test_the_sessions_of_some_conversations_are_listed_together(kept: Kept) -> None:
    async with kept.store.begin() as unit:
        world = await make(unit)
        lists = unit.session_lists
        carla = await unit.sessions.get(world.over[0])
        dan = await unit.sessions.get(world.served)
        assert carla is not None
        assert dan is not None
        both = [carla.conversation_id, dan.conversation_id]
        found = await lists.of_conversations(both, 9)
        assert [one.session.number for one in found] == [world.served, *reversed(world.over)]
        assert (found[0].session, found[0].account.external_id) == (dan, DAN)
        page = await lists.of_conversations(both, 2, before=world.over[2])
        assert [one.session.number for one in page] == [world.over[1], world.over[0]]
        assert await lists.of_conversations([99], 9) == []


async def test_the_sessions_of_conversations_are_found_by_index(migrated_file: Path) -> None:
    database = Database(f"sqlite:///{migrated_file}", print, print)
    async with database.begin() as unit:
        await make(unit)
        db = Explained(unit.session_lists._db)
        await session_lists.SqlSessionLists(db).of_conversations([1, 2], 20, before=50)
    await database.close()
    assert "SEARCH sessions USING INDEX ix_sessions_conversation_id_number" in db.plans[-1]
    assert "SCAN" not in db.plans[-1]
