"""What is written in the console reaches the customer as from the session room, and its other readers too (S5, S18, E4)."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from livechat_plugin.core.content import Media, Text
from livechat_plugin.core.errors import Refused
from livechat_plugin.services.answers import FILES_AT_MOST, Draft, Upload
from tests.fakes.faults import refusal
from tests.unit.console import Console
from tests.unit.desk import ANNA, BORIS, CARLA, SAM, SUPPORT, Desk
from tests.unit.test_pictures import SECRETS, jpeg

TOKEN = "a-token-of-a-form"


@pytest_asyncio.fixture
async def desk() -> AsyncIterator[Desk]:
    desk = Desk()
    async with desk.working():
        await desk.set_up()
        await desk.people.present(ANNA, "Anna Smith")
        await desk.write(CARLA, "My pump is broken")
        await desk.take(ANNA)
        yield desk


@pytest_asyncio.fixture
async def console(desk: Desk) -> AsyncIterator[Console]:
    async with Console(desk) as console:
        console.sign_in(ANNA)
        yield console


async def send(desk: Desk, words: str = "", *, by: str = ANNA, token: str | None = None, **more: Any) -> bool:
    token = token or f"token-number-{len(desk.stored.seen)}"
    sent = await desk.use_cases.answers.send(by, 1, Draft(token, words, **more))
    await desk.settle()
    return sent


def upload(name: str, kind: str, data: bytes = b"data", size: int | None = None) -> Upload:
    async def read() -> bytes:
        return data

    return Upload(name, kind, len(data) if size is None else size, read)


async def test_an_answer_reaches_the_customer_from_the_live_chats_ghost(desk: Desk) -> None:
    await send(desk, "Which one?")
    assert desk.lines(desk.chat())[-1] == "livechat_support: Which one?"
    assert desk.lines(desk.session_room())[-1] == "livechat_support: Anna Smith: Which one?"
    [message] = [m for m in desk.stored.messages.values() if m.direction == "out"]
    assert (message.author, message.session_number, message.written_in) == (ANNA, 1, "console")
    assert message.customer_event == desk.chat().shown()[-1].event_id
    assert message.operators_event == desk.session_room().shown()[-1].event_id


async def test_the_first_answer_counts(desk: Desk) -> None:
    assert desk.session().answered_after is None
    await send(desk, "Which one?")
    assert desk.session().answered_after is not None


async def test_answers_of_both_places_keep_their_order(desk: Desk) -> None:
    await asyncio.gather(
        *(desk.use_cases.answers.send(ANNA, 1, Draft(f"token-number-{n}", f"{n}")) for n in range(5))
    )
    await desk.answer(ANNA, "from the room")
    await send(desk, "from the page")
    said = [line.partition(": ")[2] for line in desk.lines(desk.chat())]
    assert said[-7:] == ["0", "1", "2", "3", "4", "from the room", "from the page"]


async def test_where_the_name_is_shown_the_operators_ghost_speaks(desk: Desk) -> None:
    desk.change_live_chat(show_operator_name=True)
    await desk.answer(ANNA, "!close")
    await desk.write(CARLA, "Hello again")
    await desk.take(ANNA, 2)
    await desk.use_cases.answers.send(ANNA, 2, Draft(TOKEN, "Here I am"))
    await desk.settle()
    assert desk.lines(desk.chat())[-1] == "livechat_op_1: Here I am"


async def test_where_the_name_is_hidden_nothing_tells_it(desk: Desk) -> None:
    picture = jpeg(*SECRETS)
    await send(
        desk,
        f"I am {ANNA}",
        files=[upload("Annas iPhone.jpg", "image/jpeg", picture), upload("anna.txt", "text/plain")],
    )
    said = [shown.content for shown in desk.chat().shown()[-3:]]
    assert said[0] == Text("I am Customer Support")
    for content in said[1:]:
        assert isinstance(content, Media)
        details, data = desk.homeserver.files[content.url or ""]
        for told in (content.filename, content.caption or "", details.name or ""):
            assert "anna" not in told.lower()
        assert not any(secret in data for secret in SECRETS)
    assert {shown.sender for shown in desk.chat().shown()[-3:]} == {SUPPORT}


async def test_files_are_shown_as_what_they_are(desk: Desk) -> None:
    kinds = [
        "image/png",
        "image/svg+xml",
        "audio/ogg",
        "video/mp4",
        "application/pdf",
        "x\r\ny: z",
        "text/html; charset=x",
    ]
    await send(desk, "", files=[upload("f", kind) for kind in kinds])
    said = [shown.content for shown in desk.chat().shown()[-len(kinds) :]]
    assert [content.media for content in said if isinstance(content, Media)] == [
        *("image", "file", "audio", "video", "file", "file", "file")
    ]
    assert [content.info["mimetype"] for content in said if isinstance(content, Media)][-2:] == [
        "application/octet-stream",
        "text/html",
    ]


async def test_formatting_is_sent_as_clients_do(desk: Desk) -> None:
    await send(desk, "**Now** <b>please</b>\nhttps://example.org/a_b_c")
    assert desk.chat().shown()[-1].content == Text(
        "**Now** <b>please</b>\nhttps://example.org/a_b_c",
        "<strong>Now</strong> &lt;b&gt;please&lt;/b&gt;<br>\nhttps://example.org/a_b_c",
    )
    await send(desk, "# 1 * 2 * 3\n-----\nsnake_case_name ![x](https://x)")
    shown = desk.chat().shown()[-1].content
    assert isinstance(shown, Text)
    assert "<img" not in (shown.html or "")


@pytest.mark.parametrize("words", ["!close", "!note secret", "! x", "!!x"])
async def test_there_are_no_commands_here(desk: Desk, words: str) -> None:
    await send(desk, words)
    assert desk.lines(desk.chat())[-1] == f"livechat_support: {words}"
    assert desk.session().is_open


async def test_what_is_too_long_comes_in_parts(desk: Desk) -> None:
    words = "word " * 30_000
    await send(desk, words)
    said = [shown.content.body for shown in desk.chat().shown() if isinstance(shown.content, Text)]
    assert "".join(said[-3:]) == words
    with pytest.raises(Refused, match="at most 200000"):
        await send(desk, "x" * 200_001)


async def test_the_same_form_sends_once(desk: Desk) -> None:
    assert await send(desk, "once", token=TOKEN)
    assert not await send(desk, "once", token=TOKEN)
    both = await asyncio.gather(
        *(desk.use_cases.answers.send(ANNA, 1, Draft("another-token", "both")) for _ in range(2))
    )
    await desk.settle()
    assert sorted(both) == [False, True]
    assert [line.partition(": ")[2] for line in desk.lines(desk.chat())].count("once") == 1
    assert [line.partition(": ")[2] for line in desk.lines(desk.chat())].count("both") == 1


async def test_what_was_refused_can_be_sent_again_with_the_same_form(desk: Desk) -> None:
    await desk.command(ANNA, "!offline")
    with pytest.raises(Refused, match="You are offline"):
        await send(desk, "late", token=TOKEN)
    await desk.command(ANNA, "!online")
    assert await send(desk, "late", token=TOKEN)


async def test_only_who_serves_the_session_reaches_the_customer(desk: Desk) -> None:
    before = desk.lines(desk.chat())
    for by, why in ((BORIS, "is seen by"), (SAM, "is served by @anna"), (CARLA, "neither operator")):
        with pytest.raises(Refused, match=why):
            await send(desk, "I know better", by=by)
        with pytest.raises(Refused, match=why):
            await send(desk, by=by, files=[upload("x", "text/plain")])
    assert desk.lines(desk.chat()) == before
    assert not [details for details, _ in desk.homeserver.files.values() if details.name == "x"], (
        "nothing is uploaded"
    )


async def test_nothing_is_sent_to_who_is_gone_or_after_the_end(desk: Desk) -> None:
    await desk.people.leave(CARLA, desk.chat().room_id)
    await desk.settle()
    with pytest.raises(Refused, match="has left"):
        await send(desk, "are you there?")
    await desk.answer(ANNA, "!close")
    with pytest.raises(Refused, match="no session is open"):
        await send(desk, "bye")


async def test_nothing_is_sent_in_an_earlier_session(desk: Desk) -> None:
    await desk.answer(ANNA, "!close")
    await desk.write(CARLA, "Hello again")
    await desk.take(ANNA, 2)
    with pytest.raises(Refused, match="Session #1 is closed"):
        await send(desk, "wrong page")


async def test_nothing_is_sent_while_switched_off(desk: Desk) -> None:
    desk.use_cases.gate.is_on = False
    with pytest.raises(Refused, match="switched off"):
        await send(desk, "hello")


@pytest.mark.parametrize("token", ["", "short", "x" * 65, "with space", "a/b/c/d/e/f"])
async def test_a_form_without_its_token_is_refused(desk: Desk, token: str) -> None:
    with pytest.raises(Refused, match="too old"):
        await desk.use_cases.answers.send(ANNA, 1, Draft(token, "x"))


async def test_nothing_is_nothing(desk: Desk) -> None:
    with pytest.raises(Refused, match="Write something first"):
        await send(desk, " \n ")


async def test_files_that_are_too_large_or_too_many_are_refused_before_anything_is_sent(desk: Desk) -> None:
    with pytest.raises(
        Refused, match=r"film\.mp4 is too large: it has 60 MB, and the homeserver takes at most 50 MB"
    ):
        await send(
            desk,
            "look",
            files=[upload("a.txt", "text/plain"), upload("film.mp4", "video/mp4", size=60_000_000)],
        )
    with pytest.raises(Refused, match=f"At most {FILES_AT_MOST} files"):
        await send(desk, "look", files=[upload("x", "text/plain")] * (FILES_AT_MOST + 1))
    assert desk.lines(desk.chat())[-1] == "carla: My pump is broken"


async def test_a_note_stays_inside(desk: Desk) -> None:
    before = desk.lines(desk.chat())
    await send(desk, "she has **three**", by=SAM, is_note=True)
    assert desk.lines(desk.chat()) == before
    assert desk.lines(desk.session_room())[-1] == "livechat_support: 📝 Sam: she has **three**"
    [note] = [m for m in desk.stored.messages.values() if m.direction == "note"]
    assert (note.author, note.content) == (SAM, Text("she has **three**"))
    await desk.use_cases.answers.edit(SAM, note.id, "she has four")
    await desk.settle()
    assert desk.lines(desk.session_room())[-1] == "livechat_support: 📝 Sam: she has four"
    await desk.use_cases.answers.take_back(SAM, note.id)
    await desk.settle()
    assert desk.lines(desk.chat()) == before
    assert "four" not in " ".join(desk.lines(desk.session_room()))


async def test_a_note_is_no_answer_to_be_edited_into(desk: Desk) -> None:
    await send(desk, "inside", is_note=True)
    [note] = [m for m in desk.stored.messages.values() if m.direction == "note"]
    with pytest.raises(Refused):
        await desk.use_cases.answers.edit(SAM, note.id, "outside")
    with pytest.raises(Refused, match="has no files"):
        await send(desk, "x", is_note=True, files=[upload("x", "text/plain")])
    with pytest.raises(Refused, match="at most 10000"):
        await send(desk, "x" * 10_001, is_note=True)


def out(desk: Desk) -> Any:
    return [m for m in desk.stored.messages.values() if m.direction == "out"][-1]


async def test_an_edit_reaches_both_sides(desk: Desk) -> None:
    await send(desk, "Helo")
    await desk.use_cases.answers.edit(ANNA, out(desk).id, "Hello")
    await desk.settle()
    assert desk.lines(desk.chat())[-1] == "livechat_support: Hello"
    assert desk.lines(desk.session_room())[-1] == "livechat_support: Anna Smith: Hello"
    assert out(desk).edited_at is not None


async def test_an_edit_may_need_more_parts_or_fewer(desk: Desk) -> None:
    await send(desk, "short")
    long = "word " * 20_000
    await desk.use_cases.answers.edit(ANNA, out(desk).id, long)
    await desk.settle()
    said = [shown.content.body for shown in desk.chat().shown() if isinstance(shown.content, Text)]
    assert "".join(said[-2:]) == long
    [first] = [m for m in desk.stored.messages.values() if m.direction == "out" and m.part_of is None]
    await desk.use_cases.answers.edit(ANNA, first.id, "short again")
    await desk.settle()
    assert desk.lines(desk.chat())[-1] == "livechat_support: short again"


async def test_only_ones_own_words_can_be_changed(desk: Desk) -> None:
    await send(desk, "mine")
    written = out(desk).id
    await desk.answer(ANNA, "from the room")
    in_room = out(desk).id
    [customers] = [m.id for m in desk.stored.messages.values() if m.direction == "in"]
    for by, message_id in (
        (SAM, written),
        (BORIS, written),
        (ANNA, customers),
        (ANNA, in_room),
        (CARLA, written),
    ):
        with pytest.raises(Refused):
            await desk.use_cases.answers.edit(by, message_id, "changed")
    for by, message_id in ((SAM, written), (BORIS, written), (ANNA, customers), (CARLA, customers)):
        with pytest.raises(Refused):
            await desk.use_cases.answers.take_back(by, message_id)
    with pytest.raises(LookupError):
        await desk.use_cases.answers.edit(ANNA, 99, "changed")
    await desk.settle()
    assert "changed" not in " ".join(desk.lines(desk.chat()))


async def test_what_is_taken_back_is_gone_on_both_sides(desk: Desk) -> None:
    await send(desk, "from the page")
    page = out(desk).id
    await desk.answer(ANNA, "from the room")
    for message_id in (page, out(desk).id):
        assert await desk.use_cases.answers.take_back(ANNA, message_id) is None
    await desk.settle()
    for room in (desk.chat(), desk.session_room()):
        assert "from the" not in " ".join(desk.lines(room))
    with pytest.raises(Refused):
        await desk.use_cases.answers.take_back(ANNA, page)
    with pytest.raises(Refused):
        await desk.use_cases.answers.edit(ANNA, page, "again")


async def test_who_is_gone_keeps_what_is_taken_back_and_that_is_told(desk: Desk) -> None:
    await send(desk, "secret")
    await desk.people.leave(CARLA, desk.chat().room_id)
    await desk.settle()
    told = await desk.use_cases.answers.take_back(ANNA, out(desk).id)
    assert told is not None
    assert "still has the message" in told


async def test_a_customers_reaction_and_reply_find_the_copy(desk: Desk) -> None:
    await send(desk, "Which one?")
    event = desk.chat().shown()[-1].event_id
    await desk.people.say(CARLA, desk.chat().room_id, "The red one", event)
    await desk.settle()
    shown = desk.session_room().shown()
    assert shown[-1].reply_to == shown[-2].event_id


async def test_what_does_not_arrive_says_so_in_the_page_and_in_the_room(desk: Desk, console: Console) -> None:
    desk.homeserver.faults.break_down(desk.chat().room_id, refusal())
    await send(desk, "hello?")
    page = await console.get("/sessions/1")
    assert page.all(".message-state") == ["Not delivered"]
    assert "M_FORBIDDEN" in page.all(".message-failure")[0]
    assert "This did not reach the customer" in " ".join(desk.lines(desk.session_room()))


async def test_the_form_of_the_page_sends_files_and_words_and_returns(desk: Desk, console: Console) -> None:
    page = await console.get("/sessions/1")
    [token] = [str(field["value"]) for field in page.html.select("#composer input[name=token]")]
    fields = {"words": "Look\r\nhere", "token": token}
    answer = await console.post(
        "/sessions/1/answer", fields, files=[("files", ("../../pump.png", b"png", "image/png"))]
    )
    assert answer.goes_to == "/console/sessions/1"
    await desk.settle()
    assert desk.lines(desk.chat())[-2:] == [
        "livechat_support: Look here",
        "livechat_support: 🖼 Image: _.._pump.png",
    ]
    again = await console.post("/sessions/1/answer", {**fields, "words": "Look again"})
    assert again.status == 303
    await desk.settle()
    assert "again" not in desk.lines(desk.chat())[-1]


async def test_a_refused_answer_tells_why_beside_the_form(desk: Desk, console: Console) -> None:
    await desk.command(ANNA, "!offline")
    answer = await console.post(
        "/sessions/1/answer", {"words": "x", "token": TOKEN}, headers={"hx-request": "true"}
    )
    assert answer.status == 409
    assert "You are offline" in answer.text
    assert "<html" not in answer.response.text
