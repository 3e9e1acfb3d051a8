"""S14: the plugin, and each hook in it, is switched on and off in plugin.toml, while it runs."""

import signal
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from livechat_plugin.demo.person import Person
from tests.integration.installation import Desk, Installation, body, says
from tests.integration.test_bad_input import put_transaction

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(300)]

CLOSED = "Customer Support is closed at the moment."


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def desk(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Desk]:
    """An installation of its own, since it is switched off and killed."""
    installation = Installation(tmp_path_factory.mktemp("switched"))
    try:
        await installation.set_up()
        yield await Desk.open(installation)
    finally:
        await installation.end()


def said(person: Person, room: str, prefix: str) -> list[str]:
    """What somebody sees in a room that begins so, in its order."""
    return [body(event) for event in person.events(room) if body(event).startswith(prefix)]


async def test_started_while_off_it_keeps_what_happens_until_it_is_on(desk: Desk) -> None:
    installation = desk.installation
    carla = await installation.customer()
    served = await desk.serve(carla, "Before it is switched off")
    await installation.end_plugin()
    await installation.start_plugin({"LIVECHAT_PLUGIN__ENABLED": "false"})
    try:
        await carla.say(served.customer_room, "off: is anybody awake?")
        await carla.wait_for(served.customer_room, says(CLOSED), 30)
        await desk.anna.say(served.session_room, "Yes, I am")
        await desk.anna.wait_for(served.session_room, says("switched off at the moment"), 30)
        assert (await put_transaction(installation, "while-off", b'{"events": []}')).status_code == 200
        await carla.say(served.customer_room, "off: hello?")
    finally:
        await installation.end_plugin(signal.SIGKILL)
        await installation.start_plugin()
    await desk.anna.wait_for(served.session_room, says("off: hello?"), 30)
    await carla.wait_for(served.customer_room, says("Yes, I am"), 30)
    assert said(desk.anna, served.session_room, "off:") == ["off: is anybody awake?", "off: hello?"]
    assert len(said(carla, served.customer_room, CLOSED)) == 1
