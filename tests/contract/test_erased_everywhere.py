"""After an erasure, no table and no column tells of the customer; and everything of others is where it was."""

import json
from collections.abc import AsyncIterator, Mapping
from typing import Any

import pytest
from sqlalchemy import Connection, insert, select

from livechat_plugin.core.content import Content, Media, Text
from livechat_plugin.core.erasure import ErasureStep
from livechat_plugin.core.naming import Naming
from livechat_plugin.core.sessions import Priority, SessionState
from livechat_plugin.services.assignments import Assignments
from livechat_plugin.services.deliveries import EraseCustomer, SayInRoom
from livechat_plugin.services.delivering.erasing import ErasingDelivery
from livechat_plugin.services.erasure import Erasure
from livechat_plugin.services.repositories.rooms import RoomKind
from livechat_plugin.services.roles import Roles
from livechat_plugin.services.room_events import MessageSent
from livechat_plugin.store import tables
from livechat_plugin.store.codec import content_to_json, event_to_json, payload_to_json
from livechat_plugin.store.database import Database, open_backend
from livechat_plugin.store.repositories.erasure_rules import DELETED, TREATED, UNCONCERNED
from tests.contract.stores import NOW
from tests.fakes.clock import FakeClock
from tests.fakes.homeserver import FakeHomeserver

CARLA, DAN, ADA = "@carla:example.org", "@carla:example.org.au", "@ada:example.org"
"""The id of the one who stays begins with that of the one who is erased."""
NAMES = {CARLA: "Carla Columbus", DAN: "Dan Drake"}
WORDS = {CARLA: "printer smells of burning", DAN: "kettle is dripping"}
TRACES = (CARLA, NAMES[CARLA], WORDS[CARLA])
CHOSEN_BY_ADMINISTRATORS = {"groups", "group_rooms", "apps", "live_chats", "notes", "employees", "absences"}


def test_every_table_has_its_rule() -> None:
    ruled = [*DELETED, *TREATED, *UNCONCERNED]
    assert len(ruled) == len(set(ruled)), "one rule for each"
    assert {table.name for table in ruled} == set(tables.metadata.tables), (
        "say in store/repositories/erasure_rules.py what erasing a customer does to a new table"
    )


