"""The plugin is killed at moments that matter, on each kind of database (invariants 1 to 4).

Messages that arrive once and in order while everything is killed are the matter of test_chaos.
"""

import asyncio
import signal
import subprocess
import sys
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.integration.installation import Desk, Installation, body, new_database, says

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(240)]


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=["sqlite", "postgresql"])
async def fragile(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Desk]:
    """An installation of its own, since its processes are killed, on each kind of database."""
    url = None
    if request.param == "postgresql":
        url = await new_database(request.getfixturevalue("postgresql_server"), "fragile")
    installation = Installation(tmp_path_factory.mktemp("fragile"), url)
    try:
        await installation.set_up()
        yield await Desk.open(installation)
    finally:
        await installation.end()


async def _kill_plugin(desk: Desk) -> None:
    await desk.installation.end_plugin(signal.SIGKILL)
    await desk.installation.start_plugin()


async def test_first_messages_during_an_outage_open_their_sessions(fragile: Desk) -> None:
    customers = [await fragile.installation.customer() for _ in range(3)]
    await fragile.installation.end_plugin(signal.SIGKILL)
    for number, customer in enumerate(customers):
        room = await customer.start_direct_chat(fragile.installation.ghost)
        await customer.say(room, f"is anybody there {number}")
        await customer.say(room, f"hello again {number}")
    await fragile.installation.start_plugin()
    for number in range(3):
        _, card = await fragile.card(f"is anybody there {number}")
        await fragile.anna.react(fragile.queue, card, "✋")
        room = await fragile.session_room(f"hello again {number}")
        said = [body(e) for e in fragile.anna.events(room) if body(e).endswith(f" {number}")]
        assert said == [f"is anybody there {number}", f"hello again {number}"]


async def test_a_long_monologue_before_anybody_is_in_the_room_arrives_whole(fragile: Desk) -> None:
    customer = await fragile.installation.customer()
    await fragile.installation.end_plugin(signal.SIGKILL)
    room = await customer.start_direct_chat(fragile.installation.ghost)
    for count in range(130):
        await customer.say(room, f"monologue {count}")
    await fragile.installation.start_plugin()
    _, card = await fragile.card("monologue 0")
    await fragile.anna.react(fragile.queue, card, "✋")
    session_room = await fragile.session_room("monologue 129")
    said = [body(e) for e in fragile.anna.events(session_room) if body(e).startswith("monologue")]
    assert said == [f"monologue {count}" for count in range(130)]


async def test_a_claim_survives_a_kill_with_one_winner(fragile: Desk) -> None:
    customer = await fragile.installation.customer()
    _, number, _ = await fragile.write(customer, "claim me in a storm")
    await asyncio.gather(
        fragile.anna.say(fragile.queue, f"!take {number}"),
        fragile.boris.say(fragile.queue, f"!take {number}"),
    )
    await _kill_plugin(fragile)
    told = await fragile.boris.wait_for(fragile.queue, says(f"already has session #{number}"), 30)
    winner = fragile.anna if fragile.anna.user_id in body(told) else fragile.boris
    await fragile.session_room("claim me in a storm", winner)
    await asyncio.sleep(0.5)
    notices = [e for e in fragile.boris.events(fragile.queue) if f"already has session #{number}" in body(e)]
    assert len(notices) == 1


LOADING = """
import time, fastapi, nio, pydantic_settings, sqlalchemy.ext.asyncio, uvicorn
print(time.process_time())
"""
"""A yardstick: most of a start is loading these."""


async def test_a_start_costs_little_more_than_loading_the_libraries(fragile: Desk) -> None:
    """Of the processor, as a ratio: how fast that is, and what else it does, is not the plugin's affair.

    `make bench` holds the seconds of a quiet machine against their target.
    """
    await fragile.installation.end_plugin()
    await fragile.installation.start_plugin()
    loading = await asyncio.to_thread(
        subprocess.run, [sys.executable, "-c", LOADING], check=True, capture_output=True, text=True
    )
    assert fragile.installation.processor_seconds() < 3 * float(loading.stdout)
