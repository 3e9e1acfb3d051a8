"""One installation and one Chromium for the whole run; tests use people and live chats of their own.

A test takes `page_of` and opens pages with it: `page = await page_of("anna", "/sessions/queue")`.
"""

import os
from collections.abc import AsyncIterator, Generator
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, async_playwright, expect

from tests.browser.browsing import WAIT, Browsing
from tests.browser.looking import take_picture
from tests.integration.conftest import desk
from tests.integration.installation import Installation, free_port

__all__ = ["desk"]

CHROMIUM = os.environ.get("LIVECHAT_CHROMIUM", "/usr/bin/chromium")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    # Nothing of this machine's network is needed.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
)

_FAILED = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    item.stash[_FAILED] = item.stash.get(_FAILED, False) or report.failed
    return report


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def installation(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Installation]:
    installation = Installation(tmp_path_factory.mktemp("installation"))
    installation.panel_client = f"http://127.0.0.1:{free_port()}"
    try:
        await installation.set_up()
        yield installation
    finally:
        await installation.end()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    expect.set_options(timeout=WAIT)
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield chromium
        await chromium.close()


@pytest_asyncio.fixture(loop_scope="session")
async def page_of(
    browser: Browser, installation: Installation, request: pytest.FixtureRequest
) -> AsyncIterator[Browsing]:
    """Opens pages as somebody. A page whose scripts fail, or break its policy, fails the test."""
    browsing = Browsing(browser, installation)
    yield browsing
    try:
        if request.node.stash.get(_FAILED, False):
            await _tell(browsing, request)
    finally:
        await browsing.close()
    assert not browsing.complaints, "\n".join(browsing.complaints)


async def _tell(browsing: Browsing, request: pytest.FixtureRequest) -> None:
    """Pages as they were when the test failed, under its own words."""
    for number, page in enumerate(browsing.pages):
        if not page.is_closed():
            await take_picture(page, f"failed-{request.node.name}-{number}", whole=True)
    node: Any = request.node
    node.add_report_section("teardown", "pages", await browsing.told())
