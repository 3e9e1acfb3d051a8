"""Signing in with a link from the bot, being signed out in the middle of work, and pages that are for others."""

import re
from collections.abc import Awaitable, Callable
from uuid import uuid4

import pytest
import pytest_asyncio
from playwright.async_api import BrowserContext, Page, expect

from livechat_plugin.demo.person import Person
from livechat_plugin.web.console.visitor import COOKIE
from tests.browser.browsing import Browsing
from tests.browser.looking import look_at
from tests.integration.installation import Desk, Installation, body

pytestmark = pytest.mark.asyncio(loop_scope="session")

LINK = re.compile(r"http\S+/console/sign-in/[\w-]{43}")
AskForLink = Callable[[Person], Awaitable[str]]


@pytest_asyncio.fixture(loop_scope="session")
async def ask(installation: Installation) -> AskForLink:
    """Writes `!console` to the bot, as somebody, and reads the link in its answer."""

    async def ask(person: Person) -> str:
        room = await person.start_direct_chat(installation.bot)
        await person.say(room, "!console")
        answer = await person.wait_for(room, lambda event: LINK.search(body(event)) is not None)
        found = LINK.search(body(answer))
        assert found is not None
        return found[0]

    return ask


async def press_continue(page: Page) -> None:
    await page.get_by_role("button", name="Continue").click()
    await expect(page).not_to_have_url(re.compile("/sign-in"))


async def sign_in(context: BrowserContext, link: str) -> Page:
    page = await context.new_page()
    await page.goto(link)
    await press_continue(page)
    return page


async def test_a_link_from_the_bot_signs_in_once(page_of: Browsing, desk: Desk, ask: AskForLink) -> None:
    context = await page_of.context()
    page = await page_of.open(context, "/console/dashboard")
    await expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    await look_at(page, "sign-in")
    link = await ask(desk.sam)
    await page.goto(link)
    await expect(page.get_by_text(desk.sam.user_id)).to_be_visible()
    await look_at(page, "sign-in-confirm")
    await press_continue(page)
    await expect(page).to_have_url(re.compile(r"/console/dashboard$"))  # where they wanted to go at first

    other = await page_of.open(await page_of.context(), link)
    await expect(other.get_by_text("This link was used already")).to_be_visible()


async def test_signing_out_ends_it(page_of: Browsing) -> None:
    page = await page_of("anna")
    await page.locator("summary.user").click()
    await page.get_by_role("button", name="Sign out").click()
    await expect(page.get_by_text("You are signed out.")).to_be_visible()
    await page.goto("/console/")
    await expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


async def test_an_operator_opens_an_administrators_page(page_of: Browsing) -> None:
    page = await page_of("anna", "/live-chats/new")
    await expect(page.get_by_role("heading", name="This is not possible")).to_be_visible()
    await expect(page.get_by_text("Only administrators can do this.")).to_be_visible()
    await look_at(page, "not-for-operators")


async def test_what_was_written_outlives_the_sign_in(
    page_of: Browsing, installation: Installation, desk: Desk, ask: AskForLink
) -> None:
    """The cookie is gone when the form is sent; signed in by a new link, one sends what stands there still."""
    ada = await installation.person("ada")
    page = await page_of("ada", "/live-chats/new")
    context = page.context
    name = f"Kept {uuid4().hex[:6]}"
    await page.locator("input[name=name]").fill(name)
    await context.clear_cookies(name=COOKIE)
    await page.locator("main form[method=post] button[type=submit]").last.click()
    dialog = page.get_by_role("dialog", name="You are signed out")
    await expect(dialog).to_be_visible()
    await look_at(page, "signed-out")
    await dialog.get_by_role("button", name="I have signed in").click()
    await expect(dialog.get_by_text("not signed in yet")).to_be_visible()

    tab = await sign_in(context, await ask(ada))
    await tab.close()
    await page.bring_to_front()
    await dialog.get_by_role("button", name="I have signed in").click()
    await expect(dialog).to_be_hidden()
    await expect(page.locator("input[name=name]")).to_have_value(name)
    await page.locator("main form[method=post] button[type=submit]").last.click()
    # Not the answer to a forged form: it is read, and what is missing is told beside its field.
    await expect(page.get_by_text("Nothing is saved yet")).to_be_visible()
    await expect(page.locator("input[name=name]")).to_have_value(name)


async def test_a_form_from_before_a_new_sign_in_is_good(
    page_of: Browsing, installation: Installation, ask: AskForLink
) -> None:
    """Somebody signs in anew in another tab: the token in this page is of the former sign-in."""
    ada = await installation.person("ada")
    page = await page_of("ada", "/live-chats/new")
    await page.locator("input[name=name]").fill("Kept as well")
    await sign_in(page.context, await ask(ada))
    await page.locator("main form[method=post] button[type=submit]").last.click()
    await expect(page.get_by_text("Nothing is saved yet")).to_be_visible()
    await expect(page.locator("input[name=name]")).to_have_value("Kept as well")


async def test_without_scripts_the_words_are_shown_to_be_copied(
    page_of: Browsing, installation: Installation, ask: AskForLink
) -> None:
    ada = await installation.person("ada")
    page = await page_of("ada", "/live-chats/new", java_script_enabled=False)
    await page.locator("input[name=name]").fill("Written by hand")
    await page.context.clear_cookies(name=COOKIE)
    await page.locator("main form[method=post] button[type=submit]").last.click()
    await expect(page.get_by_role("heading", name="You are signed out")).to_be_visible()
    await expect(page.locator("textarea", has_text="Written by hand")).to_be_visible()
    await page.goto(await ask(ada))
    await press_continue(page)
    await expect(page).to_have_url(re.compile(r"/console/live-chats/new$"))


async def test_a_page_that_is_nowhere(page_of: Browsing) -> None:
    page = await page_of("anna", "/nothing-here")
    await expect(page.get_by_text("There is no such page.")).to_be_visible()
    await look_at(page, "no-such-page")
