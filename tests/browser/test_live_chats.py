"""The live chats workspace in a browser: from +Add to a live chat in which a customer is answered."""

import pytest
from playwright.async_api import Page, expect

from tests.browser.browsing import Browsing
from tests.browser.looking import look_at
from tests.integration.installation import Desk, Installation, body

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def show(page: Page, name: str) -> None:
    """Look at a page from its beginning: what lies beneath the bar at the top of a phone is no target."""
    await page.evaluate("window.scrollTo(0, 0)")
    await look_at(page, name)


async def pick(page: Page, label: str, *names: str) -> None:
    """Name people or groups in a picker."""
    box = page.get_by_role("combobox", name=label)
    for name in names:
        await box.fill(name)
        await box.press("Enter")
    await expect(page.get_by_role("button", name=f"Remove {names[-1]}").first).to_be_visible()


async def test_add_leads_to_a_live_chat_in_which_a_customer_is_answered(
    page_of: Browsing, installation: Installation, desk: Desk
) -> None:
    page = await page_of("ada", "/live-chats")
    await show(page, "live-chats")
    await page.get_by_role("link", name="Add", exact=True).click()
    await show(page, "live-chats-new")

    await page.get_by_label("Name (required)").fill("IT Help Desk")
    await pick(page, "Internal", f"@*:{installation.homeserver.server_name}")
    operators = page.get_by_role("combobox", name="Operators (required)")
    await operators.fill("ann")
    await page.get_by_role("option", name=installation.user_id("anna")).click()
    await pick(page, "Supervisors", installation.user_id("sam"))
    await page.get_by_label("Names of sessions").fill("{client}: {sub")
    await expect(page.locator("#name-example")).to_contain_text("A brace has no partner")
    await page.get_by_label("Names of sessions").fill("")
    await page.get_by_role("button", name="{client}").click()
    await expect(page.locator("#name-example")).to_have_text("Carla Weber")
    await page.get_by_role("button", name="Create live chat").click()

    await expect(page.get_by_role("heading", level=1, name="IT Help Desk")).to_be_visible()
    ghost = installation.user_id("livechat_it-help-desk")
    await expect(page.get_by_role("link", name=ghost)).to_be_visible()  # by itself, once the rooms are made
    await show(page, "live-chat")

    queue = await desk.anna.resolve_alias(f"#livechat_it-help-desk:{installation.homeserver.server_name}")
    await desk.anna.wait_until(lambda: queue in desk.anna.rooms)
    customer = await installation.customer()
    room = await customer.start_direct_chat(ghost)
    await customer.say(room, "My printer is on fire")
    card = await desk.anna.wait_for(queue, lambda event: "printer is on fire" in body(event))
    await desk.anna.react(queue, card["event_id"], "✋")
    session_room = await desk.session_room("My printer is on fire")
    await desk.anna.say(session_room, "Take a step back")
    await customer.wait_for(room, lambda event: body(event) == "Take a step back")


async def test_errors_stand_beside_their_fields_and_nothing_written_is_lost(page_of: Browsing) -> None:
    page = await page_of("ada", "/live-chats/new")
    await page.get_by_label("Name (required)").fill("Customer Support")
    await pick(page, "Operators (required)", "no such group")
    await page.get_by_label("Waiting alert, in minutes").fill("soon")
    await page.get_by_role("button", name="Create live chat").click()
    await expect(page.get_by_text("Nothing is saved yet")).to_be_visible()
    for label, reason in (
        ("Name (required)", "There is a live chat 'Customer Support' already."),
        ("Operators (required)", "There is no group 'no such group'"),
        ("Waiting alert, in minutes", "Must be a whole number of minutes"),
    ):
        field = page.get_by_label(label)
        await expect(field).to_have_attribute("aria-invalid", "true")
        about = str(await field.get_attribute("aria-describedby")).split()
        await expect(page.locator(f"#{about[0]}")).to_contain_text(reason)
    await expect(page.get_by_label("Name (required)")).to_have_value("Customer Support")
    await expect(page.get_by_role("button", name="Remove no such group")).to_be_visible()
    await show(page, "live-chat-errors")


