"""Items are changed and deleted on their pages, and nobody overwrites what others wrote."""

from dataclasses import replace

import pytest

from tests.unit.console import Console
from tests.unit.desk import ANNA, BORIS, CARLA, SAM, Desk
from tests.unit.test_apps import changing
from tests.unit.test_console_items import add, audited, console, desk, opened

__all__ = ["console", "desk"]


async def test_an_item_is_changed(console: Console, desk: Desk) -> None:
    await add(desk, name="Acme", age=3, notes="old")
    fields = await opened(console, "/items/contacts/1/edit")
    assert (fields["field-name"], fields["field-age"], fields["version"]) == ("Acme", "3", "1")
    page = await console.post("/items/contacts/1/edit", fields | {"field-name": "Acme Inc.", "field-age": ""})
    assert page.goes_to == "/console/items/contacts/1"
    item = desk.stored.items[1].item
    assert (item.title, item.values) == ("Acme Inc.", {"name": "Acme Inc.", "notes": "old"})
    assert (item.author, item.editor) == (SAM, ANNA)
    assert (ANNA, "item.changed", "contacts #1", ["age", "name"]) in audited(desk)


async def test_customers_are_connected_to_the_item_as_it_is_called_now(console: Console, desk: Desk) -> None:
    await desk.write()
    await desk.take()
    await desk.answer(ANNA, "!connect name=Acme")
    before = desk.stored.links[1, "contacts"]
    fields = await opened(console, "/items/contacts/1/edit")
    await console.post("/items/contacts/1/edit", fields | {"field-name": "Acme Inc."})
    assert desk.stored.links[1, "contacts"] == replace(before, title="Acme Inc.")


async def test_a_stale_form_overwrites_nothing_and_keeps_what_was_written(
    console: Console, desk: Desk
) -> None:
    await add(desk, name="Acme", age=3, notes="same")
    fields = await opened(console, "/items/contacts/1/edit")
    async with changing(desk) as work:
        await desk.use_cases.items.change(work, "contacts", "1", {"age": 4}, BORIS)
    page = await console.post("/items/contacts/1/edit", fields | {"field-name": "Acme Inc."})
    assert page.status == 409
    assert f"{BORIS} has changed this item meanwhile" in page.text
    assert page.all(".differences li") == ["Age 3 → 4"]
    assert page.html.select("#field-name")[0]["value"] == "Acme Inc."
    assert desk.stored.items[1].item.values == {"name": "Acme", "age": 4, "notes": "same"}
    again = {
        str(one["name"]): str(one.get("value") or one.get_text())
        for one in page.html.select("main form input[name], main form textarea[name]")
        if one["name"] != "csrf"
    }
    assert again["field-age"] == "4", "what one has not touched is as the other has left it"
    assert (await console.post("/items/contacts/1/edit", again)).status == 303
    assert desk.stored.items[1].item.values == {"name": "Acme Inc.", "age": 4, "notes": "same"}


async def test_who_changes_the_same_field_sees_both_and_decides(console: Console, desk: Desk) -> None:
    await add(desk, name="Acme")
    fields = await opened(console, "/items/contacts/1/edit")
    async with changing(desk) as work:
        await desk.use_cases.items.change(work, "contacts", "1", {"name": "Acme Ltd."}, BORIS)
    page = await console.post("/items/contacts/1/edit", fields | {"field-name": "Acme Inc."})
    assert page.all(".differences li") == ["Name Acme → Acme Ltd."]
    assert page.html.select("#field-name")[0]["value"] == "Acme Inc."


@pytest.mark.parametrize("version", ["", "x", "-1", "99", "9" * 50])
async def test_a_form_without_a_proper_version_overwrites_nothing(
    console: Console, desk: Desk, version: str
) -> None:
    await add(desk, name="Acme")
    for action in ("edit", "delete"):
        page = await console.post(f"/items/contacts/1/{action}", {"field-name": "Evil", "version": version})
        assert page.status == 409, action
    assert desk.stored.items[1].item.title == "Acme"


async def test_a_wrong_value_keeps_the_version_that_was_looked_at(console: Console, desk: Desk) -> None:
    await add(desk, name="Acme")
    fields = await opened(console, "/items/contacts/1/edit")
    async with changing(desk) as work:
        await desk.use_cases.items.change(work, "contacts", "1", {"age": 4}, BORIS)
    page = await console.post("/items/contacts/1/edit", fields | {"field-phone": "no"})
    assert page.status == 422
    assert page.html.select("input[name=version]")[0]["value"] == "1"
    assert page.html.select("input[name=seen-age]")[0]["value"] == ""


# --- Deleting ---


async def test_an_item_that_nobody_needs_is_deleted(console: Console, desk: Desk) -> None:
    await add(desk, name="Acme")
    fields = await opened(console, "/items/contacts/1/delete")
    page = await console.post("/items/contacts/1/delete", fields)
    assert page.goes_to == "/console/items/contacts"
    assert not desk.stored.items
    assert (ANNA, "item.deleted", "contacts #1", None) in audited(desk)


async def test_an_item_that_something_needs_stays_and_names_it(console: Console, desk: Desk) -> None:
    await desk.write()
    await desk.take()
    await desk.answer(ANNA, "!connect name=Acme")
    await desk.answer(ANNA, "!register orders what=Tea for=1")
    page = await console.post("/items/contacts/1/delete", {"version": "1"})
    assert page.status == 409
    assert f"Carla ({CARLA}) is connected to it" in page.text
    assert "Tea of Orders refers to it" in page.text
    page = await console.post("/items/orders/2/delete", {"version": "1"})
    assert "registered from session #1" in page.text
    assert len(desk.stored.items) == 2