def rows_of(number: int, who: str) -> Mapping[Any, list[dict[str, Any]]]:
    """At least one row about a customer in every table that can tell of one."""
    said: Content = Text(WORDS[who])
    sent = MessageSent(f"$held{number}", f"!{number}:x", who, NOW, said)
    file: Content = Media("image", f"mxc://example.org/file{number}", f"{NAMES[who]}.png")
    payload = payload_to_json(SayInRoom("!queue:x", "@livechat:x", f"{NAMES[who]} waits: {WORDS[who]}"))
    link = {"app": "contacts", "title": NAMES[who], "link": f"https://crm/{who}"}
    by_time = {"opened_at": NOW, "version": 1, "priority": Priority.NONE, "live_chat_id": 1}
    return {
        tables.accounts: [
            {
                "id": number,
                "network": "matrix",
                "external_id": who,
                "display_name": NAMES[who],
                "avatar_url": who,
            }
        ],
        tables.session_rooms: [
            {"id": number, "live_chat_id": 1, "room_id": f"!session{number}:x", "conversation_id": number}
        ],
        tables.conversations: [
            {
                "id": number,
                "live_chat_id": 1,
                "account_id": number,
                "customer_room": f"!{number}:x",
                "customer_state": "joined",
                "session_room_id": number,
            }
        ],
        tables.sessions: [
            by_time
            | {
                "number": 10 * number,
                "conversation_id": number,
                "state": SessionState.CLOSED,
                "subject": WORDS[who],
                "name": NAMES[who],
                "outcome": NAMES[who],
                "routing": NAMES[who],
            },
            by_time
            | {
                "number": 10 * number + 1,
                "conversation_id": number,
                "state": SessionState.WAITING,
                "subject": WORDS[who],
                "waiting_since": NOW,
            },
        ],
        tables.messages: [
            {
                "id": 10 * number + place,
                "conversation_id": number,
                "session_number": 10 * number,
                "direction": "in",
                "author": who,
                "at": NOW,
                "content": content_to_json(content),
                "part_of": 10 * number if place else None,
                "failure": WORDS[who],
            }
            for place, content in enumerate((said, file, said))
        ],
        tables.read_marks: [{"conversation_id": number, "reader": who, "message_id": 1, "at": NOW}],
        tables.items: [
            {
                "id": number,
                "app": "contacts",
                "title": NAMES[who],
                "search": NAMES[who],
                "fields": {"name": NAMES[who], "account": [f"matrix:{who}"]},
                "author": ADA,
                "editor": ADA,
                "created_at": NOW,
                "changed_at": NOW,
            }
        ],
        tables.item_accounts: [
            {"item_id": number, "network": "matrix", "external_id": who, "app": "contacts", "at": NOW}
        ],
        tables.account_links: [
            link | {"account_id": number, "item_id": str(number), "linked_by": ADA, "linked_at": NOW}
        ],
        tables.registrations: [
            link
            | {
                "session_number": 10 * number,
                "account_id": number,
                "item_id": f"c{number}",
                "author": ADA,
                "at": NOW,
            }
        ],
        tables.item_requests: [
            {
                "token": f"request{number}",
                "actor": ADA,
                "conversation_id": number,
                "account_id": number,
                "app": "contacts",
                "at": NOW,
                "values": {"name": NAMES[who]},
                "state": "done",
                "told": NAMES[who],
                "errors": {},
            }
        ],
        tables.deliveries: [
            {"lane": f"conversation:{number}:operators", "token": "a", "payload": payload, "due_at": NOW},
            {"lane": "room:!queue:x", "token": "b", "payload": payload, "state": "failed", "due_at": NOW},
            {
                "lane": f"finding:{who}",
                "token": "c",
                "payload": payload,
                "state": "failed",
                "reason": NAMES[who],
            },
        ],
        tables.rooms: [
            {
                "room_id": f"!{number}:x",
                "kind": RoomKind.CUSTOMER,
                "live_chat_id": 1,
                "conversation_id": number,
            },
            {"room_id": f"!space{number}:x", "kind": RoomKind.CUSTOMER_SPACE},
        ],
        tables.customer_spaces: [{"user_id": who, "token": f"t{number}", "room_id": f"!space{number}:x"}],
        tables.held_events: [{"conversation_id": number, "event": event_to_json(sent)}],
        tables.postponed_events: [
            {"conversation_id": number, "event": event_to_json(sent)},
            {"conversation_id": None, "event": event_to_json(sent)},
        ],
        tables.dialogs: [
            dialog | {"form": "connect", "at": NOW, "again": (), "asks_all": True}
            for dialog in (
                {
                    "room_id": f"!bot{number}:x",
                    "user_id": who,
                    "context": {},
                    "answers": {"name": WORDS[who]},
                },
                {
                    "room_id": f"!session{number}:x",
                    "user_id": ADA,
                    "context": {},
                    "answers": {"name": NAMES[who]},
                },
            )
        ],
        tables.sign_in_links: [
            {"digest": f"digest{number}", "user_id": who, "asked_at": NOW, "expires_at": NOW}
        ],
        tables.audit: [
            {"at": NOW, "actor": who, "action": "console.signed_in", "subject": who, "details": {}},
            {
                "at": NOW,
                "actor": ADA,
                "action": "account.linked",
                "subject": who,
                "details": {"title": NAMES[who]},
            },
            {
                "at": NOW,
                "actor": ADA,
                "action": "session.renamed",
                "subject": f"#{10 * number}",
                "details": {"name": NAMES[who]},
            },
            {
                "at": NOW,
                "actor": ADA,
                "action": "session.closed",
                "subject": f"#{10 * number}",
                "details": {"for": who},
            },
        ],
        tables.seen_events: [{"event_id": f"$seen{number}", "seen_at": NOW}],
        tables.rejected_events: [{"event_id": f"$no{number}", "reason": "too long", "at": NOW}],
    }


def fill(connection: Connection) -> None:
    connection.execute(insert(tables.groups), [{"name": "operators", "source": "list"}])
    connection.execute(insert(tables.apps), [{"key": "contacts", "name": "Contacts", "fields": "[]"}])
    chat = {
        "id": 1,
        "slug": "support",
        "name": "Support",
        "operators": "operators",
        "customers": ("@*:example.org",),
        "routing_rule": "first_response",
        "routing_settings": {},
        "show_operator_name": False,
    }
    connection.execute(insert(tables.live_chats), [chat])
    theirs = [rows_of(number, who) for number, who in ((1, CARLA), (2, DAN))]
    for table in tables.metadata.sorted_tables:
        for rows in theirs:
            for row in rows.get(table, []):
                connection.execute(insert(table), [row])


def everything(connection: Connection) -> dict[str, list[str]]:
    """Every row of every table, as text."""
    return {
        table.name: [json.dumps([str(value) for value in row]) for row in connection.execute(select(table))]
        for table in tables.metadata.sorted_tables
    }


@pytest.fixture
async def filled(database_url: str) -> str:
    backend = open_backend(database_url)
    await backend.migrate(fill)
    await backend.close()
    return database_url


