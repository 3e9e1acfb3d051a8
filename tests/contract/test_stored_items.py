"""What the repositories of apps and items promise."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from livechat_plugin.core.apps import App, AppExists, Field, FieldType, Item
from livechat_plugin.core.errors import ConcurrentChange
from livechat_plugin.services.repositories.items import Findable, searchable
from livechat_plugin.services.unit_of_work import UnitOfWork
from tests.contract.stores import NOW, Kept

CONTACTS = App(
    "contacts",
    "Contäcts",
    (
        Field("name", "Name", FieldType.STRING, is_required=True, help="Of the company."),
        Field("level", "Level", FieldType.CHOICE, choices=("gold", "silver")),
        Field("phone", "Phone", FieldType.PHONE, locale="DE"),
        Field("account", "Account", FieldType.ACCOUNT),
        Field("order", "Order", FieldType.REFERENCE, app="orders"),
    ),
)
ORDERS = App("orders", "Äpfel", ())
VALUES: dict[str, Any] = {"name": "Acme", "age": 1.5, "is_new": False, "account": ["web:7", "matrix:@c:x"]}
ANNA, BORIS = "@anna:example.org", "@boris:example.org"


def new_item(title: str = "Acme", app: str = "contacts", **values: Any) -> Item:
    return Item(app, "", title, values or VALUES, None, ANNA, ANNA, NOW, NOW)


async def add(unit: UnitOfWork, title: str, *accounts: tuple[str, str], app: str = "contacts") -> Item:
    return await unit.items.add(new_item(title, app), Findable(searchable(title), accounts))


async def with_apps(kept: Kept) -> None:
    async with kept.store.begin() as unit:
        await unit.apps.add(CONTACTS)
        await unit.apps.add(ORDERS)
        await unit.commit()


async def test_apps_come_back_as_they_were(kept: Kept) -> None:
    await with_apps(kept)
    async with kept.store.read() as unit:
        assert await unit.apps.get("contacts") == CONTACTS
        assert await unit.apps.get("unknown") is None
        assert await unit.apps.all() == [CONTACTS, ORDERS]
    async with kept.store.begin() as unit:
        assert await unit.apps.get("contacts") == CONTACTS
        assert await unit.apps.hold("contacts") == CONTACTS
        assert await unit.apps.hold("unknown") is None


async def test_the_key_of_an_app_is_given_once(kept: Kept) -> None:
    await with_apps(kept)
    async with kept.store.begin() as unit:
        with pytest.raises(AppExists, match="'contacts' already"):
            await unit.apps.add(App("contacts", "Others", ()))
        # The unit of work is still good.
        assert await unit.apps.get("contacts") == CONTACTS


async def test_apps_change_and_go(kept: Kept) -> None:
    await with_apps(kept)
    async with kept.store.begin() as unit:
        changed = replace(CONTACTS, name="People", fields=CONTACTS.fields[:1])
        await unit.apps.save(changed)
        assert await unit.apps.get("contacts") == changed
        await unit.apps.delete("orders")
        assert await unit.apps.all() == [changed]


async def test_an_app_with_items_stays(kept: Kept) -> None:
    await with_apps(kept)
    async with kept.store.begin() as unit:
        await add(unit, "Acme")
        with pytest.raises(ConcurrentChange):
            await unit.apps.delete("contacts")


async def test_an_item_needs_its_app(kept: Kept) -> None:
    async with kept.store.begin() as unit:
        with pytest.raises(ConcurrentChange):
            await add(unit, "Acme")


async def test_an_item_comes_back_as_it_was(kept: Kept) -> None:
    await with_apps(kept)
    async with kept.store.begin() as unit:
        added = await add(unit, "Acme Ltd.")
        await unit.commit()
    assert added == replace(new_item("Acme Ltd."), id=added.id, version=1)
    async with kept.store.read() as unit:
        assert await unit.items.get("contacts", added.id) == added
        assert await unit.items.get("orders", added.id) is None
        for none in ("", "x", "-1", "0", f"0{added.id}", "٣", "99", "9" * 19, "9" * 5000):
            assert await unit.items.get("contacts", none) is None


async def test_the_same_token_makes_one_item(kept: Kept) -> None:
    await with_apps(kept)
    async with kept.store.begin() as unit:
        first = await unit.items.add(new_item("First"), Findable("first", [("web", "7")]), "token")
        await unit.commit()
    async with kept.store.begin() as unit:
        again = await unit.items.add(new_item("Again"), Findable("again", [("web", "8")]), "token")
        assert again == first
        assert await unit.items.count("contacts") == 1
        assert await unit.items.by_account("contacts", "web", "8") is None
        other = await unit.items.add(new_item("Other"), Findable("other"), "other")
        assert other.id != first.id
        # Without a token nothing is recognized.
        assert (await add(unit, "x")).id != (await add(unit, "x")).id


async def test_two_writers_with_one_token_make_one_item(kept: Kept) -> None:
    await with_apps(kept)

    async def create() -> Item:
        async with kept.store.begin() as unit:
            item = await unit.items.add(new_item(), Findable("acme", [("web", "7")]), "token")
            await asyncio.sleep(0.05)
            await unit.commit()
            return item

    one, two = await asyncio.gather(create(), create())
    assert one == two


async def test_a_stale_change_is_refused(kept: Kept) -> None:
    await with_apps(kept)
    async with kept.store.begin() as unit:
        first = await add(unit, "First", ("web", "7"), ("web", "8"))
        later = NOW + timedelta(hours=1)
        changed = replace(
            first, title="Second", values={"name": "B"}, editor=BORIS, changed_at=later, version=2
        )
        await unit.items.save(replace(changed, author="@x:y"), Findable("second", [("web", "9")]))
        assert await unit.items.get("contacts", first.id) == changed
        assert await unit.items.search("contacts", "first", 10) == []
        assert await unit.items.search("contacts", "second", 10) == [changed]
        assert await unit.items.by_account("contacts", "web", "7") is None
        assert await unit.items.by_account("contacts", "web", "9") == changed
        await unit.commit()
    async with kept.store.begin() as unit:
        with pytest.raises(ConcurrentChange, match=f"Item #{first.id} was changed"):
            await unit.items.save(replace(first, title="Third", version=2), Findable("third"))
    async with kept.store.begin() as unit:
        with pytest.raises(ConcurrentChange):
            await unit.items.save(replace(first, id="999", version=2), Findable("third"))


async def test_of_two_writers_of_one_item_one_wins(kept: Kept) -> None:
    await with_apps(kept)
    async with kept.store.begin() as unit:
        item = await add(unit, "First")
        await unit.commit()

    async def change(title: str) -> bool:
        async with kept.store.begin() as unit:
            try:
                await unit.items.save(replace(item, title=title, version=2), Findable(title))
            except ConcurrentChange:
                return False
            await asyncio.sleep(0.05)
            await unit.commit()
            return True

    assert sorted(await asyncio.gather(change("a"), change("b"))) == [False, True]


async def test_an_account_finds_the_newest_item_of_the_app(kept: Kept) -> None:
    await with_apps(kept)
    async with kept.store.begin() as unit:
        older = await add(unit, "Older", ("web", "7"), ("matrix", "@carla:x"), ("web", "7"))
        newer = await add(unit, "Newer", ("web", "7"))
        order = await add(unit, "Order", ("web", "7"), app="orders")
        assert await unit.items.by_account("contacts", "web", "7") == newer
        assert await unit.items.by_account("contacts", "matrix", "@carla:x") == older
        assert await unit.items.by_account("orders", "web", "7") == order
        assert await unit.items.by_account("contacts", "web", "8") is None
        assert await unit.items.by_account("contacts", "matrix", "7") is None


async def test_the_item_counts_into_which_the_account_was_written_last(kept: Kept) -> None:
    await with_apps(kept)
    async with kept.store.begin() as unit:
        older = await add(unit, "Older", ("web", "7"), ("web", "8"))
        newer = await add(unit, "Newer", ("web", "7"))
        await unit.items.prefer(older, "web", "7", NOW + timedelta(minutes=1))
        assert await unit.items.by_account("contacts", "web", "7") == older
        # Other changes leave that as it is.
        changed = replace(newer, title="New", version=2, changed_at=NOW + timedelta(minutes=2))
        await unit.items.save(changed, Findable("new", [("web", "7"), ("web", "8")]))
        assert await unit.items.by_account("contacts", "web", "7") == older
        assert await unit.items.by_account("contacts", "web", "8") == changed


async def test_items_are_found_by_every_word_newest_first(kept: Kept) -> None:
    await with_apps(kept)
    async with kept.store.begin() as unit:
        acme = await add(unit, "Acme  GROẞ & Söhne")
        other = await add(unit, "Acme 100%_sure \\ Inc")
        await add(unit, "Acme order", app="orders")
        search = unit.items.search
        assert await search("contacts", "acme", 10) == [other, acme]
        assert await search("contacts", "acme", 1) == [other]
        assert await search("contacts", "", 10) == [other, acme]
        assert await search("contacts", " SÖHNE acme ", 10) == [acme]
        assert await search("contacts", "gross", 10) == [acme]
        assert await search("contacts", "cm", 10) == [other, acme]
        assert await search("contacts", "100%_", 10) == [other]
        assert await search("contacts", "1_0%", 10) == []
        assert await search("contacts", "\\", 10) == [other]
        assert await search("contacts", "acme nothing", 10) == []
        assert await search("contacts", "acme " * 50, 10) == [other, acme]


async def test_items_one_after_another(kept: Kept) -> None:
    await with_apps(kept)
    async with kept.store.begin() as unit:
        made = [await add(unit, f"Item {number}") for number in range(5)]
        await add(unit, "Order", app="orders")
        assert await unit.items.after("contacts", None, 3) == made[:3]
        assert await unit.items.after("contacts", made[2].id, 3) == made[3:]
        assert await unit.items.after("contacts", made[4].id, 3) == []
        assert await unit.items.count("contacts") == 5
        await unit.items.delete_all("contacts")
        assert await unit.items.count("contacts") == 0
        assert await unit.items.count("orders") == 1
        assert await unit.items.by_account("contacts", "web", "7") is None
        await unit.apps.delete("contacts")


async def test_who_changes_an_app_waits_for_those_who_make_its_items(kept: Kept) -> None:
    await with_apps(kept)
    is_made = asyncio.Event()

    async def make() -> None:
        async with kept.store.begin() as unit:
            await unit.apps.get("contacts")
            is_made.set()
            await asyncio.sleep(0.1)
            await add(unit, "Acme")
            await unit.commit()

    async def look() -> int:
        await is_made.wait()
        async with kept.store.begin() as unit:
            await unit.apps.hold("contacts")
            return await unit.items.count("contacts")

    _, seen = await asyncio.gather(make(), look())
    assert seen == 1


async def test_words_that_no_database_keeps(kept: Kept) -> None:
    await with_apps(kept)
    async with kept.store.begin() as unit:
        item = await add(unit, "nothing\0 and \udcff")
        assert item.title == "nothing and ?"
        assert await unit.items.get("contacts", item.id) == item


async def test_pages_of_items_go_both_ways(kept: Kept) -> None:
    await with_apps(kept)
    async with kept.store.begin() as unit:
        made = [await add(unit, f"Item {number}") for number in range(5)]
        await add(unit, "Item of another app", app="orders")
        ids = [item.id for item in made]
        page = unit.items.page
        assert [item.id for item in await page("contacts", "", 2)] == [ids[4], ids[3]]
        assert [item.id for item in await page("contacts", "item", 2, before=ids[3])] == [ids[2], ids[1]]
        assert [item.id for item in await page("contacts", "", 2, before=ids[0])] == []
        assert [item.id for item in await page("contacts", "", 2, after=ids[1])] == [ids[3], ids[2]]
        assert [item.id for item in await page("contacts", "item 4", 2, after=ids[1])] == [ids[4]]
        assert [item.id for item in await page("contacts", "", 9, after=ids[4])] == []
        for nonsense in ("x", "", "9" * 40):
            assert await page("contacts", "", 2, before=nonsense) == []
            assert await page("contacts", "", 2, after=nonsense) == []


async def test_an_item_goes_with_its_accounts_if_nobody_has_changed_it(kept: Kept) -> None:
    await with_apps(kept)
    async with kept.store.begin() as unit:
        item = await add(unit, "Acme", ("web", "7"))
        for stale in (replace(item, version=2), replace(item, id="99"), replace(item, id="x")):
            with pytest.raises(ConcurrentChange):
                await unit.items.delete(stale)
        assert await unit.items.by_account("contacts", "web", "7") == item
        await unit.items.delete(item)
        assert await unit.items.get("contacts", item.id) is None
        assert await unit.items.by_account("contacts", "web", "7") is None
