"""The editor of apps and their fields (requirement S21)."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from hooks.local_apps import LocalApps, LocalAppsSettings
from livechat_plugin import HookSettings
from livechat_plugin.core.apps import App, Field, FieldType
from tests.unit.console import Console, Page
from tests.unit.desk import ANNA, SAM, Desk
from tests.unit.test_administering import Shop
from tests.unit.wiring import ADA

PEOPLE = App(
    "people",
    "People",
    (
        Field("name", "Name", FieldType.STRING, is_required=True),
        Field("level", "Level", FieldType.CHOICE, choices=("gold", "silver"), help="How important."),
        Field("account", "Account", FieldType.ACCOUNT),
    ),
)


@pytest_asyncio.fixture
async def desk() -> AsyncIterator[Desk]:
    desk = Desk(LocalApps(LocalAppsSettings()), Shop(HookSettings()))
    async with desk.working():
        await desk.set_up()
        async with desk.store.begin() as work:
            await desk.use_cases.apps.create(work, ADA, PEOPLE)
            await work.commit()
        await desk.settle()
        yield desk


@pytest_asyncio.fixture
async def console(desk: Desk) -> AsyncIterator[Console]:
    async with Console(desk) as console:
        console.sign_in(ADA)
        yield console


def sent(page: Page) -> dict[str, Any]:
    """The fields of the editor as a browser sends them."""
    fields: dict[str, Any] = {}
    for found in page.html.select(
        "form.app-form input, form.app-form textarea, form.app-form select, #app-editor input, #app-editor select"
    ):
        name, kind = str(found.get("name", "")), found.get("type")
        if found.name == "select":
            chosen = found.select_one("option[selected]") or found.select_one("option")
            fields[name] = (chosen.get("value") if chosen else "") or ""
        elif found.name == "textarea":
            fields[name] = found.get_text().removeprefix("\n")
        elif kind != "checkbox" or found.has_attr("checked"):
            fields[name] = found.get("value", "")
    fields.pop("csrf", None)
    return fields


async def stored(desk: Desk, key: str) -> App | None:
    async with desk.store.read() as work:
        return await work.apps.get(key)


async def item(desk: Desk, **values: Any) -> None:
    await desk.use_cases.house.items.add("people", values, ADA)


async def test_a_new_app_begins_with_a_name_and_the_customers_account(console: Console, desk: Desk) -> None:
    fields = sent(await console.get("/apps/new"))
    page = await console.post("/apps/new", fields | {"name": "Contacts of ours"})
    assert page.goes_to == "/console/apps/contacts_of_ours"
    made = await stored(desk, "contacts_of_ours")
    assert made is not None
    assert [(one.key, one.type) for one in made.fields] == [
        ("name", FieldType.STRING),
        ("account", FieldType.ACCOUNT),
    ]
    await desk.settle()
    assert "Contacts of ours" in (await console.get("/apps")).text
    page = await console.get("/live-chats/new")
    assert page.html.select("#field-account_app option[value=contacts_of_ours]:not([disabled])") != []


async def test_fields_are_added_moved_and_removed_before_anything_is_saved(
    console: Console, desk: Desk
) -> None:
    fields = sent(await console.get("/apps/people"))
    part = await console.post(
        "/apps/people", fields | {"do": "add"}, headers={"hx-request": "true", "hx-target": "app-editor"}
    )
    assert part.html.select("html") == []
    fields = sent(part) | {"f3-label": "Birthday", "f3-type": "date", "f3-required": "", "do": "up:3"}
    page = await console.post("/apps/people", fields)
    assert "Birthday is number 3 now." in page.text
    fields = sent(page)
    assert (fields["f2-label"], fields["f3-was"]) == ("Birthday", "account")
    page = await console.post("/apps/people", fields | {"do": "down:0"})
    page = await console.post("/apps/people", sent(page) | {"do": "remove:0"})
    assert "Level is removed; it counts when you save." in page.text
    assert await stored(desk, "people") == PEOPLE
    assert (await console.post("/apps/people", sent(page) | {"do": "save"})).status == 303
    after = await stored(desk, "people")
    assert after is not None
    assert [one.key for one in after.fields] == ["name", "birthday", "account"]


async def test_every_type_can_be_chosen_and_asks_for_what_it_needs(console: Console, desk: Desk) -> None:
    fields = sent(await console.get("/apps/new")) | {"name": "All", "rows": ",".join(map(str, range(14)))}
    more = {"choice": "gold\nsilver\n", "reference": "people", "phone": "de", "datetime": "Europe/Berlin"}
    for number, kind in enumerate(FieldType):
        fields |= {
            f"f{number}-was": "",
            f"f{number}-key": "",
            f"f{number}-label": f"The {kind.value}",
            f"f{number}-type": kind.value,
            f"f{number}-more": more.get(kind.value, ""),
        }
    page = await console.post("/apps/new", fields)
    assert page.status == 303, page.text
    made = await stored(desk, "all")
    assert made is not None
    assert [one.type for one in made.fields] == list(FieldType)
    by_type = {one.type: one for one in made.fields}
    assert by_type[FieldType.CHOICE].choices == ("gold", "silver")
    assert by_type[FieldType.REFERENCE].app == "people"
    assert by_type[FieldType.PHONE].locale == "DE"
    assert by_type[FieldType.DATETIME].locale == "Europe/Berlin"
    again = sent(await console.get("/apps/all"))
    assert (await console.post("/apps/all", again)).status == 303
    assert await stored(desk, "all") == made, "saving it as it is changes nothing"


@pytest.mark.parametrize(
    ("wrong", "where", "reason"),
    [
        ({"name": ""}, "#field-name-error", "must not be empty"),
        ({"name": "x" * 101}, "#field-name-error", "has 101 characters"),
        ({"f0-label": ""}, "#f0-error", "label must not be empty"),
        ({"f0-label": "x" * 101}, "#f0-error", "has 101 characters"),
        ({"f1-label": "NAME"}, "#f1-error", "another field with the label"),
        ({"f1-more": ""}, "#f1-error", "what can be chosen, one a line"),
        ({"f1-more": "a\nA"}, "#f1-error", "stands there twice"),
        ({"f1-type": "phone", "f1-more": "ZZ"}, "#f1-error", "no country"),
        ({"f1-type": "phone", "f1-more": "Germany"}, "#f1-error", "no country"),
        ({"f1-type": "datetime", "f1-more": "Mars"}, "#f1-error", "no time zone"),
        ({"f1-type": "reference", "f1-more": "nothing"}, "#f1-error", "no app"),
        ({"f1-type": "reference", "f1-more": ""}, "#f1-error", "choose the app"),
        ({"f1-help": "x" * 501}, "#f1-error", "has 501 characters"),
    ],
)
async def test_errors_stand_beside_their_fields(
    console: Console, desk: Desk, wrong: dict[str, Any], where: str, reason: str
) -> None:
    fields = sent(await console.get("/apps/people")) | wrong
    page = await console.post("/apps/people", fields)
    assert page.status == 422
    [error] = page.all(where)
    assert reason in error.casefold()
    kept = sent(page)
    assert {key: kept.get(key) for key in wrong if kept.get(key) != wrong[key]} == {}
    assert await stored(desk, "people") == PEOPLE


@pytest.mark.parametrize(
    ("key", "reason"),
    [
        ("people", "already"),
        ("contacts", "already"),
        ("9", "start with a letter"),
        ("new", "choose another word"),
    ],
)
async def test_a_key_that_cannot_be_stands_beside_it(console: Console, key: str, reason: str) -> None:
    fields = sent(await console.get("/apps/new")) | {"name": "An app", "key": key}
    page = await console.post("/apps/new", fields)
    assert page.status == 422
    assert reason in " ".join(page.all("#field-key-error"))


async def test_values_are_lost_only_when_that_is_confirmed(console: Console, desk: Desk) -> None:
    await item(desk, name="Carla", level="gold")
    page = await console.post("/apps/people", sent(await console.get("/apps/people")) | {"do": "remove:1"})
    page = await console.post("/apps/people", sent(page) | {"do": "save"})
    assert page.status == 422
    assert "Values would be gone for ever: level in 1 item" in page.text
    assert await stored(desk, "people") == PEOPLE
    fields = sent(page) | {"do": "save", "may_lose_values": "yes"}
    assert (await console.post("/apps/people", fields)).status == 303
    after = await stored(desk, "people")
    assert after is not None
    assert [one.key for one in after.fields] == ["name", "account"]


async def test_items_that_do_not_fit_a_changed_field_are_named(console: Console, desk: Desk) -> None:
    await item(desk, name="Carla", level="gold")
    fields = sent(await console.get("/apps/people")) | {"f1-type": "number"}
    page = await console.post("/apps/people", fields)
    assert page.status == 422
    assert "1 item does not fit" in " ".join(page.all("#f1-error"))


async def test_what_a_live_chat_needs_stays(console: Console, desk: Desk) -> None:
    desk.change_live_chat(account_app="people")
    page = await console.post("/apps/people", sent(await console.get("/apps/people")) | {"do": "remove:2"})
    page = await console.post("/apps/people", sent(page) | {"do": "save"})
    assert page.status == 409
    assert "Customer Support (support) is bound to it and needs an Account field" in page.text
    page = await console.get("/apps/people")
    assert "Customer Support is bound to it" in page.text
    assert (await console.post("/apps/people/delete", {"confirmation": "people"})).status == 409
    assert await stored(desk, "people") == PEOPLE


async def test_an_old_editor_overwrites_nothing_and_keeps_what_was_written(
    console: Console, desk: Desk
) -> None:
    old = sent(await console.get("/apps/people"))
    async with desk.store.begin() as work:
        added = Field("phone", "Phone", FieldType.PHONE)
        await desk.use_cases.apps.add_fields(work, ADA, "people", [added])
        await work.commit()
    page = await console.post("/apps/people", old | {"name": "Humans", "f1-label": "Rank"})
    assert page.status == 409
    assert ADA in page.text
    fields = sent(page)
    assert (fields["name"], fields["f1-label"], fields["f3-was"]) == ("Humans", "Rank", "phone")
    now = await stored(desk, "people")
    assert now is not None
    assert now.name == "People"
    assert (await console.post("/apps/people", fields)).status == 303
    after = await stored(desk, "people")
    assert after is not None
    assert (after.name, [one.label for one in after.fields]) == (
        "Humans",
        ["Name", "Rank", "Account", "Phone"],
    )


@pytest.mark.parametrize("seen", ["", "{", "[]", '{"key": "people"}', "x" * 200_000])
async def test_an_editor_that_is_not_ours_changes_nothing(console: Console, desk: Desk, seen: str) -> None:
    fields = sent(await console.get("/apps/people")) | {"seen": seen, "name": "Mine"}
    page = await console.post("/apps/people", fields)
    assert page.status == 409
    assert sent(page)["name"] == "Mine"
    assert await stored(desk, "people") == PEOPLE


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"rows": ",,x,-1,99999999999,٣", "name": "A"},
        {"rows": ",".join(map(str, range(500))), "name": "A"},
        {"rows": "0", "f0-type": "rocket", "name": "\x00"},
        {"do": "up:x", "rows": "0"},
        {"do": "remove:999", "rows": "0"},
        {"do": "explode", "rows": "0"},
    ],
)
async def test_rubbish_makes_no_app(console: Console, desk: Desk, fields: dict[str, Any]) -> None:
    page = await console.post("/apps/new", fields)
    assert page.status in {200, 422}
    assert len(desk.stored.apps) == 1


async def test_deleting_is_confirmed_by_the_key(console: Console, desk: Desk) -> None:
    await item(desk, name="Carla")
    page = await console.post("/apps/people/delete", {"confirmation": "persons"})
    assert page.status == 422
    assert "1 item would be gone for ever" in page.text
    assert page.html.select("#delete[open]") != []
    page = await console.post("/apps/people/delete", {"confirmation": "people"})
    assert page.goes_to == "/console/apps"
    assert await stored(desk, "people") is None
    await desk.settle()
    assert (await console.get("/apps/people")).status == 404
    assert (await console.post("/apps/people", {"name": "Mine"})).status == 404


async def test_apps_of_other_hooks_are_shown_but_not_changed(console: Console) -> None:
    page = await console.get("/apps")
    assert "brought by a hook" in page.text
    page = await console.get("/apps/contacts")
    assert page.status == 200
    assert page.html.select("main form") == []
    assert page.all("tbody tr") == [
        "Account account Account (of a customer) no",
        "Manager manager User (an employee) no",
    ]


@pytest.mark.parametrize("user", [ANNA, SAM])
@pytest.mark.parametrize("path", ["/apps", "/apps/new", "/apps/people", "/apps/contacts", "/people"])
async def test_apps_are_for_administrators(console: Console, user: str, path: str) -> None:
    console.sign_in(user)
    assert (await console.get(path)).status == 403
    if path not in {"/apps", "/people"}:
        assert (await console.post(path, {"name": "Mine", "do": "save"})).status == 403
        assert (await console.post(f"{path}/delete", {"confirmation": "people"})).status in {403, 404}


async def test_people_pickers_find_groups_and_employees(console: Console) -> None:
    found = (await console.get("/people?q=ANN")).response.json()
    assert found == [{"name": ANNA, "kind": "employee"}]
    found = (await console.get("/people?q=support")).response.json()
    assert [one["name"] for one in found] == ["support-operators", "support-supervisors"]
    found = (await console.get("/people?q=every&everybody=yes")).response.json()
    assert found == [{"name": "@*:example.org", "kind": "everybody of this homeserver"}]
    assert (await console.get("/people?q=" + "x" * 5_000)).response.json() == []
