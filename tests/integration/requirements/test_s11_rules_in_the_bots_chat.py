"""S11: First Response by default; another rule opens its settings."""

import json

import pytest

from tests.integration.installation import Desk, Installation
from tests.integration.requirements.administrators import BotChat, configured, live_chat, run

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_first_response_is_the_default_and_a_rule_opens_its_settings(
    installation: Installation, desk: Desk
) -> None:
    fields = ("name:string! Name", "manager:user Manager", "account:account Account")
    await run(installation, "apps", "add", "eleven_people", "People", *fields)
    ada = await BotChat.open(installation, "ada")
    await ada.say(f"!chats add eleven Eleven operators={installation.user_id('anna')}")
    assert live_chat(installation, "eleven")["routing_rule"] == "first_response"
    before = configured(installation)

    assert "needs an app to be bound" in await ada.say("!chats edit eleven rule=assigned_to")
    await ada.say("!cancel")
    wrong = "!chats edit eleven account_app=eleven_people rule=assigned_to rule_field=name"
    assert "'name' is no choice" in await ada.say(wrong)
    await ada.say("!cancel")
    assert configured(installation) == before

    assert await ada.say("!chats edit eleven account_app=eleven_people") == "Eleven is changed."
    await ada.say("!chats edit eleven")
    asked = await ada.say("rule")
    assert "first_response" in asked
    assert "assigned_to" in asked
    settings = await ada.say("assigned_to")
    for key in ("manager", "author", "editor"):
        assert key in settings
    assert await ada.say("manager") == "Eleven is changed."
    row = live_chat(installation, "eleven")
    assert (row["routing_rule"], json.loads(row["routing_settings"])) == ("assigned_to", {"field": "manager"})
    assert "Routing rule: assigned_to (field: manager)" in await ada.say("!chats show eleven")
    assert "needs an app" in await ada.say("!chats edit eleven account_app=")
