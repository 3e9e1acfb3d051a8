"""S9, S10 and S21: apps with typed fields, made by administrators, bound to live chats, filled from a session room."""

import asyncio
import json
import signal
from collections.abc import AsyncIterator, Sequence
from typing import Any

import pytest
import pytest_asyncio

from livechat_plugin.bootstrap.configuration import configure
from livechat_plugin.cli.storing import with_store
from livechat_plugin.core.apps import Item
from livechat_plugin.demo.person import Person
from livechat_plugin.store.database import Database
from tests.integration.installation import Desk, Installation, body, livechat, says

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(300)]

FIELDS = (
    "name:string! Name",
    "notes:text",
    "revenue:number",
    "since:date",
    "call_at:datetime(Europe/Berlin) Call at",
    "is_partner:boolean",
    "level:choice(gold, very good) Level",
    "email:e-mail",
    "phone:phone(DE)",
    "website:link",
    "contract:file",
    "manager:user Account manager",
    "account:account",
    "parent:reference(contacts)",
)
RIGHT = {
    "name": "Acme Ltd.",
    "notes": "likes tea",
    "revenue": "1.234,5",
    "since": "24.12.2025",
    "call_at": "24.12.2026 18:00",
    "is_partner": "ja",
    "level": "VERY GOOD",
    "email": "Carla@Example.ORG",
    "phone": "030 123456",
    "website": "https://acme.example.org",
    "contract": "mxc://example.org/abc",
    "manager": "@boris:example.org",
}
KEPT = {
    "name": "Acme Ltd.",
    "notes": "likes tea",
    "revenue": 1234.5,
    "since": "2025-12-24",
    "call_at": "2026-12-24T18:00:00+01:00",
    "is_partner": True,
    "level": "very good",
    "email": "Carla@example.org",
    "phone": "+4930123456",
    "website": "https://acme.example.org",
    "contract": "mxc://example.org/abc",
    "manager": "@boris:example.org",
}
WRONG = {
    "revenue": ("much", "is not a number"),
    "since": ("soon", "is not a date"),
    "level": ("vary good", "did you mean very good?"),
    "email": ("carla", "is not an e-mail address"),
    "phone": ("1", "write it like +49 30 123456"),
    "website": ("acme", "write it like https://example.org/page"),
    "manager": ("boris", "write it like @boris:example.org"),
}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def desk(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Desk]:
    """An installation of its own: apps belong to all of its live chats."""
    installation = Installation(tmp_path_factory.mktemp("apps"))
    try:
        await installation.set_up()
        yield await Desk.open(installation)
    finally:
        await installation.end()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def ada(desk: Desk) -> Person:
    return await desk.installation.person("ada")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def ada_room(desk: Desk, ada: Person) -> str:
    return await bot_chat(desk, ada)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def contacts(desk: Desk) -> None:
    """The live chat is bound to contacts, which have a field of every type."""
    assert "Contacts (contacts) is made." in await cli(desk, "apps", "add", "contacts", "Contacts", *FIELDS)
    await cli(desk, "chats", "edit", "support", "--account-app", "contacts")


async def bot_chat(desk: Desk, person: Person) -> str:
    """A direct chat with the bot, once it is there."""
    room = await person.start_direct_chat(desk.installation.bot)
    await person.wait_for(room, says("I am the live chat's bot"), 30)
    return room


async def cli(desk: Desk, *arguments: str, status: int = 0) -> str:
    run = await asyncio.to_thread(livechat, *arguments, config=desk.installation.config)
    assert run.returncode == status, run.stdout + run.stderr
    return run.stdout + run.stderr


async def items(desk: Desk, app: str) -> Sequence[Item]:
    async def read(store: Database) -> Sequence[Item]:
        async with store.read() as work:
            return await work.items.after(app, None, 100)

    return await with_store(configure(desk.installation.config), read)


async def ask(person: Person, room: str, question: str, answer: str) -> str:
    """Write something, and wait for the answer to it."""
    event_id = await person.say(room, question)

    def is_answer(event: dict[str, Any]) -> bool:
        relation = event.get("content", {}).get("m.relates_to", {}).get("m.in_reply_to", {})
        return relation.get("event_id") == event_id and answer in body(event)

    return body(await person.wait_for(room, is_answer, 30))


async def test_an_administrator_makes_an_app_with_the_bot(desk: Desk, ada: Person, ada_room: str) -> None:
    wrong = "!apps add orders Orders title:strnig! level:choice account:account"
    refused = await ask(ada, ada_room, wrong, "did you mean string?")
    assert "level: what can be chosen?" in refused
    right = "!apps add orders Orders title:string! “level:choice(low, high) How urgent” account:account"
    await ask(ada, ada_room, right, "Orders (orders) is made.")
    shown = json.loads(await cli(desk, "apps", "show", "orders", "--json"))
    assert [field["type"] for field in shown["fields"]] == ["string", "choice", "account"]
    assert shown["fields"][1]["label"] == "How urgent"
    assert "app.created" in await cli(
        desk, "audit", "--by", desk.installation.user_id("ada"), "--action", "app"
    )


async def test_an_administrator_makes_an_app_by_answering(desk: Desk, ada: Person, ada_room: str) -> None:
    await ask(ada, ada_room, "!apps add", "Key?")
    await ask(ada, ada_room, "Guided App", "must consist of a-z")
    await ask(ada, ada_room, "guided", "Name?")
    await ask(ada, ada_room, "Guided", "Fields?")
    await ask(ada, ada_room, "name:string!\naccount:account", "Guided (guided) is made.")
    await ask(ada, ada_room, "!apps delete guided", "To confirm, repeat its key")
    await ask(ada, ada_room, "!apps delete guided guided", "The app guided is deleted, with 0 items.")


