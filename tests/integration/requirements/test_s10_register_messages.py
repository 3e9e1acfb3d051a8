"""S10: the apps whose items operators create from a chat are chosen; each must have an Account field."""

import json

import pytest

from tests.integration.installation import Desk, Installation
from tests.integration.requirements.administrators import BotChat, configured, live_chat, run

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_apps_for_messages_are_chosen_and_need_an_account_field(
    installation: Installation, desk: Desk
) -> None:
    await run(
        installation, "apps", "add", "ten_requests", "Requests", "text:text! Text", "account:account Account"
    )
    await run(installation, "apps", "add", "ten_ideas", "Ideas", "text:text! Text", "account:account Account")
    await run(installation, "apps", "add", "ten_notes", "Notes", "text:text Text")
    ada = await BotChat.open(installation, "ada")
    await ada.say(f"!chats add ten Ten operators={installation.user_id('anna')}")
    before = configured(installation)

    reason = "The app 'Notes' has no field of the type Account; add one first."
    assert reason in await ada.say("!chats edit ten message_apps=ten_requests,ten_notes")
    await ada.say("!cancel")
    assert f"message_apps: {reason}" in await run(
        installation,
        "chats",
        "edit",
        "ten",
        "--message-app=ten_requests",
        "--message-app=ten_notes",
        status=1,
    )
    assert configured(installation) == before

    assert await ada.say("!chats edit ten message_apps='ten_requests, ten_ideas'") == "Ten is changed."
    assert json.loads(live_chat(installation, "ten")["message_apps"]) == ["ten_requests", "ten_ideas"]
    shown = await ada.say("!chats show ten")
    assert "Register messages: Requests (ten_requests), Ideas (ten_ideas)" in shown
