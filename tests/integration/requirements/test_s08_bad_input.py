"""S8: what cannot be is refused in its own words, in every interface, and nothing is half done."""

import asyncio

import pytest

from tests.integration.installation import Desk, Installation
from tests.integration.requirements.administrators import BotChat, configured, run

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_every_wrong_field_of_a_line_is_told_at_once(installation: Installation, desk: Desk) -> None:
    before = configured(installation)
    told = await run(
        installation,
        *("chats", "add", "Bad Slug", "Customer Support", "--operator=no such group"),
        *("--supervisor=@gone:" + installation.homeserver.server_name, "--customer=nobodies"),
        *("--account-app=nothing", "--rule=nonsense", "--session-name={phone}", "--waiting-alert=-1"),
        status=1,
    )
    keys = [line.split(": ")[1] for line in told.splitlines()]
    assert keys == [
        *("slug", "name", "operators", "supervisors", "customers"),
        *("account_app", "session_name", "waiting_alert"),
    ]
    assert "there is no user @gone:" in told
    assert configured(installation) == before


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ("operators=@gone:{server}", "There is no user @gone:{server} on this homeserver"),
        ("operators=@livechat_support:{server}", "is one of the live chats' own users"),
        ("operators=bad-empty", "The group 'bad-empty' has no members, so nobody could answer"),
        ("operators=bad-unknown", "There is no group 'bad-unknown'"),
        ("operators={anna} supervisors={anna},bad-empty", "must be one group, or Matrix ids"),
        ("operators={anna} rule=assigned_to", "needs an app to be bound"),
        ("operators={anna} waiting_alert=soon", "'soon' is not a number"),
        ("operators={anna} show_operator_name=perhaps", "'perhaps' is neither yes nor no"),
        ("operators={anna} colour=red", "There is no field 'colour' here"),
        ('operators={anna} name="CUSTOMER SUPPORT"', "there is a live chat 'CUSTOMER SUPPORT' already"),
    ],
)
async def test_a_wrong_field_is_refused_with_its_reason(
    installation: Installation, desk: Desk, options: str, reason: str
) -> None:
    ada = await BotChat.open(installation, "ada")
    if "bad-empty" in options:
        groups = await run(installation, "groups", "list")
        if "bad-empty" not in groups:
            await run(installation, "groups", "add", "bad-empty")
    before = configured(installation)
    words = {"server": installation.homeserver.server_name, "anna": installation.user_id("anna")}
    name = "" if "name=" in options else "name=Bad "
    answer = await ada.say(f"!chats add bad {name}{options.format(**words)}")
    assert reason.format(**words).casefold() in answer.casefold()
    await ada.say("!cancel")
    assert configured(installation) == before


async def test_of_two_administrators_who_take_one_slug_one_wins(
    installation: Installation, desk: Desk
) -> None:
    first, second = await BotChat.open(installation, "ada"), await BotChat.open(installation, "ada")
    anna = installation.user_id("anna")
    answers = await asyncio.gather(
        first.say(f"!chats add twice One operators={anna}"),
        second.say(f"!chats add twice Two operators={anna}"),
    )
    assert sorted("is made" in answer for answer in answers) == [False, True]
    assert sum("There is a live chat 'twice' already" in answer for answer in answers) == 1
