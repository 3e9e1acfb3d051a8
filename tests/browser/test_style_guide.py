"""The parts that all pages are made of, and their scripts, in a real browser."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from livechat_plugin.core.live_chats import LiveChat
from tests.browser.looking import DESKTOP, PHONE, look_at, take_picture
from tests.browser.style_guide import served, style_guide

CHATS = (LiveChat(1, "support", "Customer Support", "operators"),)

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest_asyncio.fixture(loop_scope="session")
async def guide(browser: Browser) -> AsyncIterator[Page]:
    async with served(style_guide(CHATS)) as address:
        context = await browser.new_context(base_url=address, viewport=DESKTOP, locale="en-GB")
        page = await context.new_page()
        complaints: list[str] = []
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "console",
            lambda said: (
                complaints.append(said.text)
                if said.type == "error" and not said.text.startswith("Failed to load resource")
                else None
            ),
        )
        await page.goto("/console/")
        yield page
        await context.close()
        assert not complaints


async def test_everybody_can_use_the_components_in_both_themes_and_on_a_phone(guide: Page) -> None:
    await look_at(guide, "style-guide")
    await take_picture(guide, "style-guide-whole", whole=True)
    await guide.emulate_media(color_scheme="dark")
    await take_picture(guide, "style-guide-whole-dark", whole=True)
    await guide.emulate_media(color_scheme="light")
    await guide.set_viewport_size(PHONE)
    await take_picture(guide, "style-guide-whole-phone", whole=True)


async def test_the_theme_is_the_systems_until_somebody_chooses_one(guide: Page) -> None:
    background = "getComputedStyle(document.documentElement).backgroundColor"
    await guide.emulate_media(color_scheme="dark")
    dark = await guide.evaluate(background)
    await open_user_menu(guide)
    await guide.get_by_role("button", name="Light").click()
    light = await guide.evaluate(background)
    assert light != dark
    await guide.reload()
    assert await guide.evaluate(background) == light
    await open_user_menu(guide)
    await expect(guide.get_by_role("button", name="Light")).to_have_attribute("aria-pressed", "true")
    await guide.get_by_role("button", name="Auto").click()
    assert await guide.evaluate(background) == dark


async def open_user_menu(guide: Page) -> None:
    await guide.locator("summary.user").click()


async def test_on_a_phone_the_navigation_is_a_drawer_for_fingers_and_keyboards(guide: Page) -> None:
    await guide.set_viewport_size(PHONE)
    navigation = guide.get_by_role("navigation", name="Console")
    await expect(navigation).to_be_hidden()
    button = guide.get_by_role("button", name="Navigation")
    await button.click()
    await expect(navigation).to_be_visible()
    await expect(button).to_have_attribute("aria-expanded", "true")
    await expect(guide.get_by_role("link", name="Live chat", exact=True)).to_be_focused()
    await guide.keyboard.press("Escape")
    await expect(navigation).to_be_hidden()
    await expect(button).to_be_focused()
    await button.click()
    await guide.mouse.click(PHONE["width"] - 10, PHONE["height"] / 2)
    await expect(navigation).to_be_hidden()


async def test_a_dialog_opens_and_closes_in_every_usual_way(guide: Page) -> None:
    opener = guide.get_by_role("button", name="Assign").first
    dialog = guide.get_by_role("dialog", name="Assign the session")
    for close in ("escape", "button", "cancel", "beside"):
        await opener.click()
        await expect(dialog).to_be_visible()
        if close == "escape":
            await guide.keyboard.press("Escape")
        elif close == "beside":
            await guide.mouse.click(20, 20)
        else:
            await dialog.get_by_role("button", name="Close" if close == "button" else "Cancel").click()
        await expect(dialog).to_be_hidden()
        await expect(opener).to_be_focused()


async def test_what_was_written_survives_the_end_of_a_session_and_a_refusal(guide: Page) -> None:
    await guide.get_by_role("button", name="Assign").first.click()
    dialog = guide.get_by_role("dialog", name="Assign the session")
    await dialog.get_by_label("Operator").select_option("Boris")
    await dialog.get_by_role("button", name="Assign").click()
    notice = guide.get_by_role("dialog", name="You are signed out")
    await expect(notice).to_be_visible()
    await take_picture(guide, "signed-out")
    # The style guide says so once; from then on it is as if somebody had signed in elsewhere.
    await notice.get_by_role("button", name="I have signed in").click()
    await expect(notice).to_be_hidden()
    await expect(dialog.get_by_label("Operator")).to_have_value("Boris")
    await dialog.get_by_role("button", name="Assign").click()
    await expect(dialog.get_by_role("alert")).to_have_text("Boris is offline.")
    await expect(dialog.get_by_label("Operator")).to_have_value("Boris")


async def test_a_server_that_is_away_costs_nothing_that_was_written(guide: Page) -> None:
    await guide.get_by_role("button", name="Assign").first.click()
    dialog = guide.get_by_role("dialog", name="Assign the session")
    await dialog.get_by_label("Operator").select_option("Anna")
    await guide.route("**/refused", lambda route: route.abort())
    await dialog.get_by_role("button", name="Assign").click()
    await expect(dialog.get_by_role("alert")).to_contain_text("cannot be reached")
    await expect(dialog.get_by_label("Operator")).to_have_value("Anna")


async def test_what_was_done_is_told_and_can_be_dismissed(guide: Page) -> None:
    await guide.goto("/console/?flash=The%20session%20is%20yours.")
    told = guide.locator(".toasts")
    await expect(told).to_contain_text("The session is yours.")
    await take_picture(guide, "toast")
    await told.get_by_role("button", name="Dismiss").click()
    await expect(told).to_have_text("")


async def test_a_slash_leads_to_the_search_unless_somebody_writes(guide: Page) -> None:
    await guide.keyboard.press("/")
    search = guide.get_by_role("searchbox", name="Search sessions")
    await expect(search).to_be_focused()
    await guide.keyboard.type("a/b")
    await expect(search).to_have_value("a/b")


async def test_moments_are_told_as_people_do(guide: Page) -> None:
    await expect(guide.locator("time[data-relative]").first).to_have_text("5 min ago")


async def test_a_table_stays_one_for_screen_readers_where_it_is_shown_as_cards(guide: Page) -> None:
    await guide.set_viewport_size(PHONE)
    table = guide.get_by_role("table", name="Operators")
    row = table.get_by_role("row", name="Boris")
    await expect(row.get_by_role("cell")).to_have_count(4)
    assert await row.get_by_role("cell").nth(1).get_attribute("data-label") == "Sessions"


async def test_without_scripts_everything_can_be_read_and_sent(browser: Browser) -> None:
    async with served(style_guide(CHATS)) as address:
        context = await browser.new_context(base_url=address, java_script_enabled=False)
        page = await context.new_page()
        await page.goto("/console/")
        await expect(page.get_by_role("navigation", name="Console")).to_be_visible()
        await expect(page.get_by_role("heading", level=1)).to_be_visible()
        await context.close()
