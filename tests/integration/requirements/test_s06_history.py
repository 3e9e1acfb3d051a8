"""S6: what was said with a customer is kept, and operators have it before them when the customer writes again."""

import pytest

from tests.integration.installation import Desk, body, card_says, says

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_the_next_operator_has_the_whole_history_before_them(desk: Desk) -> None:
    carla = await desk.installation.customer()
    served = await desk.serve(carla, "My stapler is on fire")
    await desk.anna.say(served.session_room, "Please use the extinguisher")
    await carla.wait_for(served.customer_room, says("extinguisher"))
    note = await desk.anna.say(served.session_room, "!note a careless customer")
    await desk.anna.say(served.session_room, "!close")
    await carla.wait_for(served.customer_room, says("closed now"))
    await desk.boris.wait_for(desk.queue, card_says(served.number, "Closed."))

    await carla.say(served.customer_room, "Now it is wet")
    number, card = await desk.card("Now it is wet")
    await desk.boris.react(desk.queue, card, "✋")
    room = await desk.session_room("Now it is wet", desk.boris)
    assert room == served.session_room
    for words in ("My stapler is on fire", "Please use the extinguisher", "a careless customer"):
        await desk.boris.wait_for(room, says(words))
    assert any(event["event_id"] == note for event in desk.boris.events(room))

    await desk.boris.say(room, "!history")
    told = body(await desk.boris.wait_for(room, says("Earlier sessions of")))
    assert f"#{served.number} · " in told
    assert f"served by {desk.anna.user_id} · 2 messages · My stapler is on fire" in told
    assert f"#{number} " not in told
    assert not any("Earlier sessions" in body(event) for event in carla.events(served.customer_room))


async def test_a_customer_who_never_wrote_before_has_no_history(desk: Desk) -> None:
    carla = await desk.installation.customer()
    served = await desk.serve(carla, "My first time here")
    await desk.anna.say(served.session_room, "!history")
    await desk.anna.wait_for(served.session_room, says("has no earlier sessions"))