async def test_nobody_else_makes_apps(desk: Desk) -> None:
    before = await cli(desk, "apps", "list")
    room = await bot_chat(desk, desk.anna)
    for command in ("!apps", "!apps add x X name:string", "!apps add", "!apps delete orders orders"):
        await ask(desk.anna, room, command, "dministrator")
    assert await cli(desk, "apps", "list") == before


async def test_an_app_without_an_account_field_is_refused_and_says_so(desk: Desk) -> None:
    made = await cli(desk, "apps", "add", "notes", "Notes", "text:text")
    assert "Without a field of the type account, no live chat can be bound to it." in made
    for option in ("--account-app", "--message-app"):
        refused = await cli(desk, "chats", "edit", "support", option, "notes", status=1)
        assert "no field of the type Account" in refused
    shown = json.loads(await cli(desk, "apps", "show", "notes", "--json"))
    assert shown["used_by"] == []


@pytest.mark.usefixtures("contacts")
async def test_every_type_of_field_is_read_from_what_an_operator_writes(desk: Desk) -> None:
    carla = await desk.installation.customer()
    served = await desk.serve(carla, "All the types")
    given = " ".join(f'{key}="{value}"' for key, (value, _) in WRONG.items())
    await desk.anna.say(served.session_room, f"!connect name=Acme {given}")
    for value, reason in WRONG.values():
        await desk.anna.wait_for(served.session_room, says(reason), 30)
        assert value
    assert await items(desk, "contacts") == []
    await desk.anna.say(served.session_room, "!cancel")

    given = " ".join(f'{key}="{value}"' for key, value in RIGHT.items())
    await desk.anna.say(served.session_room, f"!connect {given}")
    await desk.anna.wait_for(served.session_room, says("is connected to Acme Ltd. (Contacts)"), 30)
    [item] = await items(desk, "contacts")
    assert item.values == {**KEPT, "account": [f"matrix:{carla.user_id}"]}
    assert item.title == "Acme Ltd."
    assert (item.author, item.editor) == (desk.anna.user_id, desk.anna.user_id)
    assert item.created_at == item.changed_at is not None


@pytest.mark.usefixtures("contacts")
async def test_an_item_holds_several_accounts_and_outlives_a_kill(desk: Desk) -> None:
    accounts: list[str] = []
    for text in ("First of two accounts", "Second of two accounts"):
        customer = await desk.installation.customer()
        served = await desk.serve(customer, text)
        await desk.anna.say(served.session_room, "!connect new" if not accounts else "!connect two accounts")
        if not accounts:
            await desk.anna.say(served.session_room, "!cancel")
            await desk.anna.say(served.session_room, '!connect name="Two accounts"')
        else:
            await desk.anna.wait_for(served.session_room, says("Two accounts"), 30)
            [number] = [item.id for item in await items(desk, "contacts") if item.title == "Two accounts"]
            await desk.anna.say(served.session_room, f"!connect #{number}")
        await desk.anna.wait_for(served.session_room, says("is connected to Two accounts"), 30)
        accounts.append(f"matrix:{customer.user_id}")
    await desk.installation.end_plugin(signal.SIGKILL)
    await desk.installation.start_plugin()
    [item] = [item for item in await items(desk, "contacts") if item.title == "Two accounts"]
    assert item.values["account"] == accounts
    assert item.version == 2


@pytest.mark.usefixtures("contacts")
async def test_fields_of_an_app_with_items_change_as_a_whole_or_not_at_all(desk: Desk) -> None:
    carla = await desk.installation.customer()
    served = await desk.serve(carla, "Change my fields")
    await desk.anna.say(served.session_room, '!connect name="Changing Corp" notes="12 pumps"')
    await desk.anna.wait_for(served.session_room, says("is connected to Changing Corp"), 30)
    before = json.loads(await cli(desk, "apps", "show", "contacts", "--json"))

    async def refused(*arguments: str) -> str:
        return await cli(desk, "apps", "fields", *arguments, status=1)

    assert "'12 pumps' is not a number" in await refused("change", "contacts", "notes:number")
    assert "has no value" in await refused("add", "contacts", "city:string!")
    assert "values would be gone" in (await refused("remove", "contacts", "notes")).lower()
    assert "Customer Support (support) is bound to it" in await refused("remove", "contacts", "account")
    assert json.loads(await cli(desk, "apps", "show", "contacts", "--json")) == before

    await cli(desk, "apps", "fields", "change", "contacts", "notes:string Notes")
    await cli(desk, "apps", "fields", "add", "contacts", "city:string City")
    other = await desk.installation.customer()
    served = await desk.serve(other, "With the new field")
    await desk.anna.say(served.session_room, "!connect name=Newest city=Berlin")
    await desk.anna.wait_for(served.session_room, says("is connected to Newest"), 30)
    assert (await items(desk, "contacts"))[-1].values["city"] == "Berlin"


@pytest.mark.usefixtures("contacts")
async def test_an_app_in_use_is_not_deleted(desk: Desk, ada: Person, ada_room: str) -> None:
    refused = await ask(
        ada, ada_room, "!apps delete contacts contacts", "Customer Support (support) is bound to it"
    )
    assert "Change that first" in refused
    assert "contacts" in await cli(desk, "apps", "list")
