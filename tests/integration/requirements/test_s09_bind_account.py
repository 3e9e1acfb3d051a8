"""S9: the app that stores customer data is bound; only an app with an Account field can be chosen."""

import pytest

from tests.integration.installation import Desk, Installation
from tests.integration.requirements.administrators import BotChat, configured, live_chat, run

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_only_an_app_with_an_account_field_can_be_bound(installation: Installation, desk: Desk) -> None:
    await run(
        installation, "apps", "add", "nine_people", "People", "name:string! Name", "account:account Account"
    )
    await run(installation, "apps", "add", "nine_notes", "Notes", "text:text Text")
    ada = await BotChat.open(installation, "ada")
    anna = installation.user_id("anna")
    await ada.say(f"!chats add nine Nine operators={anna}")
    before = configured(installation)

    reason = "The app 'Notes' has no field of the type Account; add one first."
    assert reason in await ada.say("!chats edit nine account_app=nine_notes")
    await ada.say("!cancel")
    assert f"account_app: {reason}" in await run(
        installation, "chats", "edit", "nine", "--account-app=nine_notes", status=1
    )
    assert "There is no app 'nine_nothing'" in await ada.say("!chats edit nine account_app=nine_nothing")
    await ada.say("!cancel")
    assert configured(installation) == before

    await ada.say("!chats edit nine")
    asked = await ada.say("account_app")
    assert "nine_people" in asked
    assert "nine_notes" not in asked
    assert await ada.say("nine_people") == "Nine is changed."
    assert live_chat(installation, "nine")["account_app"] == "nine_people"
    assert "Bind account: People (nine_people)" in await ada.say("!chats show nine")
    assert await ada.say("!chats edit nine account_app=") == "Nine is changed."
    assert live_chat(installation, "nine")["account_app"] is None
