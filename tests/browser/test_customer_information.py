"""From the queue to the close in the console: connecting the customer, registering what they asked for (S18-S20)."""

import re
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Locator, Page, expect

from tests.browser.browsing import Browsing
from tests.browser.looking import look_at
from tests.integration.installation import Desk, Installation, Served
from tests.integration.requirements.bound_desk import bound_desk, run, told

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(300)]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def desk(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Desk]:
    """A live chat of its own that is bound to contacts, and registers complaints."""
    async with bound_desk(tmp_path_factory.mktemp("customer-information")) as desk:
        yield desk


@pytest.fixture
def installation(desk: Desk) -> Installation:
    return desk.installation


async def opened(page_of: Browsing, served: Served) -> Page:
    """The page of a session that anna serves, with its Customer Information."""
    page = await page_of("anna", f"/sessions/{served.number}")
    await expect(panel(page).get_by_role("heading", name="Account")).to_be_visible()
    return page


def panel(page: Page) -> Locator:
    return page.locator("#customer-panel")


async def nothing_is_left_to_do_once_it_is_closed(page: Page, desk: Desk, served: Served) -> None:
    await desk.anna.say(served.session_room, "!close")
    await page.goto(f"/console/sessions/{served.number}")
    await expect(panel(page).get_by_role("link", name="Kettle Corp")).to_be_visible()
    await expect(panel(page).get_by_role("link", name=re.compile("Change"))).to_have_count(0)
    await expect(page.get_by_role("link", name="Register")).to_have_count(0)


async def test_an_operator_connects_registers_and_closes(page_of: Browsing, desk: Desk) -> None:
    served = await desk.serve(await desk.installation.customer(), "My kettle leaks")
    page = await opened(page_of, served)
    await look_at(page, "session-before-connecting")

    await page.get_by_role("link", name="Register").click()
    dialog = page.get_by_role("dialog")
    await expect(dialog).to_contain_text("account first")
    await look_at(page, "register-refused")
    await dialog.get_by_role("link", name="Connect").click()
    await expect(dialog.get_by_role("heading", name=re.compile("^Connect "), level=1)).to_be_visible()
    await expect(dialog.get_by_label("Name")).not_to_have_value("")
    await expect(dialog.get_by_role("searchbox")).to_be_focused()
    await look_at(page, "connect")

    await dialog.get_by_label("Phone").fill("call me")
    await dialog.get_by_role("button", name="Create and connect").click()
    await expect(dialog.get_by_text("'call me' is not a phone number")).to_be_visible()
    phone = dialog.get_by_label("Phone")
    await expect(phone).to_have_value("call me")
    await expect(phone).to_be_focused()
    await expect(phone).to_have_attribute("aria-invalid", "true")
    await expect(phone).to_have_accessible_description(re.compile("is not a phone number"))
    await look_at(page, "connect-errors")

    await dialog.get_by_label("Name").fill("Kettle Corp")
    await phone.fill("+49 30 123456")
    await dialog.get_by_role("button", name="Create and connect").click()
    await expect(dialog).to_be_hidden()
    await expect(panel(page).get_by_role("link", name="Kettle Corp")).to_be_visible()
    await expect(panel(page).get_by_role("link", name="+49 30 123456")).to_have_attribute(
        "href", "tel:+4930123456"
    )
    await told(desk.anna, served.session_room, "is connected to Kettle Corp (Contacts)")

    await page.get_by_role("link", name="Register").click()
    await dialog.get_by_role("button", name="Register").click()
    await expect(dialog.get_by_text("Is required and must not be empty.")).to_be_visible()
    await dialog.get_by_label("What happened").fill("The kettle leaks at its spout.")
    await dialog.get_by_label("Photo: choose a file").set_input_files(
        {"name": "kettle.png", "mimeType": "image/png", "buffer": b"no picture"}
    )
    await look_at(page, "register")
    await dialog.get_by_role("button", name="Register").click()
    await expect(dialog).to_be_hidden()
    await expect(panel(page).get_by_role("link", name="The kettle leaks at its spout.")).to_be_visible()
    await told(desk.anna, served.session_room, "Complaints: The kettle leaks")
    await look_at(page, "session-connected")

    await panel(page).get_by_role("link", name="The kettle leaks at its spout.").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("The kettle leaks at its spout.")
    await expect(page.get_by_role("link", name="My kettle leaks")).to_be_visible()
    await look_at(page, "item")
    async with page.expect_download() as downloading:
        await page.get_by_role("link", name="Open the file").click()
    assert (await downloading.value).suggested_filename == "kettle.png"

    await nothing_is_left_to_do_once_it_is_closed(page, desk, served)


