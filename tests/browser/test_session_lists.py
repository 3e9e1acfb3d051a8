"""The lists of sessions as operators and supervisors have them open: they follow by themselves, and one wins."""

import asyncio
import re
from itertools import count

import pytest
from playwright.async_api import Locator, Page, expect

from tests.browser.browsing import Browsing
from tests.browser.looking import look_at
from tests.integration.installation import Desk, Installation

pytestmark = pytest.mark.asyncio(loop_scope="session")

_numbers = count(1)


def words(what: str) -> str:
    """A first message that no other test writes."""
    return f"{what} (list {next(_numbers)})"


def row(page: Page, text: str) -> Locator:
    return page.locator("[data-row]", has_text=text)


async def test_new_sessions_and_words_appear_in_the_open_queue(
    page_of: Browsing, desk: Desk, installation: Installation
) -> None:
    page = await page_of("anna", "/sessions/queue")
    customer, text = await installation.customer(), words("My order is late")
    room, number, _ = await desk.write(customer, text)
    mine = row(page, text)
    await expect(mine).to_contain_text(customer_name(customer.user_id))
    await expect(mine.get_by_text("New", exact=True)).to_be_visible()
    await expect(page.locator("#count-waiting")).to_be_visible()
    more = words("It is a bicycle")
    await customer.say(room, more)
    await expect(row(page, more)).to_have_attribute("data-row", str(number))


async def test_of_two_operators_one_gets_the_session_and_the_other_is_told_who(
    page_of: Browsing, desk: Desk, installation: Installation
) -> None:
    text = words("Who helps me?")
    annas, boriss = [await page_of(name, "/sessions/queue") for name in ("anna", "boris")]
    _, number, _ = await desk.write(await installation.customer(), text)
    buttons = [row(page, text).get_by_role("button", name="Take") for page in (annas, boriss)]
    for button in buttons:
        await expect(button).to_be_visible()
    # Live updates must not take the button away before both have pressed it.
    await asyncio.gather(*(button.dispatch_event("click") for button in buttons))
    told = re.compile(rf"Session #{number} is already taken by @(anna|boris):")
    won = re.compile(rf"/sessions/{number}$")
    has_won = []
    for page in (annas, boriss):
        await page.wait_for_function(
            "([number, told]) => location.pathname.endsWith(`/sessions/${number}`)"
            " || document.body.innerText.includes(told)",
            arg=[number, f"#{number} is already taken"],
        )
        has_won.append(won.search(page.url) is not None)
    assert sorted(has_won) == [False, True]
    winner, loser = ("anna", boriss) if has_won[0] else ("boris", annas)
    await expect(loser.locator("#toasts")).to_contain_text(told)
    await expect(loser.locator("#toasts")).to_contain_text(f"@{winner}:")
    await expect(row(loser, text)).to_have_count(0)


async def test_a_supervisor_gives_a_waiting_session_to_an_operator(
    page_of: Browsing, desk: Desk, installation: Installation
) -> None:
    text = words("Please call me")
    sams, boriss = await page_of("sam", "/sessions/queue"), await page_of("boris", "/sessions/mine")
    _, number, _ = await desk.write(await installation.customer(), text)
    await row(sams, text).get_by_role("link", name="Assign").click()
    dialog = sams.get_by_role("dialog")
    await dialog.get_by_role("searchbox").press_sequentially("bor")
    await expect(dialog.get_by_role("radio")).to_have_count(1)
    await look_at(sams, "sessions-assign")
    await dialog.get_by_role("radio").check()
    await dialog.get_by_role("button", name="Assign").click()
    await expect(row(sams, text)).to_have_count(0)
    await expect(row(boriss, text)).to_have_attribute("data-row", str(number))
    await desk.session_room(text, desk.boris)


async def test_what_is_unread_is_counted_until_the_client_says_that_it_was_read(
    page_of: Browsing, desk: Desk, installation: Installation
) -> None:
    served = await desk.serve(await installation.customer(), words("Hello Anna"))
    page = await page_of("anna", "/sessions/mine")
    text = words("Are you there?")
    await served.customer.say(served.customer_room, text)
    mine = row(page, text)
    await expect(mine).to_have_class(re.compile(r"\bunread\b"))
    await expect(mine.locator(".count-new")).to_contain_text("unread")
    await expect(page).to_have_title(re.compile(r"^\(\d+\+?\) My sessions"))
    seen = await desk.anna.wait_for(served.session_room, lambda event: text in str(event.get("content")))
    await desk.anna.read(served.session_room, seen["event_id"])
    await expect(mine.locator(".count-new")).to_have_count(0)
    await desk.anna.say(served.session_room, "I am")
    await expect(row(page, "Anna: I am")).to_have_count(1)
    more = words("Good")
    await served.customer.say(served.customer_room, more)
    await expect(row(page, more).locator(".count-new")).to_contain_text("1 unread")
    opened = await page_of.open(page.context, f"/console/sessions/{served.number}")
    await expect(opened.get_by_text(more)).to_be_visible()
    await expect(row(page, more)).not_to_have_class(re.compile(r"\bunread\b"))


