"""Open pages are told what has changed; their connections cost little, and end when they should."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from typing import Any

import pytest

from livechat_plugin.services.live import Live, conversation_topic
from livechat_plugin.services.ports import Profile
from livechat_plugin.services.standing import standing_of
from livechat_plugin.web.console import streaming
from livechat_plugin.web.console.live import may_follow
from livechat_plugin.web.console.streaming import LiveStream
from tests.unit.console import Console
from tests.unit.desk import ANNA, CARLA, Desk
from tests.unit.wiring import ADA, SERVER

PATIENCE = 30.0


class Browser:
    """The other side of one connection."""

    def __init__(self) -> None:
        self.status = 0
        self.headers: dict[str, str] = {}
        self.came: list[str] = []
        self.has_ended = False
        self._closes = asyncio.Event()
        self._news = asyncio.Event()

    async def receive(self) -> dict[str, Any]:
        await self._closes.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Any) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = {name.decode(): value.decode() for name, value in message["headers"]}
        else:
            self.came.append(message["body"].decode().replace("\r\n", "\n"))
            self.has_ended = not message.get("more_body")
        self._news.set()

    def close(self) -> None:
        self._closes.set()

    async def until(self, count: int) -> list[str]:
        async with asyncio.timeout(PATIENCE):
            while len(self.came) < count:
                self._news.clear()
                await self._news.wait()
        return self.came


@asynccontextmanager
async def page(
    live: Live, *topics: str, person: str | None = None
) -> AsyncIterator[tuple[Browser, asyncio.Task[None]]]:
    browser = Browser()
    stream = LiveStream(live, topics, person)
    serving = asyncio.create_task(stream({"type": "http"}, browser.receive, browser.send))
    await browser.until(1)
    yield browser, serving
    browser.close()
    await asyncio.wait_for(serving, PATIENCE)


async def test_a_page_is_greeted_with_the_mark_of_the_moment() -> None:
    live = Live()
    live.publish(["something"])
    async with page(live, "live_chat:1") as (browser, _):
        assert browser.came == [f"event: hello\ndata: {live.mark}\n\n"]
        assert browser.headers["content-type"] == "text/event-stream; charset=utf-8"
        assert browser.headers["x-accel-buffering"] == "no"
        assert "no-transform" in browser.headers["cache-control"]


async def test_a_page_learns_of_its_topics_only() -> None:
    live = Live()
    async with page(live, "live_chat:1", "conversation:7") as (browser, _):
        live.publish(["live_chat:2"])
        live.publish(["conversation:7", "live_chat:2"])
        assert (await browser.until(2))[1] == "event: changed\ndata: conversation:7\n\n"


async def test_what_happens_at_once_is_told_at_once_and_each_topic_once() -> None:
    live = Live()
    async with page(live, "a", "b") as (browser, _):
        for _ in range(3):
            live.publish(["b", "a"])
        assert (await browser.until(2))[1:] == ["event: changed\ndata: a\ndata: b\n\n"]


async def test_a_page_that_is_closed_is_forgotten() -> None:
    live = Live()
    async with page(live, "a") as (browser, serving):
        assert live.pages == 1
        browser.close()
        await asyncio.wait_for(serving, PATIENCE)
        assert live.pages == 0
        live.publish(["a"])
        assert len(browser.came) == 2  # the greeting, and the end


async def test_all_streams_end_when_the_process_does_and_none_begins_then() -> None:
    live = Live()
    async with page(live, "a") as (first, one), page(live, "a") as (second, two):
        live.close()
        await asyncio.wait_for(asyncio.gather(one, two), PATIENCE)
        assert (first.has_ended, second.has_ended) == (True, True)
        async with page(live, "a") as (third, three):
            await asyncio.wait_for(three, PATIENCE)
            assert third.has_ended


async def test_all_pages_are_told_when_anything_may_have_changed_and_take_turns_if_they_are_many() -> None:
    live, shown = Live(), ["a", "b"]
    mark = live.mark
    async with page(live, *shown) as (browser, _):
        live.publish_everything()
        assert (await browser.until(2))[1] == "event: changed\ndata: a\ndata: b\n\n"
        assert live.mark != mark
        with ExitStack() as others:
            for number in range(streaming.FEW + 4):
                others.enter_context(live.subscribed([f"page {number}"]))
            live.publish_everything()
            assert f"data: spread:{5 * streaming.SPREAD}\n" in (await browser.until(3))[2]


async def test_a_page_that_another_process_made_has_missed_something() -> None:
    one, another = Live(), Live()
    async with page(another, "a") as (browser, _):
        assert browser.came != [f"event: hello\ndata: {one.mark}\n\n"]


async def test_one_person_may_have_so_many_pages_open_and_others_have_room(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("livechat_plugin.services.live.PAGES_EACH", 2)
    live = Live()
    with live.subscribed(["a"], ANNA):
        async with page(live, "a", person=ANNA) as (second, _):
            async with page(live, "a", person=ANNA) as (third, serving):
                assert (third.status, second.status) == (429, 200)
                await asyncio.wait_for(serving, PATIENCE)
                assert third.has_ended
            async with page(live, "a", person=ADA) as (hers, _):
                assert hers.status == 200
    async with page(live, "a", person=ANNA) as (again, _):
        assert again.status == 200


async def test_a_quiet_connection_is_kept_open_and_one_comes_again_after_long(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(streaming, "PING_EVERY", 0.01)
    monkeypatch.setattr(streaming, "LONGEST", 0.2)
    live = Live()
    async with page(live, "a") as (browser, serving):
        assert (await browser.until(3))[1:3] == [": here\n\n"] * 2
        await asyncio.wait_for(serving, PATIENCE)
        assert browser.has_ended


async def test_one_waiting_task_for_each_page_besides_its_own() -> None:
    live, before = Live(), len(asyncio.all_tasks())
    browsers = [Browser() for _ in range(50)]
    serving = [
        asyncio.create_task(LiveStream(live, ["a"])({"type": "http"}, one.receive, one.send))
        for one in browsers
    ]
    for one in browsers:
        await one.until(1)
    assert len(asyncio.all_tasks()) - before == 2 * len(browsers)
    for one in browsers:
        one.close()
    await asyncio.wait_for(asyncio.gather(*serving), PATIENCE)
    await asyncio.sleep(0)
    assert len(asyncio.all_tasks()) == before


async def test_where_hundreds_follow_the_same_they_are_asked_to_spread() -> None:
    live = Live()
    others = [live.subscribed(["live_chat:1"]) for _ in range(30)]
    for one in others:
        one.__enter__()
    async with page(live, "live_chat:1", "person:@anna:x") as (browser, _):
        live.publish(["live_chat:1"])
        assert (await browser.until(2))[1] == "event: changed\ndata: live_chat:1\ndata: spread:110\n\n"
        live.publish(["person:@anna:x"])
        assert (await browser.until(3))[2] == "event: changed\ndata: person:@anna:x\n\n"
    for one in others:
        one.__exit__(None, None, None)


async def test_whoever_a_session_is_handed_to_follows_it() -> None:
    erin = f"@erin:{SERVER}"
    desk = Desk()
    async with desk.working():
        await desk.set_up()
        async with desk.store.begin() as work:
            await desk.use_cases.group_side.groups.make_list(work, ADA, "experts", [erin])
            await work.commit()
        await desk.write(CARLA)
        await desk.take(ANNA)
        topic = conversation_topic(desk.session().conversation_id)

        async def follows() -> bool:
            async with desk.store.read() as work:
                return await may_follow(work, await standing_of(work, desk.use_cases.roles, erin), topic)

        assert not await follows()
        await desk.answer(ANNA, "!transfer experts")
        assert desk.session().offered_to == "experts"
        assert await follows()


async def test_what_changes_while_a_page_is_made_is_not_missed(monkeypatch: pytest.MonkeyPatch) -> None:
    desk = Desk()
    async with desk.working():
        await desk.set_up()
        await desk.write(CARLA)
        await desk.take(ANNA)
        async with Console(desk) as console:
            console.sign_in(ANNA)
            before, profile = console.live.mark, desk.homeserver.profile

            async def slow(user_id: str) -> Profile:
                console.live.publish(
                    ["conversation:1"]
                )  # after the messages were read, before the page is there
                return await profile(user_id)

            monkeypatch.setattr(desk.homeserver, "profile", slow)
            made = (await console.get(f"/sessions/{desk.session().number}")).html.select_one(
                "meta[name=live-mark]"
            )
            assert made is not None
            assert made["content"] == before != console.live.mark
