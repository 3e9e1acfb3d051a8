"""What an open page is told is for whoever has it open, as long as they may know it (SEC-LIVE)."""

import asyncio
from typing import Any

import pytest

from livechat_plugin.services.live import account_topic, conversation_topic, live_chat_topic, person_topic
from livechat_plugin.services.live_chats import LiveChatForm
from livechat_plugin.services.standing import standing_of
from livechat_plugin.web.console import streaming
from livechat_plugin.web.console.live import may_follow
from livechat_plugin.web.console.visitor import COOKIE, LONGEST
from tests.unit.console import Console
from tests.unit.desk import ANNA, CARLA, Desk
from tests.unit.test_live import Browser
from tests.unit.test_sign_in_pages import put_out
from tests.unit.wiring import SERVER

PATIENCE = 30.0
ERIN = f"@erin:{SERVER}"


async def test_who_works_elsewhere_learns_nothing_of_what_happens(desk: Desk) -> None:
    """Not even that something does: how much a live chat has to do, and when, is its own business."""
    desk.homeserver.introduce(ERIN)
    await desk.add_live_chat(LiveChatForm("sales", "Sales", (ERIN,), (), ()))
    await desk.write(CARLA)
    await desk.take(ANNA)
    conversation = desk.session().conversation_id
    account = desk.stored.conversations[conversation].account_id
    topics = [
        account_topic(account),
        conversation_topic(conversation),
        live_chat_topic(1),
        person_topic(ANNA),
    ]
    async with desk.store.read() as work:
        hers = await standing_of(work, desk.use_cases.roles, ERIN)
        assert [topic for topic in topics if await may_follow(work, hers, topic)] == []
        annas = await standing_of(work, desk.use_cases.roles, ANNA)
        assert [topic for topic in topics if await may_follow(work, annas, topic)] == topics


@pytest.mark.parametrize("why", ["the role is lost", "the sign-in is over", "neither"])
async def test_who_may_not_look_any_more_is_told_nothing_more(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, why: str
) -> None:
    monkeypatch.setattr(streaming, "ASKED_ANEW", 0.0)
    browser = Browser()
    async with Console(desk) as console:
        console.sign_in(ANNA)
        scope: dict[str, Any] = {
            "type": "http",
            "method": "GET",
            "path": "/live",
            "query_string": b"topics=live_chat:1",
            "headers": [(b"cookie", f"{COOKIE}={console.cookies[0]}".encode())],
        }
        first = True

        async def receive() -> dict[str, Any]:
            nonlocal first
            if first:
                first = False
                return {"type": "http.request", "body": b"", "more_body": False}
            return await browser.receive()

        serving = asyncio.create_task(console.application(scope, receive, browser.send))
        await browser.until(1)
        if why == "the role is lost":
            await put_out(desk, ANNA)
        elif why == "the sign-in is over":
            desk.clock.advance(LONGEST.total_seconds())
        console.live.publish([live_chat_topic(1)])
        told = await browser.until(2)
        assert ("changed" in told[1]) is (why == "neither")
        browser.close()
        await asyncio.wait_for(serving, PATIENCE)
