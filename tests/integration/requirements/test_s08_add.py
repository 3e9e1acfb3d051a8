"""S8: a live chat is made from the command line, from a bot command guided or in one line: the same live chat."""

from typing import Any

import pytest

from tests.integration.installation import Desk, Installation
from tests.integration.requirements.administrators import BotChat, configured, live_chat, run, serve

pytestmark = pytest.mark.asyncio(loop_scope="session")

OF_ITS_OWN = {"id", "slug", "name", "operators", "queue_room", "supervisors_room", "space"}


def settings(installation: Installation, slug: str) -> dict[str, Any]:
    """Everything that was said of it."""
    return {key: value for key, value in live_chat(installation, slug).items() if key not in OF_ITS_OWN}


async def test_every_way_makes_the_same_live_chat_that_works(installation: Installation, desk: Desk) -> None:
    server = installation.homeserver.server_name
    anna, boris = installation.user_id("anna"), installation.user_id("boris")
    ada = await BotChat.open(installation, "ada")

    await run(
        installation,
        *("chats", "add", "byline", "By Line"),
        *(f"--operator={anna}", f"--operator={boris}", "--supervisor=support-supervisors"),
        *(f"--customer=@*:{server}", "--show-operator-name", "--session-name={client}", "--waiting-alert=15"),
    )
    one_line = (
        f"!chats add bybot 'By Bot' operators={anna},{boris} supervisors=support-supervisors"
        f" customers=@*:{server} show_operator_name=yes session_name={{client}} waiting_alert=15"
    )
    assert "By Bot is made" in await ada.say(one_line)

    questions = (
        ("!chats add", "Short name?"),
        ("bychat", "Name?"),
        ("By Chat", "Bind account?"),
        ("-", "Register messages?"),
        ("-", "Internal customers?"),
        (f"@*:{server}", "Show the operator's name?"),
        ("yes", "external customers too?"),
        ("no", "Routing rule?"),
        ("first_response", "Operators?"),
        (f"{anna}, {boris}", "Supervisors?"),
        ("support-supervisors", "Names of sessions?"),
        ("{client}", "Waiting alert?"),
        ("15", "By Chat is made"),
    )
    for said, answered in questions:
        answer = await ada.say(said)
        assert answered in answer, f"{said}: {answer}"

    assert settings(installation, "byline") == settings(installation, "bybot")
    assert settings(installation, "byline") == settings(installation, "bychat")
    for slug in ("byline", "bybot", "bychat"):
        await serve(installation, slug, desk.anna, f"Hello {slug}")


async def test_wrong_answers_are_explained_and_cancelling_leaves_nothing(
    installation: Installation, desk: Desk
) -> None:
    before = configured(installation)
    ada = await BotChat.open(installation, "ada")
    await ada.say("!chats add")
    assert "must consist of a-z" in await ada.say("Not A Slug")
    assert "There is a live chat 'support' already" in await ada.say("support")
    assert "Name?" in await ada.say("another")
    assert await ada.say("!cancel") == "Ended. Nothing was changed."
    assert configured(installation) == before


async def test_a_change_of_name_and_people_reaches_clients_and_a_stale_one_overwrites_nothing(
    installation: Installation, desk: Desk
) -> None:
    ada, eve = await BotChat.open(installation, "ada"), await BotChat.open(installation, "ada")
    anna, boris = installation.user_id("anna"), installation.user_id("boris")
    await ada.say(
        f"!chats add eight Eight operators={anna} customers=@*:{installation.homeserver.server_name}"
    )
    await serve(installation, "eight", desk.anna, "Before the change")
    await eve.say("!chats edit eight")
    await eve.say("name")
    assert "is changed" in await ada.say(f"!chats edit eight name='Figure Eight' operators={boris}")
    assert "was changed by somebody else meanwhile" in await eve.say("Other")

    queue = await desk.boris.resolve_alias(f"#livechat_eight:{installation.homeserver.server_name}")
    await desk.boris.wait_until(lambda: queue in desk.boris.rooms, 60)
    await desk.boris.wait_for(
        queue,
        lambda event: (
            event["type"] == "m.room.name" and event["content"].get("name") == "Figure Eight: queue"
        ),
        60,
    )
    await desk.anna.wait_until(lambda: queue not in desk.anna.rooms, 60)
    customer, room, _ = await serve(installation, "eight", desk.boris, "After the change")
    names = await customer.members(room)
    assert names[installation.user_id("livechat_eight")] == "Figure Eight"
