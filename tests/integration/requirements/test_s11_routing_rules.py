"""S11: First Response by default; another rule can be chosen, with settings of its own."""

import asyncio
from collections.abc import AsyncIterator
from subprocess import CompletedProcess

import pytest
import pytest_asyncio

from tests.integration.installation import SLUG, Desk, card_says, livechat
from tests.integration.requirements.bound_desk import bound_desk, run

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(300)]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def desk(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Desk]:
    async with bound_desk(tmp_path_factory.mktemp("rules")) as desk:
        yield desk


async def edit(desk: Desk, *options: str) -> CompletedProcess[str]:
    """An administrator changes the live chat, which may be refused."""
    return await asyncio.to_thread(livechat, "chats", "edit", SLUG, *options, config=desk.installation.config)


async def test_by_default_a_session_waits_for_the_first_who_takes_it(desk: Desk) -> None:
    assert "first_response" in await run(desk.installation, "chats", "show", SLUG)
    carla = await desk.installation.customer()
    _, number, card = await desk.write(carla, "Whoever is first")
    await desk.boris.react(desk.queue, card, "✋")
    await desk.anna.wait_for(desk.queue, card_says(number, "Taken by Boris"))


async def test_another_rule_with_its_setting_counts_from_the_next_session_on(desk: Desk) -> None:
    await run(desk.installation, "chats", "edit", SLUG, "--rule=assigned_to", "--rule-setting=field=manager")
    carla = await desk.installation.customer()
    _, number, _ = await desk.write(carla, "By another rule")
    await desk.anna.wait_for(
        desk.queue, card_says(number, "The customer is not connected to an item of Contacts; offered")
    )
    await run(desk.installation, "chats", "edit", SLUG, "--rule=first_response")
    dan = await desk.installation.customer()
    _, number, _ = await desk.write(dan, "By the first rule again")
    seen = await desk.anna.wait_for(desk.queue, card_says(number, "Waiting."))
    assert "offered to the operators" not in seen["content"]["body"]


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (["--rule=assigned_to"], "field"),
        (["--rule=assigned_to", "--rule-setting=field=name"], "manager"),
        (["--rule=assigned_to", "--rule-setting=field=manager", "--rule-setting=limit=3"], "limit"),
        (["--rule=asigned_to"], "there is no routing rule 'asigned_to'"),
        (
            ["--rule=assigned_to", "--rule-setting=field=manager", "--account-app="],
            "Assigned to needs an app to be bound",
        ),
    ],
)
async def test_a_rule_or_setting_that_cannot_be_is_refused_and_nothing_changes(
    desk: Desk, options: list[str], reason: str
) -> None:
    before = await run(desk.installation, "chats", "show", SLUG)
    refused = await edit(desk, *options)
    assert refused.returncode == 1
    assert reason in refused.stderr
    assert await run(desk.installation, "chats", "show", SLUG) == before