async def test_an_existing_item_is_found_as_one_types(page_of: Browsing, desk: Desk) -> None:
    served = await desk.serve(await desk.installation.customer(), "I am of Globex")
    await desk.anna.say(served.session_room, '!connect name="Globex Corporation" phone="+49 30 777"')
    await told(desk.anna, served.session_room, "is connected to Globex")
    other = await desk.serve(await desk.installation.customer(), "I am of Globex, too")
    page = await opened(page_of, other)
    await panel(page).get_by_role("link", name="Connect").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_role("searchbox").press_sequentially("globex")
    candidate = dialog.get_by_role("listitem").filter(has_text="Globex Corporation")
    await expect(candidate).to_contain_text("+49 30 777")
    await look_at(page, "connect-candidates")
    await candidate.get_by_role("button", name="Connect").click()
    await expect(dialog).to_be_hidden()
    await expect(panel(page).get_by_role("link", name="Globex Corporation")).to_be_visible()


async def test_an_open_page_follows_what_another_does(page_of: Browsing, desk: Desk) -> None:
    served = await desk.serve(await desk.installation.customer(), "Is anybody there?")
    page = await opened(page_of, served)
    await expect(panel(page).get_by_text("Not connected to Contacts yet.")).to_be_visible()
    await desk.anna.say(served.session_room, "!connect name=Elsewhere")
    await expect(panel(page).get_by_role("link", name="Elsewhere")).to_be_visible()


async def test_a_stale_form_overwrites_nothing(page_of: Browsing, desk: Desk) -> None:
    served = await desk.serve(await desk.installation.customer(), "Two people mend me")
    await desk.anna.say(served.session_room, "!connect name=Initech")
    await told(desk.anna, served.session_room, "is connected to Initech")
    first = await opened(page_of, served)
    await panel(first).get_by_role("link", name="Initech").click()
    await first.get_by_role("link", name="Edit").click()
    second = await page_of("sam", first.url.split("/console")[1])
    await second.get_by_label("Phone").fill("+49 30 999999")
    await second.get_by_role("button", name="Save").click()
    await expect(second.get_by_role("link", name="+49 30 999999")).to_be_visible()

    await first.get_by_label("Name").fill("Initech Inc.")
    await first.get_by_role("button", name="Save").click()
    await expect(
        first.get_by_role("alert").or_(first.get_by_role("status")).filter(has_text="meanwhile")
    ).to_be_visible()
    await expect(first.get_by_text("+49 30 999999")).to_be_visible()
    await expect(first.get_by_label("Name")).to_have_value("Initech Inc.")
    await look_at(first, "item-stale")
    await second.reload()
    await expect(second.get_by_role("heading", level=1)).to_have_text("Initech")


async def test_items_are_listed_searched_made_and_deleted(page_of: Browsing, desk: Desk) -> None:
    await _add(desk, "A company with quite a long name & sons, and some daughters")
    page = await page_of("anna", "/items/contacts")
    await page.get_by_role("link", name="Add").first.click()
    await page.get_by_label("Name").fill("Hooli")
    await page.get_by_label("Manager").fill(desk.boris.user_id)
    await look_at(page, "item-new")
    await page.get_by_role("button", name="Add").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Hooli")
    await page.goto("/console/items/contacts")
    await look_at(page, "items")
    await page.get_by_role("searchbox").press_sequentially("hool")
    await expect(page.locator("#item-list tbody tr")).to_have_count(1)
    await page.get_by_role("link", name="Hooli").click()
    await page.get_by_role("link", name="Delete").click()
    await look_at(page, "item-delete")
    await page.get_by_role("button", name="Delete").click()
    await expect(page.get_by_text("Hooli is deleted.")).to_be_visible()
    audited = await run(desk.installation, "audit", "--action", "item.deleted")
    assert desk.anna.user_id in audited.replace("\n", "")


async def _add(desk: Desk, name: str) -> None:
    served = await desk.serve(await desk.installation.customer(), f"I am {name}")
    await desk.anna.say(served.session_room, f'!connect name="{name}"')
    await told(desk.anna, served.session_room, f"is connected to {name}")
