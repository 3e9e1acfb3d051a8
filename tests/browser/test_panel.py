"""The session panel within a Matrix client: who is let in, what they see, and how it follows."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import pytest_asyncio
from playwright.async_api import expect

from tests.browser.browsing import Browsing
from tests.browser.looking import barriers, take_picture, wider_than_the_window
from tests.browser.matrix_client import MatrixClient, serving
from tests.integration.installation import Desk, Installation, free_port

pytestmark = pytest.mark.asyncio(loop_scope="session")

PART = "**/panel/sessions/*/customer"


@pytest_asyncio.fixture(loop_scope="session")
async def client(installation: Installation, page_of: Browsing) -> AsyncIterator[MatrixClient]:
    assert installation.panel_client is not None
    async with serving(installation.panel_client):
        yield MatrixClient(installation, page_of, installation.panel_client)
    # Browsers leave the focus in the client where it was; our dialogs set it themselves.
    page_of.complaints[:] = [told for told in page_of.complaints if "Blocked autofocusing" not in told]


async def test_the_operator_sees_who_writes(client: MatrixClient, desk: Desk) -> None:
    served = await desk.serve(await client.installation.customer(), "The panel should know me")
    page, panel = await client.open("anna", served.session_room)
    await expect(panel.get_by_role("heading", name="Customer Information")).to_be_visible()
    await expect(panel.get_by_text(served.customer.user_id).first).to_be_visible()
    await expect(panel.locator("#session-head")).to_contain_text(f"#{served.number}")
    cookies = await page.context.cookies()
    assert not cookies
    await take_picture(page, "panel")


async def test_the_panel_follows_what_happens_in_the_room(client: MatrixClient, desk: Desk) -> None:
    served = await desk.serve(await client.installation.customer(), "Follow me")
    _, panel = await client.open("anna", served.session_room)
    await expect(panel.locator("#session-head")).to_contain_text(f"#{served.number}")
    await served.operator.say(served.session_room, "!rename Burning printer")
    await expect(panel.get_by_role("heading", level=1)).to_have_text("Burning printer")
    await served.operator.say(served.session_room, "!close")
    await expect(panel.locator("#session-head")).to_contain_text("closed", ignore_case=True)
    await served.customer.say(served.customer_room, "One more thing")
    again, card = await desk.card("One more thing")
    await desk.anna.react(desk.queue, card, "✋")
    await expect(panel.locator("#session-head")).to_contain_text(f"#{again}")


async def test_a_session_is_renamed_and_closed_from_the_panel(client: MatrixClient, desk: Desk) -> None:
    served = await desk.serve(await client.installation.customer(), "Do it from the panel")
    _, panel = await client.open("anna", served.session_room)
    await panel.get_by_label("More about this session").click()
    await panel.get_by_role("link", name="Rename").click()
    await panel.get_by_label("Name", exact=True).fill("Renamed in the panel")
    await panel.get_by_role("button", name="Rename").click()
    await expect(panel.get_by_role("heading", name="Renamed in the panel")).to_be_visible()
    await expect(panel.get_by_role("dialog")).to_have_count(0)
    await panel.get_by_role("link", name="Close", exact=True).click()
    await panel.get_by_role("button", name="Close the session").click()
    await expect(panel.locator("#session-head")).to_contain_text("closed", ignore_case=True)
    await expect(panel.locator("#toasts")).to_contain_text("is closed")
    await expect(panel.get_by_role("dialog")).to_have_count(0)
    await served.operator.wait_until(lambda: served.session_room not in served.operator.rooms)


@pytest.mark.parametrize(("theme", "width"), [("light", 1000), ("dark", 1000), ("light", 320), ("dark", 320)])
async def test_everybody_can_use_the_panel(client: MatrixClient, desk: Desk, theme: str, width: int) -> None:
    words = f"I like it {theme} and {width} wide"
    served = await desk.serve(await client.installation.customer(), words)
    size = {"width": width, "height": 280 if width > 400 else 700}
    page, panel = await client.open("anna", served.session_room, theme=theme, viewport=size)
    await expect(panel.locator("#customer-panel")).to_contain_text(served.customer.user_id)
    frame = page.frames[1]
    await take_picture(page, f"panel-{theme}-{width}")
    assert not await barriers(frame)
    assert await wider_than_the_window(frame) is None
    await panel.get_by_role("link", name="Transfer").click()
    await expect(panel.get_by_role("dialog")).to_be_visible()
    await take_picture(page, f"panel-{theme}-{width}-transfer")
    assert not await barriers(frame)
    assert await wider_than_the_window(frame) is None


async def test_a_client_may_ask_first_and_whoever_said_no_can_say_yes(
    client: MatrixClient, desk: Desk
) -> None:
    served = await desk.serve(await client.installation.customer(), "Who looks?")
    page, panel = await client.open("anna", served.session_room, consent="ask")
    await page.wait_for_function("() => asked.length === 1")
    await expect(panel.get_by_text("Your client is asked who you are")).to_be_visible()
    await page.evaluate("() => decide(false)")
    await expect(panel.get_by_role("alert")).to_contain_text("must know who you are")
    await expect(panel.get_by_role("alert")).to_contain_text("!help")
    await take_picture(page, "panel-declined")
    await panel.get_by_role("button", name="Try again").click()
    await page.wait_for_function("() => asked.length === 1")
    await page.evaluate("() => decide(true)")
    await expect(panel.locator("#session-head")).to_contain_text(f"#{served.number}")


async def test_a_client_that_says_no_by_itself(client: MatrixClient, desk: Desk) -> None:
    served = await desk.serve(await client.installation.customer(), "No, thanks")
    _, panel = await client.open("anna", served.session_room, consent="blocked")
    await expect(panel.get_by_role("alert")).to_contain_text("revoke its permissions")


async def test_who_has_no_part_in_the_session_is_told_so_and_sees_nothing(
    client: MatrixClient, desk: Desk
) -> None:
    customer = await client.installation.customer()
    served = await desk.serve(customer, "My secret")
    theirs = await client.credentials(customer.user_id[1:].partition(":")[0])
    _, panel = await client.open("anna", served.session_room, credentials=theirs)
    await expect(panel.get_by_role("alert")).to_contain_text("neither operator nor supervisor")
    await expect(panel.locator("#customer-panel")).to_have_count(0)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"matrix_server_name": "elsewhere.org"}, "this panel is for accounts on"),
        ({"access_token": "forged"}, "does not confirm who you are"),
    ],
    ids=["another server", "a forged token"],
)
async def test_what_the_homeserver_does_not_confirm_lets_nobody_in(
    client: MatrixClient, desk: Desk, changes: dict[str, Any], words: str
) -> None:
    served = await desk.serve(await client.installation.customer(), f"Prove it, {words}")
    credentials = {**await client.credentials("anna"), **changes}
    _, panel = await client.open("anna", served.session_room, credentials=credentials)
    await expect(panel.get_by_role("alert")).to_contain_text(words)


async def test_no_other_page_can_frame_the_panel(client: MatrixClient, desk: Desk) -> None:
    served = await desk.serve(await client.installation.customer(), "Do not frame me")
    stranger = MatrixClient(client.installation, client.browsing, f"http://127.0.0.1:{free_port()}")
    async with serving(stranger.address):
        page, panel = await stranger.open("anna", served.session_room)
        await page.wait_for_load_state("networkidle")
        await expect(panel.locator("#main")).to_have_count(0)
    complaints = client.browsing.complaints
    assert any("frame-ancestors" in complaint for complaint in complaints)
    complaints.clear()


async def test_the_panel_has_the_theme_of_the_client(client: MatrixClient, desk: Desk) -> None:
    served = await desk.serve(await client.installation.customer(), "Turn the light off")
    page, panel = await client.open("anna", served.session_room, theme="dark")
    await expect(panel.locator("html")).to_have_attribute("data-theme", "dark")
    await expect(panel.locator("#session-head")).to_be_visible()
    await take_picture(page, "panel-dark")
    await page.evaluate("() => send('theme_change', {name: 'light'})")
    await expect(panel.locator("html")).to_have_attribute("data-theme", "light")
    await page.evaluate("() => send('theme_change', {name: 'custom-Sunset'})")
    await expect(panel.locator("html")).not_to_have_attribute("data-theme", "light")


async def test_a_bearer_that_is_good_no_longer_is_replaced_without_a_word(
    client: MatrixClient, desk: Desk
) -> None:
    served = await desk.serve(await client.installation.customer(), "Still there?")
    page, panel = await client.open("anna", served.session_room)
    await expect(panel.locator("#customer-panel")).to_contain_text(served.customer.user_id)

    async def too_old(route: Any) -> None:
        await route.fulfill(status=401, body="Too old")

    async with page.expect_response(lambda response: response.status == 401):
        await page.route(PART, too_old, times=1)
        await served.operator.say(served.session_room, "!rename Still here")
    await expect(panel.get_by_role("heading", level=1)).to_have_text("Still here")
    await expect(panel.locator("#customer-panel")).to_contain_text(served.customer.user_id)
    await expect(panel.get_by_role("alert")).to_have_count(0)
    complaints = client.browsing.complaints
    assert all("401" in complaint for complaint in complaints)  # htmx writes it into the browser's log
    complaints.clear()


async def test_without_a_client_the_page_says_where_it_belongs(
    client: MatrixClient, installation: Installation
) -> None:
    context = await client.browsing.context()
    page = await client.browsing.open(context, "/panel/?room=!x")
    await expect(page.get_by_role("alert")).to_contain_text("beside session rooms")
    async with httpx.AsyncClient(base_url=installation.web) as http:
        shell = await http.get("/panel/")
        assert "x-frame-options" not in shell.headers
        assert f"frame-ancestors {installation.panel_client}" in shell.headers["content-security-policy"]
        assert (await http.get("/panel/room")).status_code == 401
