"""Items in the console: lists, pages, making, changing and deleting them (requirements S21, E12)."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from hooks.local_apps import LocalApps, LocalAppsSettings
from livechat_plugin.core.app_definitions import read_field
from livechat_plugin.core.apps import App, Item
from livechat_plugin.services import item_desk
from livechat_plugin.services.live_chats import LiveChatForm
from livechat_plugin.web.console import media
from tests.unit.console import Console, Page
from tests.unit.crm import Crm
from tests.unit.desk import ANNA, BORIS, CARLA, DAN, SAM, Desk
from tests.unit.test_apps import changing
from tests.unit.wiring import ADA

CONTACTS = App(
    "contacts",
    "Contacts",
    tuple(
        map(
            read_field,
            ("name:string! Name", "age:number Age", "phone:phone(DE)", "notes:text", "account:account"),
        )
    ),
)
ORDERS = App(
    "orders", "Orders", tuple(map(read_field, ("what:string!", "for:reference(contacts)", "account:account")))
)
PRIVATE = App("private", "Private", (read_field("text:string"),))


@pytest_asyncio.fixture
async def desk() -> AsyncIterator[Desk]:
    async with Desk(LocalApps(LocalAppsSettings())).working() as desk:
        await desk.set_up()
        async with changing(desk) as work:
            for app in (CONTACTS, ORDERS, PRIVATE):
                await work.apps.add(app)
        desk.change_live_chat(account_app="contacts", message_apps=("orders",))
        await desk.use_cases.app_catalogue.refresh()
        yield desk


@pytest_asyncio.fixture
async def console(desk: Desk) -> AsyncIterator[Console]:
    async with Console(desk) as console:
        console.sign_in(ANNA)
        yield console


async def add(desk: Desk, app: str = "contacts", **values: Any) -> Item:
    async with changing(desk) as work:
        return await desk.use_cases.items.add(work, app, values, SAM)


async def opened(console: Console, path: str) -> dict[str, str]:
    """What a form sends if nobody writes anything into it."""
    page = await console.get(path)
    fields = {
        str(one["name"]): str(one.get("value") or one.get_text())
        for one in page.html.select("main form input[name], main form textarea[name]")
    }
    return {name: value for name, value in fields.items() if name != "csrf"}


def audited(desk: Desk) -> list[tuple[str, str, str, Any]]:
    return [
        (entry.actor, entry.action, entry.subject, entry.details.get("fields"))
        for entry in desk.stored.audit.values()
        if entry.action.startswith("item.")
    ]


# --- Lists ---


async def test_a_list_shows_titles_and_the_first_fields(console: Console, desk: Desk) -> None:
    await add(desk, name="Acme <Ltd>", age=1234.5, phone="+4930123456", notes="x" * 500)
    page = await console.get("/items/contacts")
    assert page.all("thead th") == ["Title", "Age", "Phone", "Changed"]
    assert page.all("tbody th") == ["Acme <Ltd> #1"]
    assert page.all("tbody td")[:2] == ["1234.5", "+49 30 123456"]
    assert "xxx" not in page.text


async def test_lists_turn_pages_both_ways(
    console: Console, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(item_desk, "PAGE", 2)
    for number in range(1, 6):
        await add(desk, name=f"Item {number}")

    def titles(page: Page) -> list[str]:
        return [title.split(" #")[0] for title in page.all("tbody th")]

    async def follow(page: Page, rel: str) -> Page:
        [link] = page.html.select(f"a[rel={rel}]")
        return await console.get(str(link["href"]).removeprefix("/console"))

    first = await console.get("/items/contacts?q=item")
    assert titles(first) == ["Item 5", "Item 4"]
    assert not first.html.select("a[rel=prev]")
    second = await follow(first, "next")
    assert titles(second) == ["Item 3", "Item 2"]
    third = await follow(second, "next")
    assert titles(third) == ["Item 1"]
    assert not third.html.select("a[rel=next]")
    assert titles(await follow(third, "prev")) == ["Item 3", "Item 2"]
    assert titles(await follow(await follow(third, "prev"), "prev")) == ["Item 5", "Item 4"]


async def test_a_search_finds_all_words_and_says_when_nothing_is_there(console: Console, desk: Desk) -> None:
    await add(desk, name="Acme Ltd.", notes="likes tea")
    await add(desk, name="Acme Inc.")
    assert (await console.get("/items/contacts?q=TEA+acme")).all("tbody th") == ["Acme Ltd. #1"]
    part = await console.get("/items/contacts?q=zebra", hx_request="true", hx_target="item-list")
    assert "Nothing found" in part.text
    assert not part.html.select("nav")
    assert "No items yet" in (await console.get("/items/orders")).text


@pytest.mark.parametrize("beyond", ["before=x", "after=-1", "before=" + "9" * 40, "after=0"])
async def test_an_address_of_a_page_that_is_none_shows_nothing_wrong(
    console: Console, desk: Desk, beyond: str
) -> None:
    await add(desk, name="Acme")
    assert (await console.get(f"/items/contacts?{beyond}")).status == 200


async def test_a_reference_is_looked_for_by_words(console: Console, desk: Desk) -> None:
    await add(desk, name="Acme <Ltd>")
    await add(desk, name="Other")
    page = await console.get("/items/contacts/suggestions?field-for=acme", hx_request="true")
    assert [(str(one["value"]), one.get_text()) for one in page.html.select("option")] == [
        ("#1", "Acme <Ltd>")
    ]


# --- Who may ---


async def test_operators_and_supervisors_of_live_chats_that_use_an_app_work_with_it(
    console: Console, desk: Desk
) -> None:
    await add(desk, name="Acme")
    for user in (ANNA, SAM, ADA):
        console.sign_in(user)
        assert (await console.get("/items/contacts/1/edit")).status == 200
        assert "Contacts" in (await console.get("/items")).text
    console.sign_in(ANNA)
    assert "Private" not in (await console.get("/items")).text
    for path in ("/items/private", "/items/private/new"):
        page = await console.get(path)
        assert page.status == 403
        assert "live chats that use Private" in page.text


async def test_nobody_else_sees_or_changes_anything(console: Console, desk: Desk) -> None:
    await add(desk, name="Acme")
    for stranger in (DAN, CARLA):
        console.sign_in(stranger)
        for path in ("", "/1", "/new", "/1/edit", "/1/delete", "/suggestions?q=a", "/1/files/notes"):
            page = await console.get(f"/items/contacts{path}")
            assert page.status == 403, path
            assert "Acme" not in page.text
        for path in ("/new", "/1/edit", "/1/delete"):
            page = await console.post(f"/items/contacts{path}", {"field-name": "x", "version": "1"})
            assert page.status == 403, path
    assert [kept.item.title for kept in desk.stored.items.values()] == ["Acme"]


async def test_items_that_others_refer_to_are_looked_at_only(console: Console, desk: Desk) -> None:
    await add(desk, name="Acme")
    desk.change_live_chat(account_app=None, message_apps=("orders",))
    page = await console.get("/items/contacts/1")
    assert page.status == 200
    assert not page.html.select("a[href$='/edit']")
    assert (await console.get("/items/contacts/1/edit")).status == 403
    assert (await console.get("/items/contacts/suggestions?q=acme")).status == 200


@pytest.mark.parametrize(
    "path",
    [
        "nothing",
        "contacts/99",
        "contacts/x",
        "contacts/" + "9" * 40,
        "contacts/99/edit",
        "contacts/1/files/name",
    ],
)
async def test_what_does_not_exist_is_missing(console: Console, desk: Desk, path: str) -> None:
    await add(desk, name="Acme")
    assert (await console.get(f"/items/{path}")).status == 404


async def test_items_of_another_program_are_changed_there() -> None:
    async with Desk(Crm()).working() as desk:
        await desk.set_up()
        await desk.use_cases.app_catalogue.refresh()
        async with Console(desk) as console:
            console.sign_in(ADA)
            for path in ("/items/contacts", "/items/contacts/1/edit"):
                page = await console.get(path)
                assert page.status == 409
                assert "kept by another program" in page.text


# --- Making ---


async def test_an_item_is_made_once(console: Console, desk: Desk) -> None:
    fields = await opened(console, "/items/contacts/new")
    fields |= {"field-name": "Acme", "field-phone": "030 123456", "field-account": CARLA}
    first = await console.post("/items/contacts/new", fields)
    assert first.goes_to == "/console/items/contacts/1"
    assert (await console.post("/items/contacts/new", fields)).goes_to == first.goes_to
    [kept] = desk.stored.items.values()
    assert kept.item.values == {"name": "Acme", "phone": "+4930123456", "account": [f"matrix:{CARLA}"]}
    assert (kept.item.author, kept.item.editor) == (ANNA, ANNA)
    assert (ANNA, "item.created", "contacts #1", None) in audited(desk)


async def test_what_is_wrong_stands_beside_its_field(console: Console, desk: Desk) -> None:
    page = await console.post("/items/contacts/new", {"field-name": "x" * 300, "field-age": "old"})
    assert page.status == 422
    assert "at most 255" in page.all("#field-name-error")[0]
    assert "'old' is not a number" in page.all("#field-age-error")[0]
    page = await console.post("/items/orders/new", {"field-what": "Tea", "field-for": "#77"})
    assert "there is no item #77 of contacts" in page.all("#field-for-error")[0].lower()
    assert page.html.select("#field-for")[0]["value"] == "#77"
    assert not desk.stored.items


# --- Looking ---


async def test_an_item_shows_who_made_it_and_the_sessions_of_its_customers(
    console: Console, desk: Desk
) -> None:
    await desk.write(CARLA, "My kettle is broken")
    await desk.take()
    await desk.answer(ANNA, "!connect name=Acme")
    page = await console.get("/items/contacts/1")
    for words in ("Acme", f"Author {ANNA}", f"Editor {ANNA}", f"Matrix · {CARLA}", "My kettle is broken"):
        assert words in page.text, words
    assert page.html.select("a[href='/console/sessions/1']")
    console.sign_in(BORIS)
    assert not (await console.get("/items/contacts/1")).html.select("a[href='/console/sessions/1']")


async def test_sessions_are_shown_to_those_who_work_in_their_live_chat(console: Console, desk: Desk) -> None:
    await desk.write(CARLA, "My kettle is broken")
    await add(desk, name="Acme", account=CARLA)
    console.sign_in(ADA)
    assert "My kettle is broken" in (await console.get("/items/contacts/1")).text
    # Somebody who works with the app in another live chat does not read this one's sessions.
    await desk.add_live_chat(LiveChatForm("sales", "Sales", (DAN,), (), (), account_app="contacts"))
    console.sign_in(DAN)
    page = await console.get("/items/contacts/1")
    assert page.status == 200
    assert "Acme" in page.text
    assert "My kettle is broken" not in page.text
    assert "None that you may read." in page.text


async def test_a_file_of_an_item_is_fetched_as_one_to_be_saved(console: Console, desk: Desk) -> None:
    async with changing(desk) as work:
        await work.apps.add(
            App("papers", "Papers", (read_field("paper:file"), read_field("account:account")))
        )
    desk.change_live_chat(message_apps=("papers",))
    posted = await console.post(
        "/items/papers/new", {}, files={"field-paper-upload": ("a.html", b"<script>", "text/html")}
    )
    page = await console.get(posted.goes_to.removeprefix("/console"))
    [link] = page.html.select("a[href$='/files/paper']")
    fetched = await console.get(str(link["href"]).removeprefix("/console"))
    assert fetched.response.content == b"<script>"
    assert fetched.response.headers["content-type"] == "application/octet-stream"
    assert fetched.response.headers["content-disposition"].startswith("attachment")
    assert fetched.response.headers["cache-control"] == "no-store"
    assert "sandbox" in fetched.response.headers["content-security-policy"]


async def test_files_of_items_wait_for_their_turn(
    console: Console, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with changing(desk) as work:
        await work.apps.add(
            App("papers", "Papers", (read_field("paper:file"), read_field("account:account")))
        )
    desk.change_live_chat(message_apps=("papers",))
    files = {"field-paper-upload": ("a.pdf", b"words", "application/pdf")}
    posted = await console.post("/items/papers/new", {}, files=files)
    monkeypatch.setattr(media, "_under_way", asyncio.Semaphore(0))
    monkeypatch.setattr(media, "PATIENCE", 0.01)
    path = posted.goes_to.removeprefix("/console")
    assert (await console.get(f"{path}/files/paper")).status == 409