@pytest.fixture
async def store(filled: str) -> AsyncIterator[Database]:
    database = Database(filled, lambda _: None, lambda _: None)
    yield database
    await database.close()


async def look(url: str) -> dict[str, list[str]]:
    found: list[dict[str, list[str]]] = []
    backend = open_backend(url)
    await backend.migrate(lambda connection: found.append(everything(connection)))
    await backend.close()
    return found[0]


async def carry_out(store: Database, erasing: ErasingDelivery) -> list[ErasureStep]:
    """Make the deliveries of the erasure one after another, each a process of its own."""
    steps: list[ErasureStep] = []
    while True:
        async with store.read() as work:
            owed = [
                one for one in await work.outbox.pending(0, 100) if isinstance(one.payload, EraseCustomer)
            ]
        if not owed:
            return steps
        delivery = owed[0]
        assert isinstance(delivery.payload, EraseCustomer)
        steps.append(delivery.payload.step)
        done = await erasing.erase(delivery, delivery.payload)
        done = await erasing.erase(delivery, delivery.payload)  # as after a crash
        async with store.begin() as work:
            await work.outbox.done(delivery.id)
            if done.effects is not None:
                await done.effects(work)
            await work.commit()


async def test_no_table_and_no_column_tells_of_an_erased_customer(filled: str, store: Database) -> None:
    before = await look(filled)
    concerned = {table.name for table in [*DELETED, *TREATED]}
    for name in concerned:
        assert any(trace in row for row in before[name] for trace in (*TRACES, "1")), (
            f"nothing to erase in {name}"
        )

    naming, clock = Naming("livechat", "example.org"), FakeClock()
    erasure = Erasure(Roles((ADA,)), clock)
    async with store.begin() as work:
        plan = await erasure.plan(work, ADA, CARLA, with_items=True)
        assert plan.rows["messages"] == 3
        await erasure.order(work, ADA, CARLA, "Carla Columbus", with_items=True)
        await work.commit()
    assignments = Assignments(clock, naming)
    erasing = ErasingDelivery(store, FakeHomeserver(naming), assignments, naming, clock)
    steps = await carry_out(store, erasing)
    assert list(dict.fromkeys(steps)) == list(ErasureStep), "every step, in order"

    after = await look(filled)
    for name, rows in after.items():
        for row in rows:
            for trace in TRACES:
                assert trace not in row.replace(DAN, "Dan"), f"{name} still tells of the customer: {row}"
    for name, rows in before.items():
        of_dan = [row for row in rows if any(trace in row for trace in (DAN, NAMES[DAN], WORDS[DAN]))]
        assert set(of_dan) <= set(after[name]), f"{name} lost something of another customer"
    assert len(after["audit"]) >= len(before["audit"]), "the log keeps what was done, about nobody"

    async with store.read() as work:
        report = await erasure.report(work, ADA, 1)
    assert report.ended_at is not None
    assert report.erased["rows of messages"] == 3
    assert report.erased["items"] == 1
    assert report.files == ("mxc://example.org/file1",), "without an admin token somebody must do it by hand"
    assert any("c1" in line for line in report.remains), "what a hook keeps is told"


async def test_items_stay_unless_that_is_asked_for(filled: str, store: Database) -> None:
    naming, clock = Naming("livechat", "example.org"), FakeClock()
    erasure = Erasure(Roles((ADA,)), clock)
    async with store.begin() as work:
        await erasure.order(work, ADA, "1", CARLA)
        await work.commit()
    erasing = ErasingDelivery(store, FakeHomeserver(naming), Assignments(clock, naming), naming, clock)
    await carry_out(store, erasing)
    after = await look(filled)
    telling = {
        name
        for name, rows in after.items()
        if any(trace in row.replace(DAN, "Dan") for row in rows for trace in TRACES)
    }
    assert telling == {"items", "item_accounts"}
    async with store.read() as work:
        report = await erasure.report(work, ADA, 1)
    assert any("--items" in line for line in report.remains)


async def test_messages_that_nobody_can_read_do_not_end_the_search_for_files(
    filled: str, store: Database
) -> None:
    backend = open_backend(filled)
    async with backend.connect(writes=True) as db:
        unreadable = tables.messages.update().where(tables.messages.c.id == 10).values(content="{")
        await db.execute(unreadable)
        await db.commit()
    await backend.close()
    found: list[int] = []
    async with store.read() as work:
        account = await work.erasure.account(1)
        assert account is not None
        after: int | None = 0
        while after is not None:
            said, after = await work.erasure.contents(account, after, 1)
            found += [one.id for one in said]
    assert found == [11, 12]
