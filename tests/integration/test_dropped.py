"""A homeserver that drops transactions and shows no error: what was in them is found all the same."""

from collections.abc import AsyncIterator
from random import Random

import pytest
import pytest_asyncio

from tests.chaos.pushes import Mischief, Pushes
from tests.integration.installation import Desk, Installation, body, says

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(240)]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def forgetful(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[tuple[Desk, Pushes]]:
    """An installation with our proxy between homeserver and plugin."""
    installation = Installation(tmp_path_factory.mktemp("dropped"))
    pushes = Pushes(Random(1), [])
    await pushes.start()
    try:
        await installation.set_up()
        await installation.end_plugin()
        await installation.homeserver.stop()
        pushes.targets = [installation.web]
        registration = installation.config.parent / "livechat-registration.yaml"
        text = registration.read_text()
        assert installation.web in text
        registration.write_text(text.replace(installation.web, f"http://127.0.0.1:{pushes.port}"))
        await installation.homeserver.start()
        installation.module = "tests.integration.hurried"
        await installation.start_plugin()
        yield await Desk.open(installation), pushes
    finally:
        await installation.end()
        await pushes.stop()


async def test_what_was_dropped_is_found_and_taken_in_once(forgetful: tuple[Desk, Pushes]) -> None:
    desk, pushes = forgetful
    carla, dan = await desk.installation.customer(), await desk.installation.customer()
    served = await desk.serve(carla, "carla 1")
    pushes.mischief = (Mischief.SWALLOWED,)
    await carla.say(served.customer_room, "carla 2")
    await desk.anna.say(served.session_room, "anna 1")
    room = await dan.start_direct_chat(desk.installation.ghost)
    await dan.say(room, "dan 1")
    await desk.anna.wait_for(served.session_room, says("carla 2"))
    await carla.wait_for(served.customer_room, says("anna 1"))
    await desk.card("dan 1")
    assert pushes.caused[Mischief.SWALLOWED] > 0
    pushes.mischief = ()
    await carla.say(served.customer_room, "carla 3")
    await desk.anna.wait_for(served.session_room, says("carla 3"))
    heard = [body(event) for event in desk.anna.events(served.session_room)]
    assert [heard.count(f"carla {number}") for number in range(1, 4)] == [1, 1, 1]
    assert [body(event) for event in carla.events(served.customer_room)].count("anna 1") == 1
    assert "does not push" in desk.installation.log.read_text()
