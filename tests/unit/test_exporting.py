"""Exporting a conversation: what is in it, who may, and that its length costs no memory."""

import json
import tracemalloc
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest

from livechat_plugin.cli.conversations import archive
from livechat_plugin.core.content import Media, Text
from livechat_plugin.core.errors import NotASupervisor, Refused, SessionNotFound
from livechat_plugin.services.exporting import PAGE
from livechat_plugin.services.exporting.writing import SCHEMA, WRITERS
from livechat_plugin.services.exporting.writing import as_json as as_lines
from livechat_plugin.services.repositories.messages import Message
from tests.unit.desk import ANNA, CARLA, DAN, SAM, Desk
from tests.unit.wiring import ADA

HOSTILE = '<script>alert(1)</script><img src=x onerror="alert(2)">'


async def serve(desk: Desk) -> None:
    await desk.write(CARLA, "My printer burns")
    await desk.take(ANNA)
    await desk.answer(ANNA, "Pour water on it")
    await desk.answer(ANNA, "!note She is angry")
    wrong = await desk.write(CARLA, "I am calm")
    await desk.people.redact(CARLA, desk.chat().room_id, wrong)
    await desk.settle()
    await desk.write(CARLA, Media("image", desk.homeserver.upload("../x.png"), "../x.png", caption=HOSTILE))
    await desk.write(CARLA, Text(HOSTILE, HOSTILE))
    await desk.write(DAN, "My kettle drips")


async def written(desk: Desk, form: str, actor: str = ADA, which: str = "1", **options: bool) -> str:
    exporting = desk.use_cases.exporting
    exported = await exporting.export(actor, which, form, **options)
    return "".join([piece async for piece in WRITERS[form](exporting, exported)])


async def as_json(desk: Desk, **options: Any) -> Any:
    [conversation] = json.loads(await written(desk, "json", **options))["conversations"]
    return conversation


async def test_it_is_complete_and_in_order(desk: Desk) -> None:
    await serve(desk)
    conversation = await as_json(desk)
    assert conversation["customer"] == {"network": "matrix", "id": CARLA, "name": "Carla"}
    assert conversation["live_chat"]["slug"] == "support"
    assert [session["number"] for session in conversation["sessions"]] == [1]
    said = conversation["messages"]
    assert [(one["author"], one["deleted"]) for one in said] == [
        ("Carla", False),
        ("Customer Support", False),
        ("Carla", True),
        ("Carla", False),
        ("Carla", False),
    ]
    assert said[1]["content"] == {"kind": "text", "text": "Pour water on it"}
    assert said[3]["content"]["caption"] == HOSTILE
    assert json.loads(await written(desk, "json"))["schema"] == SCHEMA


async def test_only_an_internal_one_tells_of_colleagues(desk: Desk) -> None:
    await serve(desk)
    for form in WRITERS:
        outside = await written(desk, form)
        assert ANNA not in outside
        assert "angry" not in outside
        inside = await written(desk, form, is_internal=True)
        assert ANNA in inside
        assert "angry" in inside
        assert "kettle" not in inside, "another customer's"


async def test_the_customers_one_holds_what_the_customer_saw(desk: Desk) -> None:
    """Ids, the names that phones give to files, the upload, and what colleagues call the session tell who served."""
    await desk.write(CARLA, "My printer burns")
    await desk.take(ANNA)
    await desk.answer(ANNA, f"Write to {ANNA} next time")
    url = desk.homeserver.upload("Annas iPhone.jpg", b"\xff\xd8\xff\xd9", "image/jpeg")
    await desk.answer(ANNA, Media("image", url, "Annas iPhone.jpg", caption=f"by {ANNA}"))
    await desk.answer(ANNA, "!rename She shouts")
    for form in WRITERS:
        outside = await written(desk, form)
        assert "next time" in outside
        for told in (ANNA, "nnas iPhone", url, "She shouts"):
            assert told not in outside
        inside = await written(desk, form, is_internal=True)
        assert all(told in inside for told in (ANNA, "Annas iPhone", "She shouts"))


