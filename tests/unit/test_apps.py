"""Making and changing apps (requirements S9, S10, S21): refusals leave everything as it was."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest

from hooks.local_apps import LocalApps, LocalAppsSettings
from livechat_plugin.core.app_definitions import InvalidApp, read_field
from livechat_plugin.core.apps import App, AppExists, AppInUse, AppNotFound, Item
from livechat_plugin.core.errors import InvalidLiveChat, NotAnAdministrator
from livechat_plugin.core.links import AccountLink
from livechat_plugin.core.live_chats import LiveChat
from livechat_plugin.services.app_catalogue import OfferedApps
from livechat_plugin.services.apps import NotConfirmed
from livechat_plugin.services.deliveries import RefreshApps
from livechat_plugin.services.live_chats.form import LiveChatForm
from livechat_plugin.services.unit_of_work import UnitOfWork
from tests.unit.desk import ANNA, Desk
from tests.unit.wiring import ADA

LINES = ("name:string!", "level:choice(gold,silver)", "phone:phone(DE)", "manager:user", "account:account")
CONTACTS = App("contacts", "Contacts", tuple(map(read_field, LINES)))
ACME = {"name": "Acme Ltd.", "level": "gold", "phone": "030 123456", "account": ["web:7"]}


@pytest.fixture
async def desk() -> Desk:
    desk = Desk()
    async with changing(desk) as work:
        await desk.use_cases.apps.create(work, ADA, CONTACTS)
    return desk


@asynccontextmanager
async def changing(desk: Desk) -> AsyncIterator[UnitOfWork]:
    async with desk.store.begin() as work:
        yield work
        await work.commit()


@asynccontextmanager
async def refused(desk: Desk, error: type[Exception], words: str = "") -> AsyncIterator[UnitOfWork]:
    """What is refused is refused before anything is written: the unit of work may be committed all the same."""
    before = desk.stored.copy()
    async with changing(desk) as work:
        with pytest.raises(error) as raised:
            yield work
        assert words in str(raised.value)
    assert desk.stored == before


async def add_item(desk: Desk, app: str = "contacts", **values: Any) -> Item:
    async with changing(desk) as work:
        return await desk.use_cases.items.add(work, app, {**ACME, **values}, ANNA)


def app(desk: Desk) -> App:
    return desk.stored.apps["contacts"]


def items(desk: Desk) -> list[Item]:
    return [kept.item for kept in desk.stored.items.values()]


def bind(desk: Desk, **changes: Any) -> None:
    """Let there be a live chat that uses the app."""
    desk.stored.live_chats[1] = LiveChat(1, "support", "Customer Support", "operators", **changes)


async def test_an_app_is_made_written_down_and_told_to_those_who_ask_for_apps(desk: Desk) -> None:
    assert app(desk) == CONTACTS
    [entry] = desk.stored.audit.values()
    assert (entry.actor, entry.action, entry.subject) == (ADA, "app.created", "contacts")
    assert entry.details["fields"][0] == "name:string! Name"
    assert [d.payload for d in desk.stored.deliveries.values()] == [RefreshApps()]


@pytest.mark.parametrize("actor", [ANNA, "@mallory:elsewhere.org", "plugin", "clip:x"])
async def test_apps_are_for_administrators_only(desk: Desk, actor: str) -> None:
    apps = desk.use_cases.apps
    field = read_field("email:e-mail")
    async with refused(desk, NotAnAdministrator) as work:
        await apps.create(work, actor, replace(CONTACTS, key="other"))
    async with refused(desk, NotAnAdministrator) as work:
        await apps.put(work, actor, replace(CONTACTS, name="Other"))
    async with refused(desk, NotAnAdministrator) as work:
        await apps.rename(work, actor, "contacts", "Other")
    async with refused(desk, NotAnAdministrator) as work:
        await apps.add_fields(work, actor, "contacts", [field])
    async with refused(desk, NotAnAdministrator) as work:
        await apps.change_fields(work, actor, "contacts", [replace(field, key="name")])
    async with refused(desk, NotAnAdministrator) as work:
        await apps.remove_fields(work, actor, "contacts", ["phone"])
    async with refused(desk, NotAnAdministrator) as work:
        await apps.reorder(work, actor, "contacts", ["phone"])
    async with refused(desk, NotAnAdministrator) as work:
        await apps.delete(work, actor, "contacts", "contacts")
    async with refused(desk, NotAnAdministrator) as work:
        await apps.all(work, actor)
    async with refused(desk, NotAnAdministrator) as work:
        await apps.get(work, actor, "contacts")


async def test_a_key_is_taken_once(desk: Desk) -> None:
    async with refused(desk, AppExists, "there is an app 'contacts' already") as work:
        await desk.use_cases.apps.create(work, ADA, CONTACTS)
    desk.use_cases.app_catalogue._offered = OfferedApps(message={"crm": CONTACTS})
    async with refused(desk, AppExists, "there is an app 'crm' already") as work:
        await desk.use_cases.apps.create(work, ADA, replace(CONTACTS, key="crm"))


@pytest.mark.parametrize(
    ("field", "where", "words"),
    [
        ("order:reference(orders)", "order", "there is no app 'orders' to refer to"),
        ("mobile:phone(XX)", "mobile", "there is no country XX"),
    ],
)
async def test_what_only_the_surroundings_know(desk: Desk, field: str, where: str, words: str) -> None:
    async with refused(desk, InvalidApp, f"{where}: {words}") as work:
        await desk.use_cases.apps.add_fields(work, ADA, "contacts", [read_field(field)])


async def test_an_app_can_refer_to_itself_and_others(desk: Desk) -> None:
    async with changing(desk) as work:
        orders = App("orders", "Orders", (read_field("name"), read_field("part_of:reference(orders)")))
        await desk.use_cases.apps.create(work, ADA, orders)
        await desk.use_cases.apps.add_fields(work, ADA, "contacts", [read_field("order:reference(orders)")])
    assert app(desk).fields[-1].app == "orders"


async def test_an_unknown_app_is_named(desk: Desk) -> None:
    async with refused(desk, AppNotFound, "no app 'contcts'") as work:
        await desk.use_cases.apps.rename(work, ADA, "contcts", "X")
    async with refused(desk, AppNotFound) as work:
        await desk.use_cases.apps.get(work, ADA, "contcts")


async def test_fields_are_added_changed_removed_and_reordered(desk: Desk) -> None:
    apps = desk.use_cases.apps
    async with changing(desk) as work:
        await apps.add_fields(work, ADA, "contacts", [read_field("email:e-mail")])
        await apps.change_fields(work, ADA, "contacts", [read_field("manager:user Account manager")])
        await apps.remove_fields(work, ADA, "contacts", ["PHONE"])
        await apps.reorder(work, ADA, "contacts", ["account", "Email", "account"])
        await apps.rename(work, ADA, "contacts", " People ")
    assert app(desk).name == "People"
    assert [field.key for field in app(desk).fields] == ["account", "email", "name", "level", "manager"]
    assert app(desk).fields[-1].label == "Account manager"
    entries = [entry.details for entry in desk.stored.audit.values()][1:]
    assert entries == [
        {"added": ["email:e-mail Email"]},
        {"changed": ["manager:user Account manager"]},
        {"removed": ["phone"]},
        {"order": ["account", "email", "name", "level", "manager"]},
        {"name": "People"},
    ]


async def test_what_changes_nothing_is_not_written_down(desk: Desk) -> None:
    before = desk.stored.copy()
    async with changing(desk) as work:
        await desk.use_cases.apps.rename(work, ADA, "contacts", "Contacts")
        await desk.use_cases.apps.put(work, ADA, CONTACTS)
    assert desk.stored == before


async def test_a_field_must_be_new_or_there(desk: Desk) -> None:
    apps = desk.use_cases.apps
    async with refused(desk, InvalidApp, "phone: Contacts has this field already") as work:
        await apps.add_fields(work, ADA, "contacts", [read_field("phone:string Other")])
    async with refused(
        desk, InvalidApp, "fax: Contacts has no such field; its fields are: name, level"
    ) as work:
        await apps.change_fields(work, ADA, "contacts", [read_field("fax:phone")])
    async with refused(desk, InvalidApp, "fax: Contacts has no such field") as work:
        await apps.remove_fields(work, ADA, "contacts", ["fax"])
    async with refused(desk, InvalidApp, "fax: Contacts has no such field") as work:
        await apps.reorder(work, ADA, "contacts", ["fax"])


async def test_a_required_field_is_not_added_to_an_app_with_items(desk: Desk) -> None:
    item = await add_item(desk)
    async with refused(desk, InvalidApp, f"email: 1 item does not fit: #{item.id} has no value") as work:
        await desk.use_cases.apps.add_fields(work, ADA, "contacts", [read_field("email:e-mail!")])
    async with refused(desk, InvalidApp, "manager: 1 item does not fit") as work:
        await desk.use_cases.apps.change_fields(work, ADA, "contacts", [read_field("manager:user!")])
    async with changing(desk) as work:
        await desk.use_cases.apps.change_fields(work, ADA, "contacts", [read_field("level:choice(gold)!")])


async def test_a_type_is_not_changed_when_values_do_not_fit(desk: Desk) -> None:
    for number in range(4):
        await add_item(desk, name=f"Acme {number}")
    await add_item(desk, name="12")
    with_words = "name: 4 items do not fit: #1 'Acme 0' is not a number; write it like 1234.5; #2"
    async with refused(desk, InvalidApp, with_words) as work:
        await desk.use_cases.apps.change_fields(work, ADA, "contacts", [read_field("name:number!")])
    async with refused(desk, InvalidApp, "level: 5 items do not fit: #1 'gold' is no choice") as work:
        await desk.use_cases.apps.change_fields(work, ADA, "contacts", [read_field("level:choice(silver)")])


async def test_values_that_fit_a_new_type_are_converted(desk: Desk) -> None:
    item = await add_item(desk, name="12,50")
    async with changing(desk) as work:
        await desk.use_cases.apps.change_fields(work, ADA, "contacts", [read_field("name:number!")])
        await desk.use_cases.apps.change_fields(work, ADA, "contacts", [read_field("account:string")])
        await desk.use_cases.apps.change_fields(work, ADA, "contacts", [read_field("phone:string")])
    [changed] = items(desk)
    assert changed.values == {"name": 12.5, "level": "gold", "phone": "+4930123456", "account": "web:7"}
    assert changed.title == "+4930123456"
    assert changed.editor == item.editor
    assert changed.changed_at == item.changed_at
    async with desk.store.read() as work:
        assert await work.items.by_account("contacts", "web", "7") is None
        assert await work.items.search("contacts", "12.5", 5) == [changed]


async def test_the_title_follows_the_first_string(desk: Desk) -> None:
    await add_item(desk)
    async with changing(desk) as work:
        await desk.use_cases.apps.change_fields(work, ADA, "contacts", [read_field("level:string")])
        await desk.use_cases.apps.reorder(work, ADA, "contacts", ["level"])
    assert [item.title for item in items(desk)] == ["gold"]


async def test_values_are_lost_only_when_that_is_confirmed(desk: Desk) -> None:
    await add_item(desk)
    async with refused(desk, NotConfirmed, "Values would be gone for ever: phone in 1 item") as work:
        await desk.use_cases.apps.remove_fields(work, ADA, "contacts", ["phone"])
    without = replace(CONTACTS, fields=CONTACTS.fields[:2] + CONTACTS.fields[4:])
    async with refused(desk, NotConfirmed, "phone in 1 item") as work:
        await desk.use_cases.apps.put(work, ADA, without)
    async with changing(desk) as work:
        await desk.use_cases.apps.remove_fields(work, ADA, "contacts", ["phone"], may_lose_values=True)
        # Nothing is in it, so nothing is lost.
        await desk.use_cases.apps.remove_fields(work, ADA, "contacts", ["manager"])
    assert "phone" not in items(desk)[0].values
    async with desk.store.read() as work:
        assert await work.items.search("contacts", "4930", 5) == []


async def test_a_file_makes_or_changes_an_app(desk: Desk) -> None:
    other = replace(CONTACTS, key="partners", name="Partners")
    async with changing(desk) as work:
        await desk.use_cases.apps.put(work, ADA, other)
        await desk.use_cases.apps.put(work, ADA, replace(CONTACTS, name="People", fields=CONTACTS.fields[:1]))
    assert desk.stored.apps["partners"] == other
    assert app(desk) == App("contacts", "People", CONTACTS.fields[:1])


async def test_apps_of_one_file_refer_to_each_other(desk: Desk) -> None:
    orders = App("orders", "Orders", (read_field("name"), read_field("of:reference(shops)")))
    async with refused(desk, InvalidApp, "of: there is no app 'shops' to refer to") as work:
        await desk.use_cases.apps.put(work, ADA, orders)
    async with changing(desk) as work:
        await desk.use_cases.apps.put(work, ADA, orders, beside={"orders", "shops"})
        await desk.use_cases.apps.put(work, ADA, App("shops", "Shops", (read_field("name"),)))
    assert desk.stored.apps["orders"] == orders


@pytest.mark.parametrize(
    ("uses", "words"),
    [
        ({"account_app": "contacts"}, "Customer Support (support) is bound to it"),
        ({"message_apps": ("a", "contacts")}, "Customer Support (support) registers messages in it"),
    ],
)
async def test_an_app_in_use_stays_and_keeps_its_account_field(
    desk: Desk, uses: dict[str, Any], words: str
) -> None:
    bind(desk, **uses)
    apps = desk.use_cases.apps
    async with refused(desk, AppInUse, words) as work:
        await apps.delete(work, ADA, "contacts", "contacts")
    async with refused(desk, AppInUse, f"{words} and needs an Account field") as work:
        await apps.remove_fields(work, ADA, "contacts", ["account"])
    async with refused(desk, AppInUse, words) as work:
        await apps.change_fields(work, ADA, "contacts", [read_field("account:string")])
    async with changing(desk) as work:
        # Another one will do.
        await apps.add_fields(work, ADA, "contacts", [read_field("accounts:account")])
        await apps.remove_fields(work, ADA, "contacts", ["account"])


async def test_a_deleted_live_chat_needs_nothing(desk: Desk) -> None:
    bind(desk, account_app="contacts", deleted_at=desk.clock.now())
    async with changing(desk) as work:
        await desk.use_cases.apps.delete(work, ADA, "contacts", "contacts")
    assert desk.stored.apps == {}


async def test_a_user_field_that_routes_sessions_stays(desk: Desk) -> None:
    bind(desk, account_app="contacts", routing_rule="assigned_to", routing_settings={"field": "manager"})
    async with refused(desk, AppInUse, "Customer Support (support) routes by its field manager") as work:
        await desk.use_cases.apps.remove_fields(work, ADA, "contacts", ["manager"])
    async with refused(desk, AppInUse, "routes by its field manager") as work:
        await desk.use_cases.apps.change_fields(work, ADA, "contacts", [read_field("manager:string")])


async def test_an_app_that_another_refers_to_stays(desk: Desk) -> None:
    async with changing(desk) as work:
        complaints = App("complaints", "Complaints", (read_field("about:reference(contacts)"),))
        await desk.use_cases.apps.create(work, ADA, complaints)
    async with refused(desk, AppInUse, "the field About of Complaints refers to it") as work:
        await desk.use_cases.apps.delete(work, ADA, "contacts", "contacts")


async def test_an_app_is_deleted_when_its_name_is_repeated(desk: Desk) -> None:
    await add_item(desk)
    await add_item(desk)
    apps = desk.use_cases.apps
    for confirmation in (None, "", "yes", "contact"):
        words = "Its 2 items would be gone for ever. To confirm, repeat its key: contacts"
        async with refused(desk, NotConfirmed, words) as work:
            await apps.delete(work, ADA, "contacts", confirmation)
    async with changing(desk) as work:
        account = await work.conversations.account("matrix", "@carla:example.org", "Carla")
        await work.links.set(AccountLink(account.id, "contacts", "1", "Acme", None, ANNA, desk.clock.now()))
        assert await apps.delete(work, ADA, "contacts", " CONTACTS ") == 2
    assert desk.stored.apps == {}
    assert desk.stored.items == {}
    assert desk.stored.links == {}
    entry = list(desk.stored.audit.values())[-1]
    assert entry.action == "app.deleted"
    assert entry.details == {"name": "Contacts", "items": 2}


async def test_a_live_chat_is_not_bound_to_what_lost_its_account_field_meanwhile() -> None:
    desk = Desk(LocalApps(LocalAppsSettings()))
    async with changing(desk) as work:
        await desk.use_cases.apps.create(work, ADA, CONTACTS)
    administration = desk.use_cases.administration
    form = LiveChatForm(
        "support", "Customer Support", operators=(ANNA,), account_app="contacts", message_apps=("contacts",)
    )
    checked = await administration.checking.look(form)
    assert checked.errors == {}
    async with changing(desk) as work:
        await desk.use_cases.apps.remove_fields(work, ADA, "contacts", ["account"])
    async with desk.store.begin() as work:
        with pytest.raises(InvalidLiveChat) as refused:
            await administration.create(work, ADA, checked)
    assert set(refused.value.errors) == {"account_app", "message_apps"}
    assert "no field of the type Account" in refused.value.errors["account_app"]


async def test_only_the_items_that_need_it_are_written_anew(desk: Desk) -> None:
    with_phone, without = await add_item(desk), await add_item(desk, phone=None)
    apps = desk.use_cases.apps
    async with changing(desk) as work:
        await apps.add_fields(work, ADA, "contacts", [read_field("notes:text")])
        await apps.change_fields(work, ADA, "contacts", [read_field("level:choice(gold,silver,tin) Tier")])
        await apps.reorder(work, ADA, "contacts", ["account"])
    assert items(desk) == [with_phone, without]
    async with changing(desk) as work:
        await apps.change_fields(work, ADA, "contacts", [read_field("phone:string")])
    assert [item.version for item in items(desk)] == [2, 1]
