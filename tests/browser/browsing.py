"""People in front of a browser: who is signed in, which pages they have open, and what went wrong in them."""

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Page
from starlette.responses import Response

from livechat_plugin.bootstrap.clock import SystemClock
from livechat_plugin.bootstrap.configuration import configure
from livechat_plugin.bootstrap.outside import secret_of
from livechat_plugin.web.console.visitor import COOKIE, Visitors
from tests.browser.looking import DESKTOP, PHONE
from tests.integration.installation import Installation

WAIT = 30_000.0
"""Milliseconds that anything may take on a loaded machine."""


@dataclass
class Browsing:
    """The browsers of one test; all of it is closed when the test ends."""

    browser: Browser
    installation: Installation
    contexts: list[BrowserContext] = field(default_factory=list)
    pages: list[Page] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    async def __call__(self, user: str, path: str = "/", *, phone: bool = False, **more: Any) -> Page:
        """A page of the console, opened by somebody who is signed in, with a browser of their own.

        Args:
            user: as in `installation.person`; their account must exist.
            path: below `/console`.
            phone: whether the window is a phone's.
            more: as `Browser.new_context` takes it.
        """
        context = await self.context(phone=phone, **more)
        await sign_in(context, self.installation, user)
        return await self.open(context, f"/console{path}")

    async def context(self, *, phone: bool = False, **more: Any) -> BrowserContext:
        """A browser in which nobody is signed in, with cookies of its own."""
        look = {"viewport": PHONE, "is_mobile": True, "has_touch": True} if phone else {"viewport": DESKTOP}
        context = await self.browser.new_context(
            **{"base_url": self.installation.web, "locale": "en-GB", **look, **more}
        )
        context.set_default_timeout(WAIT)
        context.on("page", self._watch)
        self.contexts.append(context)
        return context

    async def open(self, context: BrowserContext, path: str) -> Page:
        """Another page in this browser."""
        page = await context.new_page()
        await page.goto(path)
        return page

    async def close(self) -> None:
        for context in self.contexts:
            await context.close()

    async def told(self) -> str:
        """What the open pages show, for whoever reads of a failure."""
        shown = [
            f"--- {page.url}\n{(await page.locator('body').inner_text(timeout=5000))[:3000]}"
            for page in self.pages
            if not page.is_closed()
        ]
        return "\n".join(shown)

    def _watch(self, page: Page) -> None:
        self.pages.append(page)
        page.on("pageerror", lambda error: self.complaints.append(f"{page.url}: {error}"))
        page.on("console", lambda message: self._hear(page, message))

    def _hear(self, page: Page, message: ConsoleMessage) -> None:
        # A refusal (4xx) is told so as well, and is none of the page's mistakes.
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            self.complaints.append(f"{page.url}: {message.text}")


async def sign_in(context: BrowserContext, installation: Installation, user: str) -> None:
    """Let this browser in as somebody."""
    # As the link of !console does, which has a test of its own.
    as_token = configure(installation.config).registration.as_token.get_secret_value()
    response = Response()
    Visitors(secret_of(as_token), SystemClock(), is_secure=False).sign_in(
        response, installation.user_id(user)
    )
    value = response.headers["set-cookie"].partition("=")[2].partition(";")[0]
    host = urlsplit(installation.web).hostname or ""
    await context.add_cookies([{"name": COOKIE, "value": value, "domain": host, "path": "/console"}])