async def test_pictures_in_the_customers_archive_tell_nothing_of_their_camera(
    desk: Desk, tmp_path: Path
) -> None:
    await desk.write(CARLA, "My printer burns")
    await desk.take(ANNA)
    picture = b"\xff\xd8\xff\xfe\x00\x0eAnna's phone\xff\xd9"
    url = desk.homeserver.upload("Annas iPhone.jpg", picture, "image/jpeg")
    await desk.answer(ANNA, Media("image", url, "Annas iPhone.jpg"))
    exporting = desk.use_cases.exporting
    for is_internal in (False, True):
        exported = await exporting.export(ADA, "1", "json", is_internal=is_internal)
        output = tmp_path / f"{is_internal}.zip"
        await archive(
            desk.use_cases, exported, as_lines(exporting, exported, with_files=True), "json", output
        )
        with ZipFile(output) as found:
            [name] = [name for name in found.namelist() if name.startswith("files/")]
            assert (b"phone" in found.read(name)) is is_internal
            assert ("nnas" in name) is is_internal


async def test_the_page_runs_nothing_and_loads_nothing(desk: Desk) -> None:
    await serve(desk)
    tags: list[tuple[str, list[tuple[str, str | None]]]] = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            tags.append((tag, attrs))

    page = await written(desk, "html")
    Reader().feed(page)
    assert {tag for tag, _ in tags}.isdisjoint({"script", "img", "iframe", "link", "object"})
    assert not any(name.startswith("on") for _, attributes in tags for name, _ in attributes)
    assert "alert(1)" in page, "it is shown as it was written"
    assert "<em>deleted</em>" in page


@pytest.mark.parametrize("form", ["json", "html"])
async def test_a_terminal_that_it_is_printed_to_obeys_nothing_of_it(desk: Desk, form: str) -> None:
    controls = "".join(map(chr, (*range(1, 0x20), *range(0x7F, 0xA0))))
    await desk.people.present(CARLA, "Carla \x9b2J")
    await desk.write(CARLA, f"a{controls}z")
    exporting = desk.use_cases.exporting
    exported = await exporting.export(SAM, "1", form, is_internal=True)
    written = "".join([piece async for piece in WRITERS[form](exporting, exported)])
    assert not set(written) & set(controls) - set("\n\t")
    if form == "json":
        [message] = json.loads(written)["conversations"][0]["messages"]
        assert message["content"]["text"] == f"a{controls}z"


@pytest.mark.parametrize("actor", [ADA, SAM])
async def test_supervisors_and_administrators_may_and_it_is_written_down(desk: Desk, actor: str) -> None:
    await serve(desk)
    await written(desk, "html", actor)
    entry = list(desk.stored.audit.values())[-1]
    assert (entry.actor, entry.action, entry.subject) == (actor, "conversation.exported", CARLA)


@pytest.mark.parametrize(
    ("actor", "which", "form", "error"),
    [
        (ANNA, "1", "html", NotASupervisor),
        (CARLA, "1", "html", NotASupervisor),
        (ADA, "99", "html", SessionNotFound),
        (ADA, "@nobody:example.org", "html", Refused),
        (ADA, "1", "pdf", Refused),
    ],
)
async def test_who_may_not_gets_nothing(
    desk: Desk, actor: str, which: str, form: str, error: type[Exception]
) -> None:
    await serve(desk)
    before = len(desk.stored.audit)
    with pytest.raises(error):
        await desk.use_cases.exporting.export(actor, which, form)
    assert len(desk.stored.audit) == before


async def test_a_customers_id_stands_for_all_their_conversations(desk: Desk) -> None:
    await serve(desk)
    exported = json.loads(await written(desk, "json", which=CARLA))
    assert [one["live_chat"]["slug"] for one in exported["conversations"]] == ["support"]


async def test_a_long_conversation_costs_no_memory(desk: Desk) -> None:
    await desk.write(CARLA, "first")
    said = Text("x" * 1000)
    for number in range(10, 10 + 20 * PAGE):
        at = datetime(2026, 1, 1, tzinfo=UTC)
        desk.stored.messages[number] = Message(number, 1, 1, "in", CARLA, at, said)
    exporting = desk.use_cases.exporting
    exported = await exporting.export(ADA, "1", "json")
    count = 0
    tracemalloc.start()
    try:
        async for piece in WRITERS["json"](exporting, exported):
            count += piece.count("xxxx" * 250)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert count == 20 * PAGE
    assert most < 5_000_000, "ten million letters were written"
