"""The page of a session: who sees it, and what it shows of the conversation (requirements S6, S18)."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
import pytest_asyncio

from livechat_plugin.core.content import Location, Media, Text
from livechat_plugin.services.session_pages import PAGE
from livechat_plugin.web.console import session_page
from tests.fakes import world
from tests.unit.console import Console
from tests.unit.desk import ANNA, BORIS, CARLA, DAN, SAM, Desk
from tests.unit.wiring import ADA


@pytest_asyncio.fixture
async def desk() -> AsyncIterator[Desk]:
    desk = Desk()
    async with desk.working():
        await desk.set_up()
        yield desk


@pytest_asyncio.fixture
async def console(desk: Desk) -> AsyncIterator[Console]:
    async with Console(desk) as console:
        yield console


async def status_for(console: Console, user: str, number: int = 1) -> int:
    console.sign_in(user)
    return (await console.get(f"/sessions/{number}")).status


async def test_a_session_that_waits_is_seen_by_who_could_take_it(desk: Desk, console: Console) -> None:
    await desk.write(CARLA, "Hello")
    assert [await status_for(console, user) for user in (ANNA, BORIS, SAM)] == [200, 200, 200]
    assert [await status_for(console, user) for user in (CARLA, DAN, ADA)] == [403, 403, 403]


async def test_a_session_that_is_served_is_seen_by_its_operator_and_supervisors(
    desk: Desk, console: Console
) -> None:
    await desk.write(CARLA, "Hello")
    await desk.take(ANNA)
    assert [await status_for(console, user) for user in (ANNA, SAM)] == [200, 200]
    console.sign_in(BORIS)
    page = await console.get("/sessions/1")
    assert page.status == 403
    assert "Ask a supervisor to assign it to you." in page.text


async def test_a_closed_session_stays_its_operators_and_comes_with_the_next_one(
    desk: Desk, console: Console
) -> None:
    await desk.write(CARLA, "Hello")
    await desk.take(ANNA)
    await desk.answer(ANNA, "!close")
    assert [await status_for(console, user) for user in (ANNA, SAM, BORIS)] == [200, 200, 403]
    await desk.write(CARLA, "Hello again")
    assert await status_for(console, BORIS) == 200
    await desk.take(BORIS, 2)
    assert [await status_for(console, user) for user in (ANNA, SAM, BORIS)] == [200, 200, 200]
    assert await status_for(console, ANNA, 2) == 403


async def test_a_closed_session_shows_nothing_of_a_later_one_that_is_somebody_elses(
    desk: Desk, console: Console
) -> None:
    await desk.write(CARLA, "Hello")
    await desk.take(ANNA)
    await desk.answer(ANNA, "!close")
    await desk.write(CARLA, "Hello again")
    await desk.take(BORIS, 2)
    await desk.answer(BORIS, "Between us")
    console.sign_in(ANNA)
    for address in ("/sessions/1", "/sessions/1?since=0", "/sessions/1/earlier?before=999999"):
        page = await console.get(address)
        assert "Hello" in page.all(".message-words"), address
        assert not {"Hello again", "Between us"} & set(page.all(".message-words")), address


async def test_a_session_of_a_deleted_live_chat_is_the_administrators(desk: Desk, console: Console) -> None:
    await desk.write(CARLA, "Hello")
    desk.change_live_chat(deleted_at=desk.clock.now())
    assert [await status_for(console, user) for user in (ADA, SAM, ANNA)] == [200, 403, 403]


async def test_a_number_that_is_none_says_so(console: Console) -> None:
    console.sign_in(ANNA)
    page = await console.get("/sessions/7")
    assert page.status == 404
    assert "There is no session #7 here." in page.text


async def test_a_conversation_is_shown_with_its_authors_and_states(desk: Desk, console: Console) -> None:
    await desk.write(CARLA, "My pump is broken")
    await desk.take(ANNA)
    await desk.answer(ANNA, "Which one?")
    await desk.answer(ANNA, "!note she has three")
    console.sign_in(ANNA)
    page = await console.get("/sessions/1")
    assert page.all(".message-words") == ["My pump is broken", "Which one?", "she has three"]
    assert page.all(".message-author") == ["Carla", "Anna", "Anna"]
    assert page.all(".message-out .message-state") == ["Sent"]
    assert "never sent to the customer" in page.all(".message-note")[0]


async def test_edits_and_deletions_are_shown(desk: Desk, console: Console) -> None:
    first = await desk.write(CARLA, "Helo")
    second = await desk.write(CARLA, "secret")
    await desk.people.edit(CARLA, desk.chat().room_id, first, "Hello")
    await desk.people.redact(CARLA, desk.chat().room_id, second)
    await desk.settle()
    console.sign_in(ANNA)
    page = await console.get("/sessions/1")
    assert page.all(".message-words") == ["Hello"]
    assert page.all(".message-edited") == ["edited"]
    assert page.all(".message-gone") == ["This message was taken back."]
    assert "secret" not in page.all("#conversation")[0]


async def test_what_is_said_is_shown_as_what_it_is(desk: Desk, console: Console) -> None:
    picture = Media(
        "image",
        "mxc://example.org/1",
        "pump.png",
        "Look",
        info={"w": 4000, "h": 2000, "mimetype": "image/png"},
    )
    for content in (
        Text("x <b>", html="<b>bold</b><script>alert(1)</script>"),
        Text("see https://example.org/"),
        picture,
        Media("voice", "mxc://example.org/2", "voice.ogg", info={"mimetype": "audio/ogg"}),
        Media("video", "mxc://example.org/3", "film.mp4"),
        Media("file", "mxc://example.org/4", "list.pdf", info={"size": 14_321}),
        Media("image", "mxc://example.org/5", "evil.svg", info={"mimetype": "image/svg+xml"}),
        Media("file", None, "locked.bin", encrypted={"url": "mxc://example.org/6", "v": "v2"}),
        Location("geo:52.5,13.4;u=10", "Here"),
    ):
        await desk.write(CARLA, content)
    console.sign_in(ANNA)
    page = await console.get("/sessions/1")
    assert page.html.select_one(".message-words b") is not None
    assert page.html.select(".message script") == []
    assert page.html.select_one('.message-words a[href="https://example.org/"]') is not None
    [image] = page.html.select(".message img.message-picture")
    assert (image["width"], image["height"]) == ("360", "180")
    assert image["src"] == "/console/media/3/thumbnail"
    assert image["alt"] == "pump.png"
    assert [audio["src"] for audio in page.html.select("audio")] == ["/console/media/4"]
    assert [video["src"] for video in page.html.select("video")] == ["/console/media/5"]
    assert [link["href"] for link in page.html.select("a.message-file")] == [
        "/console/media/6",
        "/console/media/7",
    ]
    assert "14 kB" in page.text
    assert "locked.bin" in page.text
    assert page.html.select_one('a[href^="https://www.openstreetmap.org/?mlat=52.5"]') is not None


async def test_a_long_conversation_comes_page_by_page(desk: Desk, console: Console) -> None:
    for number in range(PAGE + 7):
        await desk.write(CARLA, f"message {number}")
    console.sign_in(ANNA)
    page = await console.get("/sessions/1")
    assert page.all(".message-words")[0] == "message 7"
    assert len(page.all(".message-words")) == PAGE
    [more] = page.html.select(".log-more button")
    earlier = await console.get(str(more["hx-get"]).removeprefix("/console"), hx_request="true")
    assert earlier.all(".message-words") == [f"message {number}" for number in range(7)]
    assert earlier.html.select(".log-more") == []


async def test_an_open_page_gets_what_came_since_it_was_opened(desk: Desk, console: Console) -> None:
    for number in range(PAGE + 1):
        await desk.write(CARLA, f"message {number}")
    console.sign_in(ANNA)
    page = await console.get("/sessions/1")
    [log] = page.html.select("#conversation")
    await desk.write(CARLA, "one more")
    again = await console.get(
        str(log["hx-get"]).removeprefix("/console"), hx_request="true", hx_target="conversation"
    )
    assert "<html" not in again.response.text
    assert again.all(".message-words")[0] == "message 1"
    assert again.all(".message-words")[-1] == "one more"
    assert len(again.all(".message-words")) == PAGE + 1
    assert len(again.html.select(".log-more")) == 1


async def test_sessions_and_days_are_set_apart(
    desk: Desk, console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    await desk.write(CARLA, "Monday")
    await desk.take(ANNA)
    await desk.answer(ANNA, "!close")
    monkeypatch.setattr(world, "BEGIN", world.BEGIN + timedelta(days=1))
    await desk.write(CARLA, "Tuesday")
    console.sign_in(SAM)
    page = await console.get("/sessions/2")
    assert len(page.all(".line-day")) == 2
    assert [text.split("·")[0].strip() for text in page.all(".line-session")] == ["Session #1", "Session #2"]
    earlier = await console.get("/sessions/1")
    assert "Tuesday" not in earlier.all(".message-words")
    assert "Monday" in earlier.all(".message-words")


@pytest.mark.parametrize("zone", ["", "Mars/Olympus", "../../etc/passwd", "x" * 500])
async def test_a_time_zone_that_is_none_is_none_of_our_trouble(
    desk: Desk, console: Console, zone: str
) -> None:
    await desk.write(CARLA, "Hello")
    console.sign_in(ANNA)
    page = await console.get(
        "/sessions/1", cookie=f"livechat_console={console.cookies[0]}; livechat_zone={zone}"
    )
    assert page.status == 200


async def test_what_the_customer_has_read_is_seen(desk: Desk, console: Console) -> None:
    await desk.write(CARLA, "Hello")
    await desk.take(ANNA)
    await desk.answer(ANNA, "Good morning")
    await desk.answer(ANNA, "Are you there?")
    first, second = [m for m in desk.stored.messages.values() if m.direction == "out"]
    async with desk.store.begin() as work:
        await work.reading.advance(1, CARLA, first.id, desk.clock.now())
        await work.commit()
    console.sign_in(ANNA)
    page = await console.get("/sessions/1")
    assert page.all(".message-out .message-state, .message.ours .message-state") == ["Seen", "Sent"]
    assert second.id > first.id


async def test_who_has_the_conversation_before_them_has_read_it(desk: Desk, console: Console) -> None:
    await desk.write(CARLA, "Hello")
    message = max(desk.stored.messages)
    console.sign_in(ANNA)
    assert (await console.post("/sessions/1/read", {"message": message})).status == 204
    async with desk.store.read() as work:
        assert [mark.reader for mark in await work.reading.marks(1)] == [ANNA]
    assert desk.chat().read == {}, "nobody serves her yet"
    console.sign_in(DAN)
    assert (await console.post("/sessions/1/read", {"message": message})).status == 403


async def test_a_page_that_is_open_says_when_its_session_is_somebody_elses(
    desk: Desk, console: Console
) -> None:
    await desk.write(CARLA, "Hello")
    await desk.take(ANNA)
    await desk.command(SAM, "!assign 1 @boris")
    console.sign_in(ANNA)
    state = await console.get("/sessions/1", hx_request="true", hx_target="composer-state")
    assert "is somebody else's now" in state.text
    assert (await console.get("/sessions/1", hx_request="true", hx_target="conversation")).status == 204
    assert (await console.get("/sessions/1")).status == 403


async def test_a_customer_sees_that_their_operator_has_read_in_the_console(
    desk: Desk, console: Console
) -> None:
    await desk.write(CARLA, "Hello")
    await desk.take(ANNA)
    event = await desk.write(CARLA, "Anybody?")
    message = max(desk.stored.messages)
    for user in (SAM, ANNA):
        assert desk.chat().read == {}
        console.sign_in(user)
        await console.post("/sessions/1/read", {"message": message})
    assert desk.chat().read == {"@livechat_support:example.org": event}


async def test_the_box_says_why_nothing_would_reach_the_customer(desk: Desk, console: Console) -> None:
    async def told(user: str) -> str:
        console.sign_in(user)
        return " ".join((await console.get("/sessions/1")).all("#composer-state"))

    await desk.write(CARLA, "Hello")
    assert await told(SAM) == "Nobody has taken session #1 yet. You can leave notes for colleagues."
    await desk.take(ANNA)
    assert await told(SAM) == f"Session #1 is served by {ANNA}. You can leave notes for colleagues."
    assert await told(ANNA) == ""
    await desk.command(ANNA, "!offline")
    assert "You are offline" in await told(ANNA)
    await desk.answer(ANNA, "!close")
    assert await told(ANNA) == "You can still leave notes for colleagues."


async def test_the_page_waits_only_a_moment_for_a_homeserver_that_hangs(
    desk: Desk, console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def hang() -> int:
        await asyncio.sleep(60)
        raise AssertionError("nobody waits so long")

    monkeypatch.setattr(desk.homeserver, "largest_upload", hang)
    monkeypatch.setattr(session_page, "PATIENCE", 0.01)
    await desk.write(CARLA, "Hello")
    async with asyncio.timeout(30):
        assert await status_for(console, ANNA) == 200
