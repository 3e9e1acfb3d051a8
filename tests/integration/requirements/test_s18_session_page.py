"""S18: the conversation, the customer's information and the actions are in one place, without leaving the chat."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.integration.installation import Desk, body, says
from tests.integration.requirements.bound_desk import bound_desk, order, told

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(300)]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def desk(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Desk]:
    async with bound_desk(tmp_path_factory.mktemp("page")) as desk:
        yield desk


async def test_the_session_room_shows_the_conversation_and_who_writes(desk: Desk) -> None:
    carla = await desk.installation.customer()
    served = await desk.serve(carla, "Who am I?")
    shown = await order(served, "!customer", carla.user_id)
    for part in ("Carla", "Matrix", "not connected to Contacts", f"#{served.number}", "Who am I?"):
        assert part in shown
    await order(served, '!connect name="Carla Corp" phone="+49 30 123456"', "is connected to Carla Corp")
    await order(served, "!register complaints text=Broken", "was registered")
    shown = await order(served, "!customer", "Carla Corp (Contacts #")
    for part in ("Phone: +49 30 123456", "Complaints: Broken", f"session #{served.number}"):
        assert part in shown
    event = await told(desk.anna, served.session_room, "Complaints: Broken, session")
    assert "<li>" in event["content"]["formatted_body"]
    helped = await order(served, "!help", "!connect")
    for action in ("!register", "!customer", "!note", "!close"):
        assert action in helped
    await carla.say(served.customer_room, "Still here")
    await desk.anna.wait_for(served.session_room, says("Still here"))
    assert not any("Corp" in body(event) for event in carla.events(served.customer_room))


async def test_earlier_sessions_are_shown_with_who_served_them_and_how_they_ended(desk: Desk) -> None:
    carla = await desk.installation.customer()
    served = await desk.serve(carla, "My first question")
    await desk.anna.say(served.session_room, "!close")
    await carla.wait_for(served.customer_room, says("closed now"))
    await carla.say(served.customer_room, "My second question")
    number, _ = await desk.card("My second question")
    await desk.boris.say(desk.queue, f"!take {number}")
    room = await desk.session_room("My second question", desk.boris)
    await desk.boris.say(room, "!customer")
    shown = body(await told(desk.boris, room, "My first question (closed)"))
    assert f"{desk.anna.user_id}: My first question (closed)" in shown
    assert f"{desk.boris.user_id}: My second question (active)" in shown
    assert shown.index("My second") < shown.index("My first")
