"""A session on its page: what the customer writes appears there, and what is written there reaches the customer."""

import struct
import zlib
from typing import Any

import pytest
from playwright.async_api import FilePayload, Locator, Page, expect

from tests.browser.browsing import Browsing
from tests.browser.looking import look_at, take_picture
from tests.integration.installation import NAME, Desk, Installation, Served, body, says

pytestmark = pytest.mark.asyncio(loop_scope="session")


def png(width: int = 320, height: int = 200) -> bytes:
    """A picture in one colour after the other."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    row = b"".join(bytes((40, 120 + column % 100, 160)) for column in range(width))
    pixels = zlib.compress(b"".join(b"\0" + row for _ in range(height)))
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def words(page: Page, text: str) -> Locator:
    return page.locator("#conversation .message").filter(has_text=text)


async def send(page: Page, text: str) -> None:
    box = page.get_by_label("Message", exact=True)
    await box.fill(text)
    await box.press("Enter")


def from_ghost(served: Served, text: str) -> Any:
    return lambda event: text in body(event) and event["sender"] != served.customer.user_id


async def opened(page_of: Browsing, served: Served, **more: Any) -> Page:
    return await page_of("anna", f"/sessions/{served.number}", **more)


async def test_a_conversation_goes_on_in_the_page(
    page_of: Browsing, desk: Desk, installation: Installation
) -> None:
    served = await desk.serve(await installation.customer(), "My pump is broken")
    page = await opened(page_of, served)
    await expect(words(page, "My pump is broken")).to_be_visible()
    await served.customer.say(served.customer_room, "It is the red one")
    await expect(words(page, "It is the red one")).to_be_visible()
    await send(page, "Which model is it?")
    seen = await served.customer.wait_for(served.customer_room, from_ghost(served, "Which model is it?"))
    assert seen["sender"] == installation.ghost
    await desk.anna.wait_for(served.session_room, says("Anna: Which model is it?"))
    await expect(words(page, "Which model is it?")).to_contain_text("Sent")
    await expect(page.get_by_label("Message", exact=True)).to_have_value("")
    await expect(page.get_by_label("Message", exact=True)).to_be_focused()


async def test_what_is_typed_stays_while_the_conversation_goes_on(
    page_of: Browsing, desk: Desk, installation: Installation
) -> None:
    served = await desk.serve(await installation.customer(), "Hello, anybody?")
    page = await opened(page_of, served)
    box = page.get_by_label("Message", exact=True)
    await box.fill("half a senten")
    await served.customer.say(served.customer_room, "Are you there?")
    await expect(words(page, "Are you there?")).to_be_visible()
    await expect(box).to_have_value("half a senten")
    await expect(box).to_be_focused()


async def test_what_is_half_written_stays_in_its_session_until_one_signs_out(
    page_of: Browsing, desk: Desk, installation: Installation
) -> None:
    first = await desk.serve(await installation.customer(), "Keep my place")
    second = await desk.serve(await installation.customer(), "Keep mine, too")
    page = await opened(page_of, first)
    box = page.get_by_label("Message", exact=True)
    await page.get_by_role("radio", name="Note").check()
    await box.fill("half a note")
    await page.goto(f"{installation.web}/console/sessions/{second.number}")
    await expect(box).to_have_value("")
    await box.fill("half an answer")
    await page.reload()
    await expect(box).to_have_value("half an answer")
    await page.go_back()
    await expect(box).to_have_value("half a note")
    await expect(page.get_by_role("radio", name="Note")).to_be_checked()
    await box.press("Enter")
    await expect(words(page, "half a note")).to_be_visible()
    await page.reload()
    await expect(box).to_have_value("")
    await box.fill("half another note")
    await page.goto(f"{installation.web}/console/sessions/mine")
    await page.locator("summary.user").click()
    await page.get_by_role("button", name="Sign out").click()
    await expect(page.get_by_text("You are signed out.")).to_be_visible()
    assert "half" not in await page.evaluate("() => JSON.stringify(sessionStorage)")


async def test_a_menu_stays_where_it_is_when_its_message_is_seen(
    page_of: Browsing, desk: Desk, installation: Installation
) -> None:
    served = await desk.serve(await installation.customer(), "Tell me")
    page = await opened(page_of, served)
    await send(page, "Told")
    own = words(page, "Told")
    await expect(own).to_contain_text("Sent")
    menu = own.locator("details.menu")
    await menu.evaluate("(menu) => { menu.isTheSame = true; }")
    seen = await served.customer.wait_for(served.customer_room, from_ghost(served, "Told"))
    await served.customer.read(served.customer_room, seen["event_id"])
    await expect(own).to_contain_text("Seen")
    assert await menu.evaluate("(menu) => menu.isTheSame === true")


async def test_edits_and_deletions_follow_in_both_directions(
    page_of: Browsing, desk: Desk, installation: Installation
) -> None:
    served = await desk.serve(await installation.customer(), "One question")
    first = await served.customer.say(served.customer_room, "Helo")
    second = await served.customer.say(served.customer_room, "my password is 1234")
    page = await opened(page_of, served)
    await expect(words(page, "my password")).to_be_visible()
    await served.customer.edit(served.customer_room, first, "Hello")
    await served.customer.redact(served.customer_room, second)
    await expect(words(page, "Hello").filter(has_text="edited")).to_be_visible()
    await expect(words(page, "my password")).to_have_count(0)
    await expect(words(page, "This message was taken back.")).to_be_visible()

    await send(page, "Anser")
    own = words(page, "Anser")
    await expect(own).to_contain_text("Sent")
    seen = await served.customer.wait_for(served.customer_room, from_ghost(served, "Anser"))
    await own.get_by_label("Edit or delete this message").click()
    await own.get_by_role("link", name="Edit…").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("Words").fill("Answer")
    await dialog.get_by_role("button", name="Save").click()
    await expect(dialog).to_have_count(0)
    edited = await served.customer.wait_for(
        served.customer_room,
        lambda event: event["content"].get("m.new_content", {}).get("body") == "Answer",
    )
    assert edited["content"]["m.relates_to"]["event_id"] == seen["event_id"]
    own = words(page, "Answer")
    await expect(own).to_contain_text("edited")
    await own.get_by_label("Edit or delete this message").click()
    await own.get_by_role("link", name="Delete…").click()
    await page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    await served.customer.wait_for(
        served.customer_room,
        lambda event: event["type"] == "m.room.redaction" and event.get("redacts") == seen["event_id"],
    )
    await expect(words(page, "Answer")).to_have_count(0)


async def test_files_go_both_ways(page_of: Browsing, desk: Desk, installation: Installation) -> None:
    served = await desk.serve(await installation.customer(), "I have a picture")
    picture = png()
    url = await served.customer.upload(picture, "image/png", "pump.png")
    info = {"mimetype": "image/png", "size": len(picture), "w": 320, "h": 200}
    content = {"msgtype": "m.image", "body": "pump.png", "filename": "pump.png", "url": url, "info": info}
    await served.customer.send(served.customer_room, content)
    evil = await served.customer.upload(b"<script>alert(1)</script>", "text/html", "evil.html")
    await served.customer.send(
        served.customer_room, {"msgtype": "m.image", "body": "evil.html", "url": evil, "info": {}}
    )
    page = await opened(page_of, served)
    shown = page.locator("#conversation img[alt='pump.png']")
    await shown.scroll_into_view_if_needed()
    await expect(shown).to_be_visible()
    await page.wait_for_function("() => document.querySelector(\"img[alt='pump.png']\").naturalWidth > 0")
    address = await page.locator("#conversation img[alt='evil.html']").get_attribute("src")
    answer = await page.request.get(f"{installation.web}{address}")
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"].startswith("attachment")
    assert "sandbox" in answer.headers["content-security-policy"]

    files: list[FilePayload] = [
        {"name": "Annas drawing.png", "mimeType": "image/png", "buffer": picture},
        {"name": "list.txt", "mimeType": "text/plain", "buffer": b"one\ntwo"},
    ]
    await page.locator("input[type=file]").set_input_files(files)
    await expect(page.get_by_label("Do not send list.txt")).to_be_visible()
    await send(page, "Two files")
    await served.customer.wait_for(served.customer_room, from_ghost(served, "Two files"))
    seen = await served.customer.wait_for(
        served.customer_room, lambda event: event["content"].get("filename") == f"{NAME} drawing.png"
    )
    assert await served.customer.download(seen["content"]["url"])
    listed = await served.customer.wait_for(
        served.customer_room, lambda event: event["content"].get("filename") == "list.txt"
    )
    assert await served.customer.download(listed["content"]["url"]) == b"one\ntwo"
    await expect(page.locator(".composer-file")).to_have_count(0)
    await expect(page.locator("#conversation .message").last).to_contain_text("Sent")
    async with page.expect_download() as loading:
        await page.get_by_role("link", name="list.txt").click()
    assert (await loading.value).suggested_filename == "list.txt"


async def test_a_file_that_is_too_large_is_refused_before_it_is_sent(
    page_of: Browsing, desk: Desk, installation: Installation
) -> None:
    served = await desk.serve(await installation.customer(), "Send me the film")
    page = await opened(page_of, served)
    await page.evaluate(
        """() => {
          const files = new DataTransfer();
          files.items.add(new File([new Uint8Array(60_000_000)], "film.mp4", {type: "video/mp4"}));
          const input = document.querySelector("input[type=file]");
          input.files = files.files;
          input.dispatchEvent(new Event("change", {bubbles: true}));
        }"""
    )
    await expect(page.get_by_role("alert")).to_contain_text("film.mp4 is too large: it has 60 MB")
    await expect(page.locator(".composer-file")).to_have_count(0)


async def test_a_note_stays_inside(page_of: Browsing, desk: Desk, installation: Installation) -> None:
    served = await desk.serve(await installation.customer(), "Is anybody there?")
    page = await opened(page_of, served)
    await page.get_by_role("radio", name="Note").check()
    await expect(page.get_by_text("A note is never sent to the customer.")).to_be_visible()
    await send(page, "She is a difficult one")
    await expect(words(page, "difficult")).to_contain_text("never sent to the customer")
    await desk.anna.wait_for(served.session_room, says("difficult"))
    await page.get_by_role("radio", name="Answer").check()
    await send(page, "Good morning")
    await served.customer.wait_for(served.customer_room, from_ghost(served, "Good morning"))
    assert not [event for event in served.customer.events(served.customer_room) if "difficult" in body(event)]


async def test_a_session_is_handed_on_and_closed(
    page_of: Browsing, desk: Desk, installation: Installation
) -> None:
    served = await desk.serve(await installation.customer(), "Who can help me?")
    page = await opened(page_of, served)
    await page.get_by_role("link", name="Transfer", exact=True).click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("To").select_option(installation.user_id("boris"))
    await dialog.get_by_label("Note for whoever gets it").fill("it is about pumps")
    await dialog.get_by_role("button", name="Transfer").click()
    await page.wait_for_url("**/sessions/mine")

    other = await page_of("boris", f"/sessions/{served.number}")
    await expect(words(other, "it is about pumps")).to_contain_text("never sent to the customer")
    await other.get_by_label("More about this session").click()
    await other.get_by_role("link", name="Rename…").click()
    await other.get_by_role("dialog").get_by_label("Name").fill("The pumps")
    await other.get_by_role("dialog").get_by_role("button", name="Rename").click()
    await expect(other.locator("#session-head h1")).to_have_text("The pumps")
    await other.get_by_role("link", name="Close", exact=True).click()
    await other.get_by_role("button", name="Close the session").click()
    await expect(other.locator("#session-head")).to_contain_text("Closed")
    await served.customer.wait_for(served.customer_room, from_ghost(served, "closed"))


async def test_a_supervisor_takes_over_and_the_operator_sees_it(
    page_of: Browsing, desk: Desk, installation: Installation
) -> None:
    served = await desk.serve(await installation.customer(), "I want to speak to your boss")
    page = await opened(page_of, served)
    await page.get_by_label("Message", exact=True).fill("half a sent")
    boss = await page_of("sam", f"/sessions/{served.number}")
    await boss.get_by_role("button", name="Take over").click()
    await expect(boss.locator("#toasts")).to_contain_text("You serve session")  # the page is loaded anew
    await expect(boss.locator("#session-head")).to_contain_text("You")
    await send(boss, "This is the boss")
    await served.customer.wait_for(served.customer_room, from_ghost(served, "This is the boss"))
    await expect(page.get_by_text("is somebody else's now")).to_be_visible()
    await expect(page.get_by_label("Message", exact=True)).to_have_value("half a sent")


async def test_everything_is_done_by_the_keyboard(
    page_of: Browsing, desk: Desk, installation: Installation
) -> None:
    served = await desk.serve(await installation.customer(), "No mouse today")
    page = await opened(page_of, served)
    await page.get_by_label("Message", exact=True).focus()
    await page.keyboard.type("one")
    await page.keyboard.press("Shift+Enter")
    await page.keyboard.type("two")
    await page.keyboard.press("Enter")
    await served.customer.wait_for(served.customer_room, from_ghost(served, "one\ntwo"))
    await expect(words(page, "two")).to_contain_text("Sent")
    for _ in range(40):
        await page.keyboard.press("Shift+Tab")
        name = await page.evaluate("() => document.activeElement.textContent.trim()")
        if name == "Close":
            break
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("dialog")).to_be_visible()
    for _ in range(10):
        if await page.evaluate("() => document.activeElement.textContent.trim()") == "Close the session":
            break
        await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await expect(page.locator("#session-head")).to_contain_text("Closed")


async def test_an_operator_does_not_see_what_others_serve(
    page_of: Browsing, desk: Desk, installation: Installation
) -> None:
    served = await desk.serve(await installation.customer(), "Only between us")
    page = await page_of("boris", f"/sessions/{served.number}")
    await expect(page.get_by_text("Ask a supervisor to assign it to you.")).to_be_visible()
    await expect(page.get_by_text("Only between us")).to_have_count(0)


async def test_it_is_a_page_that_everybody_can_use(
    page_of: Browsing, desk: Desk, installation: Installation
) -> None:
    served = await desk.serve(
        await installation.customer(), "Good morning! My pump makes a noise since Monday."
    )
    say = served.customer.say
    await say(
        served.customer_room,
        "It is the red one, bought in March. See https://example.org/pumps/red-42?colour=red",
    )
    picture = png()
    url = await served.customer.upload(picture, "image/png", "pump.png")
    info = {"mimetype": "image/png", "size": len(picture), "w": 320, "h": 200}
    content = {"msgtype": "m.image", "body": "pump.png", "filename": "pump.png", "url": url, "info": info}
    await served.customer.send(served.customer_room, content)
    page = await opened(page_of, served)
    await send(
        page, "Good morning! **Which model** is it?\nYou find it on the plate:\n- a number\n- a letter"
    )
    await expect(words(page, "Which model")).to_contain_text("Sent")
    await say(served.customer_room, "P-42")
    await page.get_by_role("radio", name="Note").check()
    await send(page, "She has three of them")
    await expect(words(page, "She has three")).to_be_visible()
    await page.get_by_role("radio", name="Answer").check()
    await send(page, "Thank you, I am looking into it.")
    await expect(words(page, "looking into it")).to_contain_text("Sent")
    await page.wait_for_function("() => document.querySelector(\"img[alt='pump.png']\").naturalWidth > 0")
    await expect(page.get_by_role("heading", name="Customer Information")).to_be_visible()
    await look_at(page, "session")


async def test_who_reads_further_up_is_told_of_what_comes(
    page_of: Browsing, desk: Desk, installation: Installation
) -> None:
    served = await desk.serve(await installation.customer(), "This will be long")
    for number in range(12):
        await served.customer.say(served.customer_room, f"Paragraph {number}. " + "Many words. " * 60)
    page = await opened(page_of, served)
    await expect(words(page, "Paragraph 11.")).to_be_in_viewport()
    log = page.locator("#conversation")
    await log.evaluate("(log) => { log.scrollTop = 0; }")
    await served.customer.say(served.customer_room, "The last word")
    news = page.get_by_role("button", name="New messages")
    await expect(news).to_be_visible()
    assert await log.evaluate("(log) => log.scrollTop") == 0
    await news.click()
    await expect(words(page, "The last word")).to_be_in_viewport()
    await expect(news).to_be_hidden()
    await served.customer.say(served.customer_room, "And one more")
    await expect(words(page, "And one more")).to_be_in_viewport()


async def test_a_session_that_waits_and_one_that_is_over(
    page_of: Browsing, desk: Desk, installation: Installation
) -> None:
    customer = await installation.person(
        "longname", display_name="Maximiliana Constanze von und zu Hohenstein-Wittgenstein"
    )
    _, number, _ = await desk.write(
        customer, "Wer kann mir helfen? Meine Pumpe macht seit Montag komische Geräusche."
    )
    page = await page_of("sam", f"/sessions/{number}")
    await expect(page.get_by_role("button", name="Take over")).to_be_visible()
    await expect(page.locator("#composer-state")).to_contain_text("Nobody has taken session")
    await expect(page.get_by_role("radio", name="Note")).to_be_checked()
    await expect(page.get_by_role("heading", name="Account")).to_be_visible()
    await look_at(page, "session-waiting")
    await page.get_by_role("link", name="Close", exact=True).click()
    await look_at(page, "session-close-dialog")
    await page.get_by_role("button", name="Close the session").click()
    await expect(page.locator("#session-head")).to_contain_text("Closed")
    await look_at(page, "session-closed")


async def test_on_a_phone_the_customer_comes_over_the_conversation(
    page_of: Browsing, desk: Desk, installation: Installation
) -> None:
    served = await desk.serve(await installation.customer(), "From my phone")
    page = await opened(page_of, served, phone=True)
    await expect(page.get_by_role("heading", name="Customer Information")).to_be_hidden()
    await page.get_by_role("button", name="Customer Information").click()
    await expect(page.get_by_role("heading", name="Customer Information")).to_be_visible()
    await take_picture(page, "session-customer-phone")
    await page.get_by_role("button", name="Back to the conversation").click()
    await expect(page.get_by_role("heading", name="Customer Information")).to_be_hidden()
    await expect(words(page, "From my phone")).to_be_visible()
