"""S13: the messengers connected to a live chat are shown in its settings; an account belongs to one live chat."""

import pytest

from tests.integration.installation import Desk, Installation
from tests.integration.requirements.administrators import BotChat, run

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_the_connected_accounts_are_shown_with_their_state(
    installation: Installation, desk: Desk
) -> None:
    ada = await BotChat.open(installation, "ada")
    anna, server = installation.user_id("anna"), installation.homeserver.server_name
    await run(installation, "chats", "add", "thirteen", "Thirteen", f"--operator={anna}")
    assert f"External sources: Matrix: @livechat_thirteen:{server} (ready)" in await ada.say(
        "!chats show thirteen"
    )
    assert f"Matrix: {installation.ghost} (ready)" in await run(installation, "chats", "show", "support")
    listed = await run(installation, "chats", "sources")
    accounts = [line for line in listed.splitlines() if "@livechat_" in line]
    [thirteen] = [line for line in accounts if f"@livechat_thirteen:{server}" in line]
    for part in ("Matrix", "Thirteen", "ready"):
        assert part in thirteen
    assert len({line.split("@livechat_")[1].split()[0] for line in accounts}) == len(accounts)
