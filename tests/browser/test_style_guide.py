"""The parts that all pages are made of, and their scripts, in a real browser."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page

from livechat_plugin.core.live_chats import LiveChat
from tests.browser.looking import DESKTOP, PHONE, look_at, take_picture
from tests.browser.style_guide import served, style_guide

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest_asyncio.fixture(loop_scope="session")
async def guide(browser: Browser) -> AsyncIterator[Page]:
    async with served(style_guide((LiveChat(1, "support", "Customer Support", "operators"),))) as address:
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
