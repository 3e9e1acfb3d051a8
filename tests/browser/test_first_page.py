"""What somebody sees who opens the console and has no part in any live chat."""

import pytest
from playwright.async_api import expect

from tests.browser.browsing import Browsing
from tests.browser.looking import look_at
from tests.integration.installation import Installation

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_somebody_without_a_part_in_any_live_chat_is_told_so(
    page_of: Browsing, installation: Installation
) -> None:
    carla = await installation.customer()
    page = await page_of(carla.user_id[1:].partition(":")[0])
    await expect(page.get_by_role("heading", level=1)).to_be_visible()
    await look_at(page, "nobody")
