"""Making, changing and finding items (requirements S19, S21)."""

from typing import Any

import pytest

from livechat_plugin.core.app_definitions import read_field
from livechat_plugin.core.apps import (
    AccountFieldMissing,
    App,
    AppNotFound,
    InvalidItem,
    Item,
    ItemNotFound,
    StaleItem,
)
from tests.unit.desk import ANNA, BORIS, Desk
from tests.unit.test_apps import changing
from tests.unit.wiring import ADA

LINES = (
    "age:number",
    "name:string!",
    "notes:text",
    "phone:phone(DE)",
    "parent:reference(contacts)",
    "account:account",
)
CONTACTS = App("contacts", "Contacts", tuple(map(read_field, LINES)))
NOTES = App("notes", "Notes", (read_field("text:text"), read_field("crm:reference(crm)")))


@pytest.fixture
async def desk() -> Desk:
    desk = Desk()
    async with changing(desk) as work:
        await work.apps.add(CONTACTS)
        await work.apps.add(NOTES)
    return desk


async def add(desk: Desk, app: str = "contacts", **values: Any) -> Item:
    async with changing(desk) as work:
        return await desk.use_cases.items.add(work, app, values, ANNA)


async def change(
    desk: Desk, item: Item, editor: str = BORIS, version: int | None = None, **values: Any
) -> Item:
    async with changing(desk) as work:
        return await desk.use_cases.items.change(work, item.app, item.id, values, editor, version=version)


async def test_an_item_has_author_editor_created_and_changed(desk: Desk) -> None:
    created = desk.clock.now()
    item = await add(desk, name="  Acme Ltd. ", age="3", account="@carla:example.org, web:7")
    assert item == Item(
        "contacts",
        "1",
        "Acme Ltd.",
        {"name": "Acme Ltd.", "age": 3, "account": ["matrix:@carla:example.org", "web:7"]},
        None,
        ANNA,
        ANNA,
        created,
        created,
        1,
    )
    desk.clock.advance(60)
    changed = await change(desk, item, name="Acme Inc.", age=None, phone="030 123456")
    assert (changed.author, changed.editor) == (ANNA, BORIS)
    assert (changed.created_at, changed.changed_at) == (created, desk.clock.now())
    assert (changed.title, changed.version) == ("Acme Inc.", 2)
    assert changed.values == {"name": "Acme Inc.", "phone": "+4930123456", "account": item.values["account"]}
    async with desk.store.read() as work:
        assert await desk.use_cases.items.get(work, "contacts", "#1") == changed


async def test_wrong_values_are_told_field_by_field(desk: Desk) -> None:
    with pytest.raises(InvalidItem) as refused:
        await add(desk, age="old", phone="x", parent="77", colour="red")
    assert set(refused.value.errors) == {"name", "age", "phone", "colour"}
    with pytest.raises(InvalidItem, match="parent: there is no item #77 of contacts"):
        await add(desk, name="x", parent="#77")
    item = await add(desk, name="x")
    with pytest.raises(InvalidItem, match="name: is required"):
        await change(desk, item, name="")
    assert desk.stored.items[1].item == item


async def test_an_item_elsewhere_is_not_looked_for(desk: Desk) -> None:
    assert (await add(desk, "notes", crm="ACME-7")).values == {"crm": "ACME-7"}


async def test_an_app_or_item_that_does_not_exist_is_named(desk: Desk) -> None:
    with pytest.raises(AppNotFound, match="no app 'contcts'"):
        await add(desk, "contcts", name="x")
    with pytest.raises(ItemNotFound, match="no item #9 of contacts"):
        await change(desk, Item("contacts", "9", ""), name="x")
    note = await add(desk, "notes", text="x")
    with pytest.raises(ItemNotFound):
        await change(desk, Item("contacts", note.id, ""), name="x")


async def test_a_change_of_what_was_changed_meanwhile_is_refused(desk: Desk) -> None:
    seen = await add(desk, name="Acme")
    await change(desk, seen, BORIS, seen.version, name="Acme Inc.")
    with pytest.raises(StaleItem, match=r"Acme Inc. \(#1\) was changed by @boris:example.org") as refused:
        await change(desk, seen, ADA, seen.version, name="Acme Corp.")
    assert refused.value.item.version == 2
    assert desk.stored.items[1].item.title == "Acme Inc."


async def test_a_repeated_creation_makes_one_item(desk: Desk) -> None:
    async with changing(desk) as work:
        first = await desk.use_cases.items.add(work, "contacts", {"name": "A"}, ANNA, token="t")
    async with changing(desk) as work:
        again = await desk.use_cases.items.add(work, "contacts", {"name": "A"}, ANNA, token="t")
    assert again == first
    assert len(desk.stored.items) == 1


async def test_an_account_is_written_into_the_account_field_once(desk: Desk) -> None:
    item = await add(desk, name="Acme", account="web:7")
    items = desk.use_cases.items
    async with changing(desk) as work:
        linked = await items.link(work, "contacts", item.id, "matrix:@carla:example.org", BORIS)
        assert linked.values["account"] == ["web:7", "matrix:@carla:example.org"]
        assert linked.editor == BORIS
        assert await items.link(work, "contacts", item.id, "matrix:@carla:example.org", ADA) == linked
        assert await work.items.by_account("contacts", "matrix", "@carla:example.org") == linked
        assert await work.items.by_account("contacts", "web", "7") == linked
        with pytest.raises(ItemNotFound):
            await items.link(work, "contacts", "9", "web:8", BORIS)
        with pytest.raises(AccountFieldMissing):
            await items.link(work, "notes", "1", "web:8", BORIS)


@pytest.mark.parametrize(
    ("values", "title"),
    [
        ({"name": "Acme", "age": 3}, "Acme"),
        ({"name": "x" * 200}, "x" * 99 + "…"),
    ],
)
async def test_the_first_string_is_the_title(desk: Desk, values: dict[str, Any], title: str) -> None:
    assert (await add(desk, **values)).title == title


async def test_an_item_without_strings_has_a_title_too(desk: Desk) -> None:
    assert (await add(desk, "notes", text="two\nlines")).title == "two lines"
    assert (await add(desk, "notes")).title == "Notes"


async def test_items_are_found_by_what_people_would_type(desk: Desk) -> None:
    acme = await add(desk, name="Acme Ltd.", phone="030 123456", account="web:7", notes="Likes TEA\n" * 3)
    other = await add(desk, name="Acme Inc.", parent=acme.id)
    items = desk.use_cases.items
    async with desk.store.read() as work:
        find = items.find
        assert await find(work, "contacts", "acme") == [other, acme]
        assert await find(work, "contacts", "ACME  ltd") == [acme]
        assert await find(work, "contacts", "+49 30 123456") == [acme]
        assert await find(work, "contacts", "+4930123456") == [acme]
        assert await find(work, "contacts", "web:7") == [acme]
        assert await find(work, "contacts", "likes tea") == [acme]
        assert await find(work, "contacts", "#1") == [acme, other]
        assert await find(work, "contacts", "") == [other, acme]
        assert await find(work, "contacts", "", 1) == [other]
        assert await find(work, "contacts", "zebra") == []


async def test_a_long_text_is_found_by_its_beginning(desk: Desk) -> None:
    await add(desk, name="Acme", notes="tea " + "x" * 10_000 + " coffee")
    assert len(desk.stored.items[1].found_by.text) == 4_000