async def test_keys_go_from_row_to_row(page_of: Browsing, desk: Desk, installation: Installation) -> None:
    for _ in range(2):
        await desk.write(await installation.customer(), words("Next, please"))
    page = await page_of("anna", "/sessions/queue")
    rows = page.locator("[data-row] .row-link")
    await expect(rows.nth(1)).to_be_visible()
    await page.keyboard.press("j")
    await expect(rows.nth(0)).to_be_focused()
    await page.keyboard.press("ArrowDown")
    await expect(rows.nth(1)).to_be_focused()
    await page.keyboard.press("k")
    await expect(rows.nth(0)).to_be_focused()
    address = await rows.nth(0).get_attribute("href")
    first = page.locator("[data-row]", has=page.locator(f"[href='{address}']"))
    await page.keyboard.press("Enter")
    await page.wait_for_url(f"**{address}")
    other = await page_of.open(page.context, "/console/sessions/queue")
    seen = other.locator("[data-row]", has=other.locator(f"[href='{address}']"))
    await expect(seen).to_be_visible()
    await expect(seen.get_by_text("New", exact=True)).to_have_count(0)
    await page.go_back()  # to the list as it is now, not as it was
    await expect(first.get_by_text("New", exact=True)).to_have_count(0)


async def test_the_lists_are_for_everybody(page_of: Browsing, desk: Desk, installation: Installation) -> None:
    served = await desk.serve(await installation.customer(), words("The printer burns and nobody comes"))
    await desk.anna.say(served.session_room, "!priority high")
    long = " and I have been waiting for my bicycle for a very long time" * 5
    text = words("Good morning")
    room = await (late := await installation.customer()).start_direct_chat(installation.ghost)
    await late.say(room, text + long)
    await desk.card(text)
    for user, path, name in (
        ("anna", "/sessions/queue", "sessions-queue"),
        ("anna", "/sessions/mine", "sessions-mine"),
        ("sam", "/sessions/active", "sessions-active"),
        ("sam", "/sessions/queue", "sessions-queue-supervisor"),
    ):
        page = await page_of(user, path)
        await expect(page.locator("[data-row]").first).to_be_visible()
        await look_at(page, name)
    empty = await page_of("sam", "/sessions/mine")
    await expect(empty.get_by_text("You serve nobody")).to_be_visible()
    await look_at(empty, "sessions-empty")
    nothing = await page_of("sam", "/sessions/closed?q=no-such-words")
    await expect(nothing.get_by_text("No session matches")).to_be_visible()
    await look_at(nothing, "sessions-no-match")


async def test_the_process_ends_at_once_though_pages_are_open(
    page_of: Browsing, installation: Installation
) -> None:
    page = await page_of("anna", "/sessions/queue")
    await pages_are_open(installation)
    began = asyncio.get_running_loop().time()
    await installation.end_plugin()
    assert asyncio.get_running_loop().time() - began < 5
    await installation.start_plugin()
    await pages_are_open(installation)  # the page comes back by itself
    await expect(page.get_by_role("heading", level=1)).to_have_text("Queue")


async def pages_are_open(installation: Installation) -> None:
    async with asyncio.timeout(60):
        while (await installation.metrics()).get("livechat_open_pages", 0) < 1:  # noqa: ASYNC110 - a process
            await asyncio.sleep(0.05)


def customer_name(user_id: str) -> str:
    """`Carla 3` of `@carla3:…`."""
    return "Carla " + user_id.partition(":")[0].removeprefix("@carla")


async def test_counters_come_to_a_page_that_has_no_place_for_them(
    page_of: Browsing, installation: Installation, desk: Desk
) -> None:
    """Somebody who had another role when the page was made; a mistake told by the page fails the test."""
    page = await page_of("anna", "/sessions/queue")
    await expect(page.locator("#count-waiting")).to_be_attached()
    await page.evaluate("document.getElementById('count-waiting').remove()")
    async with page.expect_response("**/sessions/counters"):
        customer = await installation.customer()
        await desk.write(customer, "Where do the counters go?")
    await expect(page.get_by_text("Where do the counters go?")).to_be_visible()