async def test_an_app_is_made_and_a_rule_goes_by_its_field(
    page_of: Browsing, installation: Installation
) -> None:
    page = await page_of("ada", "/apps/new")
    await page.get_by_label("Name (required)").fill("Companies")
    await page.get_by_role("button", name="Add a field").click()
    await expect(page.get_by_label("Label")).to_have_count(3)
    await page.get_by_label("Label").last.fill("Manager")
    await page.get_by_label("Type").last.select_option("user")
    up = page.get_by_role("button", name="Move Manager up")
    await up.focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_label("Label").nth(1)).to_have_value("Manager")
    await show(page, "app-editor")
    await page.get_by_role("button", name="Create app").click()
    await expect(page.get_by_role("heading", level=1, name="Companies")).to_be_visible()
    await page.goto("/console/apps")
    await show(page, "apps")

    await installation.add_chat("sales", "Sales")
    await page.goto("/console/live-chats/sales")
    await page.get_by_text("Specify").click()
    assigned = page.get_by_label("Rule", exact=True).locator("option", has_text="Assigned to")
    await expect(assigned).to_be_disabled()
    await page.get_by_label("Bind account").select_option("companies")
    await expect(assigned).to_be_enabled()
    await page.get_by_label("Rule", exact=True).select_option("assigned_to")
    await page.get_by_label("Assigned to (required)").select_option("manager")
    await show(page, "live-chat-rule")
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_text("Sales is changed.")).to_be_visible()
    await expect(page.get_by_text("Assigned to", exact=True).first).to_be_visible()


async def test_a_stale_form_overwrites_nothing_and_keeps_what_was_written(
    page_of: Browsing, installation: Installation
) -> None:
    await installation.add_chat("stale", "Stale")
    mine, theirs = await page_of("ada", "/live-chats/stale"), await page_of("ada", "/live-chats/stale")
    await theirs.get_by_label("Name (required)").fill("Theirs")
    await theirs.get_by_role("button", name="Save").click()
    await expect(theirs.get_by_text("Theirs is changed.")).to_be_visible()
    await mine.get_by_label("Name (required)").fill("Mine")
    await mine.get_by_label("Waiting alert, in minutes").fill("9")
    await mine.get_by_role("button", name="Save").click()
    conflict = mine.locator("#conflict")
    await expect(conflict).to_contain_text("Name is now “Theirs”. Yours, “Mine”, is kept below")
    await expect(conflict).to_contain_text(installation.user_id("ada"))
    await expect(mine.get_by_label("Name (required)")).to_have_value("Mine")
    await show(mine, "live-chat-conflict")
    await theirs.reload()
    await expect(theirs.get_by_role("heading", level=1, name="Theirs")).to_be_visible()
    await mine.get_by_role("button", name="Save").click()
    await expect(mine.get_by_text("Mine is changed.")).to_be_visible()


async def test_an_operator_is_kept_out_of_the_workspace(page_of: Browsing) -> None:
    page = await page_of("anna", "/live-chats/new")
    for path in ("/live-chats/new", "/live-chats/support", "/apps", "/groups", "/hooks", "/audit"):
        answer = await page.goto(f"/console{path}")
        assert answer is not None
        assert answer.status == 403, path
        await expect(page.get_by_role("main").get_by_role("textbox")).to_have_count(0)
    await show(page, "refused")


async def test_supervisors_read_the_settings(page_of: Browsing) -> None:
    page = await page_of("sam", "/live-chats/support")
    await expect(page.get_by_text("You moderate this live chat.")).to_be_visible()
    await expect(page.get_by_role("button", name="Save")).to_have_count(0)
    await show(page, "live-chat-supervisor")


async def test_administration_pages_can_be_used_by_everybody(
    page_of: Browsing, installation: Installation
) -> None:
    page = await page_of("ada", "/groups?add=list")
    await page.get_by_label("Name (required)").fill("Friends of the house")
    await pick(page, "Members", installation.user_id("sam"))
    await show(page, "groups")
    await page.get_by_role("button", name="Create group").click()
    await expect(page.get_by_role("heading", level=1, name="Friends of the house")).to_be_visible()
    await show(page, "group")
    for path in ("operators", "messengers", "hooks", "audit"):
        await page.goto(f"/console/{path}")
        await show(page, path)
    mine = await page_of("anna", "/attendance")
    await show(mine, "attendance")
    await mine.get_by_role("main").get_by_role("button", name="Away").click()
    await expect(mine.get_by_role("main").get_by_role("button", name="Away")).to_have_attribute(
        "aria-pressed", "true"
    )
    await mine.get_by_role("main").get_by_role("button", name="Online").click()
    await expect(mine.get_by_role("main").get_by_role("button", name="Online")).to_have_attribute(
        "aria-pressed", "true"
    )
