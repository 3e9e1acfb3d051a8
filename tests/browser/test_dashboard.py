"""The dashboard in a browser: figures follow what happens, and plots are drawn from their tables."""

import pytest
from playwright.async_api import expect

from tests.browser.browsing import Browsing
from tests.browser.looking import look_at
from tests.integration.installation import Desk, Installation, says

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_supervisor_sees_how_the_live_chat_is_doing_while_it_happens(
    page_of: Browsing, installation: Installation, desk: Desk
) -> None:
    page = await page_of("sam", "/dashboard?live_chat=support")
    waiting = page.locator("#dashboard-now dd").first
    before = int((await waiting.inner_text()).split()[0])
    customer = await installation.customer()
    await customer.say(
        await customer.start_direct_chat(desk.installation.ghost), "Is anybody watching figures?"
    )
    await expect(waiting).to_have_text(str(before + 1))

    served = await desk.serve(await installation.customer(), "And now another one")
    await desk.anna.say(served.session_room, "We are watching, too")
    await served.customer.wait_for(served.customer_room, says("We are watching, too"), 30)
    await page.reload()
    bars = page.get_by_role("figure", name="Sessions by hour")
    await expect(bars.locator("canvas")).to_be_visible()
    await bars.get_by_text("As a table").click()
    table = bars.get_by_role("table")
    opened = await table.locator("tbody td:nth-of-type(1)").all_inner_texts()
    assert sum(int(number.replace(",", "")) for number in opened) >= 2
    await look_at(page, "dashboard")

    await page.get_by_label("Period").select_option("Last 30 days")
    await expect(
        page.get_by_role("figure", name="Sessions by hour of the day").locator("canvas")
    ).to_be_visible()
    await look_at(page, "dashboard-month")


async def test_hours_are_those_of_the_browser(
    page_of: Browsing, desk: Desk, installation: Installation
) -> None:
    await desk.serve(await installation.customer(), "What time is it?")
    page = await page_of("sam", "/dashboard", timezone_id="Asia/Tokyo")
    await page.reload()
    await expect(page.get_by_text("Hours and days are those of Asia/Tokyo.")).to_be_visible()
