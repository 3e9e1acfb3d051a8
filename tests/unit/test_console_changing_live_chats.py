"""Live chats are changed and deleted in the console, and nobody overwrites what others wrote."""

from dataclasses import asdict

import pytest

from tests.unit.console import Console
from tests.unit.desk import ANNA, BORIS, CARLA, Desk
from tests.unit.test_console_live_chats import NEW, console, desk, error_of, sent
from tests.unit.wiring import ADA

__all__ = ["console", "desk"]


async def test_the_form_shows_what_is_and_saving_it_as_it_is_changes_nothing(
    console: Console, desk: Desk
) -> None:
    await console.post("/live-chats/new", NEW)
    await desk.settle()
    before = next(chat for chat in desk.stored.live_chats.values() if chat.slug == "it")
    fields = sent(await console.get("/live-chats/it"))
    assert {key: fields[key] for key in NEW if key != "show_operator_name"} == {
        key: value for key, value in NEW.items() if key != "show_operator_name"
    }
    assert (await console.post("/live-chats/it", fields)).status == 303
    assert asdict(next(c for c in desk.stored.live_chats.values() if c.slug == "it")) == asdict(before)
    assert "is like this already" in (await console.get("/live-chats/it")).text


async def test_a_change_is_kept_and_the_slug_stays(console: Console, desk: Desk) -> None:
    fields = sent(await console.get("/live-chats/support"))
    page = await console.post("/live-chats/support", fields | {"name": "Help", "slug": "other"})
    assert page.goes_to == "/console/live-chats/support"
    assert (desk.live_chat.name, desk.live_chat.slug, desk.live_chat.version) == ("Help", "support", 2)
    page = await console.post(
        "/live-chats/support", sent(await console.get("/live-chats/support")) | {"name": ""}
    )
    assert (page.status, error_of(page, "name")) == (422, "Must not be empty.")
    assert "Nothing is saved yet" in page.text


async def test_a_stale_form_keeps_what_was_written_and_overwrites_nothing(
    console: Console, desk: Desk
) -> None:
    fields = sent(await console.get("/live-chats/support"))
    other = fields | {"name": "Ours", "waiting_alert": "7"}
    assert (await console.post("/live-chats/support", other)).status == 303
    mine = fields | {"name": "Mine", "session_name": "{client}"}
    page = await console.post("/live-chats/support", mine)
    assert page.status == 409
    assert (desk.live_chat.name, desk.live_chat.session_name) == ("Ours", "#{number} {client}")
    told = " ".join(page.all("#conflict"))
    assert ADA in told, "by whom"
    assert "is now “Ours”. Yours, “Mine”, is kept below" in told
    assert "Waiting alert is now “7”. You left it alone" in told
    assert "Names of sessions" not in told, "nobody else changed it"
    kept = sent(page)
    assert (kept["name"], kept["session_name"], kept["waiting_alert"]) == ("Mine", "{client}", "7")
    assert (await console.post("/live-chats/support", kept)).status == 303, "they looked, and saved again"
    assert (desk.live_chat.name, desk.live_chat.session_name, desk.live_chat.waiting_alert) == (
        "Mine",
        "{client}",
        7,
    )


async def test_a_list_of_operators_that_changed_meanwhile_is_not_overwritten(
    console: Console, desk: Desk
) -> None:
    fields = sent(await console.get("/live-chats/support"))
    assert fields["operators"] == f"{ANNA}, {BORIS}"
    async with desk.store.begin() as work:
        await desk.use_cases.group_side.groups.change_list(work, ADA, "support-operators", added=[CARLA])
        await work.commit()
    page = await console.post("/live-chats/support", fields | {"name": "Help"})
    assert page.status == 409
    assert sent(page)["operators"] == f"{ANNA}, {BORIS}, {CARLA}"
    assert (await console.post("/live-chats/support", sent(page))).status == 303
    assert desk.stored.groups["support-operators"] == {ANNA, BORIS, CARLA}
    assert desk.live_chat.name == "Help"


@pytest.mark.parametrize("version", ["", "x", "-1", "99", "9" * 50, "1 "])
@pytest.mark.parametrize("seen", ["", "{", "[]", '{"settings": 3}', None])
async def test_a_form_without_a_proper_version_overwrites_nothing(
    console: Console, desk: Desk, version: str, seen: str | None
) -> None:
    fields = sent(await console.get("/live-chats/support")) | {"name": "Mine", "version": version}
    if seen is not None:
        fields["seen"] = seen
    page = await console.post("/live-chats/support", fields)
    assert page.status == 409
    assert desk.live_chat.name == "Customer Support"
    assert sent(page)["name"] == "Mine"


def is_deleted(desk: Desk) -> bool:
    return desk.live_chat.deleted_at is not None


async def test_deleting_is_confirmed_by_the_name(console: Console, desk: Desk) -> None:
    await desk.write()
    page = await console.get("/live-chats/support")
    assert "1 open session would end." in " ".join(page.all("#delete"))
    page = await console.post("/live-chats/support/delete", {"confirmation": "support"})
    assert page.status == 422
    assert "exactly like this" in error_of(page, "confirmation")
    assert page.html.select("#delete[open]") != []
    assert not is_deleted(desk)
    page = await console.post("/live-chats/support/delete", {"confirmation": "Customer Support"})
    assert page.goes_to == "/console/live-chats"
    assert "is deleted" in (await console.get("/live-chats")).text
    assert is_deleted(desk)
    page = await console.get("/live-chats/support")
    assert "It was deleted." in page.text
    assert page.html.select("form.settings-form") == []
    assert (await console.post("/live-chats/support/history", {})).status == 303
    assert (await console.post("/live-chats/support", NEW)).status == 404
    assert (await console.post("/live-chats/support/delete", {"confirmation": "x"})).status == 404
