"""Pages that follow what happens: the scripts' side of it, with a server that can be slow, cut off or forgetful."""

import asyncio
import re
import time
from collections.abc import AsyncIterator, Callable

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from tests.browser.live_page import LivePage
from tests.browser.style_guide import served

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest_asyncio.fixture(loop_scope="session")
async def server() -> LivePage:
    return LivePage()


@pytest_asyncio.fixture(loop_scope="session")
async def page(browser: Browser, server: LivePage) -> AsyncIterator[Page]:
    async with served(server.application()) as address:
        context = await browser.new_context(base_url=address)
        page = await context.new_page()
        await page.goto("/console/")
        await until(lambda: server.listening)
        yield page
        await context.close()
        server.cut()


async def until(holds: Callable[[], object]) -> None:
    async with asyncio.timeout(30):
        while not holds():  # noqa: ASYNC110  # the browser does something, and tells nobody
            await asyncio.sleep(0.01)


async def test_a_change_is_seen_at_once_and_only_where_it_is_shown(page: Page, server: LivePage) -> None:
    began = time.monotonic()
    server.change("conversation:7")
    await expect(page.get_by_text("Said 2")).to_be_visible()
    assert time.monotonic() - began < 5  # some 50 ms where nothing else runs
    assert server.asked == ["talk"]
    server.change("live_chat:1", "conversation:7")
    await expect(page.get_by_text("Version 3")).to_be_visible()
    await expect(page.get_by_text("Said 3")).to_be_visible()
    assert sorted(server.asked) == ["session-list", "talk", "talk"]


async def test_a_part_that_was_exchanged_is_followed_on(page: Page, server: LivePage) -> None:
    for number in range(2, 6):
        server.change("live_chat:1")
        await expect(page.get_by_text(f"Version {number}")).to_be_visible()


async def test_many_changes_while_the_server_is_slow_are_asked_for_once_more(
    page: Page, server: LivePage
) -> None:
    server.answers.clear()
    server.change("live_chat:1")
    await until(lambda: server.asked)
    for _ in range(20):
        server.change("live_chat:1")
        await asyncio.sleep(0)
    # That all of them have arrived is seen from one that comes after them.
    server.change("conversation:7")
    await until(lambda: "talk" in server.asked)
    assert server.asked.count("session-list") == 1
    server.answers.set()
    await expect(page.get_by_text(re.compile(r"Version 23|Version 22"))).to_be_visible()
    await until(lambda: server.asked.count("session-list") == 2)
    server.change("conversation:7")
    await expect(page.get_by_text("Said 23").or_(page.get_by_text("Said 24"))).to_be_visible()
    assert server.asked.count("session-list") == 2


async def test_after_a_cut_everything_is_asked_for_again(page: Page, server: LivePage) -> None:
    server.cut()
    await until(lambda: not server.listening)
    server.change("live_chat:1", "conversation:7")
    await expect(page.get_by_text("Version 2")).to_be_visible()
    await expect(page.get_by_text("Said 2")).to_be_visible()
    await until(lambda: server.listening)


async def test_nothing_is_exchanged_under_the_hands_of_somebody_who_writes(
    page: Page, server: LivePage
) -> None:
    words = page.get_by_label("Words")
    await words.fill("half a sent")
    server.change("live_chat:1")
    server.change("conversation:7")
    await expect(page.get_by_text("Said 3")).to_be_visible()
    await expect(words).to_have_value("half a sent")
    assert "session-list" not in server.asked
    await page.get_by_role("heading", name="Following").click()  # elsewhere
    await expect(page.get_by_text("Version 3")).to_be_visible()


async def test_who_is_signed_out_meanwhile_is_told_and_the_server_left_in_peace(
    page: Page, server: LivePage
) -> None:
    server.is_signed_in = False
    server.cut()
    await expect(page.get_by_role("dialog", name="You are signed out")).to_be_visible()
    server.is_signed_in = True
    await page.get_by_role("button", name="I have signed in").click()
    await until(lambda: server.listening)
    server.change("live_chat:1")
    await expect(page.get_by_text("Version 2")).to_be_visible()


async def test_a_page_that_nobody_looks_at_any_more_listens_no_more(page: Page, server: LivePage) -> None:
    await page.goto("about:blank")
    await until(lambda: not server.listening)
