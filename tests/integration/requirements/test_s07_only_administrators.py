"""S7: members of the Administrators group create, edit and delete live chats; everyone else is refused."""

import pytest

from tests.integration.installation import Desk, Installation
from tests.integration.requirements.administrators import BotChat, configured, run

pytestmark = pytest.mark.asyncio(loop_scope="session")

LINES = (
    "!chats add rogue Rogue operators={sam}",
    "!chats edit support name=Rogue",
    "!chats show support",
    "!chats delete support Customer Support",
)


@pytest.mark.parametrize("name", ["sam", "mallory"])
async def test_everyone_else_is_refused_and_told_whom_to_ask(
    installation: Installation, desk: Desk, name: str
) -> None:
    before = configured(installation)
    chat = await BotChat.open(installation, name)
    for line in LINES:
        answer = await chat.say(line.format(sam=installation.user_id("sam")))
        assert answer == f"Only administrators can do this. Please ask {installation.user_id('ada')}."
    assert configured(installation) == before


async def test_administrators_are_not_and_what_they_did_is_written_down(
    installation: Installation, desk: Desk
) -> None:
    ada = await BotChat.open(installation, "ada")
    anna = installation.user_id("anna")
    assert "is made" in await ada.say(f"!chats add seven Seven operators={anna}")
    assert "is changed" in await ada.say("!chats edit seven name='Seven of Nine'")
    assert "is deleted" in await ada.say("!chats delete seven Seven of Nine")
    log = await run(installation, "audit", "--live-chat", "seven")
    for action in ("live_chat.created", "live_chat.changed", "live_chat.deleted"):
        [line] = [line for line in log.splitlines() if action in line]
        assert installation.user_id("ada") in line
