"""S18: what operators do with a session without leaving the chat: hand it on, name it, say how urgent it is."""

import asyncio

import pytest

from tests.integration.installation import Desk, body, card_says, says

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(300)]


async def test_an_operator_hands_a_session_to_another_with_a_note(desk: Desk) -> None:
    carla = await desk.installation.customer()
    served = await desk.serve(carla, "This is for Boris")
    before = [event["event_id"] for event in carla.events(served.customer_room)]
    await desk.anna.say(served.session_room, "!transfer @boris she has called twice")
    await desk.boris.wait_for(desk.queue, says(f"gave you session #{served.number}"))
    room = await desk.session_room("This is for Boris", desk.boris)
    note = await desk.boris.wait_for(room, says("Note: she has called twice"))
    assert f"{desk.anna.user_id} handed session #{served.number} to {desk.boris.user_id}" in body(note)
    await desk.anna.wait_until(lambda: room not in desk.anna.rooms)
    await desk.boris.wait_for(desk.queue, card_says(served.number, "Taken by Boris"))
    await desk.boris.say(room, "Boris speaking")
    seen = await carla.wait_for(served.customer_room, says("Boris speaking"))
    new = [e["event_id"] for e in carla.events(served.customer_room) if e["event_id"] not in before]
    assert new == [seen["event_id"]]  # the customer noticed nothing else


async def test_an_operator_hands_a_session_to_a_group_and_one_of_it_takes_it(desk: Desk) -> None:
    ada = await desk.installation.person("ada")
    eve = await desk.installation.person("eve", auto_join=True)
    frank = await desk.installation.person("frank", auto_join=True)
    bot = await ada.start_direct_chat(desk.installation.bot)
    await ada.wait_for(bot, says("Write !help"))
    await ada.say(bot, f"!groups add second-level {eve.user_id} {frank.user_id}")
    await ada.wait_for(bot, says("second-level"))
    carla = await desk.installation.customer()
    served = await desk.serve(carla, "This is too hard for Anna")
    await desk.anna.say(served.session_room, "!transfer second-level it is in the firmware")
    await desk.boris.wait_for(desk.queue, card_says(served.number, "handed it to the group second-level"))
    room = await desk.session_room("This is too hard for Anna", eve)
    await eve.wait_for(room, says("Note: it is in the firmware"))
    await frank.wait_until(lambda: room in frank.rooms)
    await desk.anna.wait_until(lambda: room not in desk.anna.rooms)
    await eve.say(room, "!take")
    await desk.boris.wait_for(desk.queue, card_says(served.number, "Taken by Eve"))
    await frank.wait_until(lambda: room not in frank.rooms)
    await eve.say(room, "Second level here")
    await carla.wait_for(served.customer_room, says("Second level here"))
    assert not any("firmware" in body(event) for event in carla.events(served.customer_room))


async def test_of_two_who_act_at_the_same_moment_one_wins(desk: Desk) -> None:
    carla = await desk.installation.customer()
    served = await desk.serve(carla, "All at once, please")
    await asyncio.gather(
        desk.anna.say(served.session_room, "!transfer @boris"),
        desk.sam.say(desk.queue, f"!takeover {served.number}"),
        desk.anna.say(served.session_room, "!transfer @sam"),
    )
    await desk.anna.wait_until(lambda: served.session_room not in desk.anna.rooms)
    # Whatever came first, there is one operator in the end, and what the others wrote did not reach the customer.
    listed = await desk.sam.say(desk.queue, f"!sessions customer={carla.user_id}")
    told = await desk.sam.wait_for(
        desk.queue,
        lambda event: (
            event["content"].get("m.relates_to", {}).get("m.in_reply_to", {}).get("event_id") == listed
        ),
    )
    assert body(told).count(f"#{served.number} ") == 1
    assert sum(f"served by {who.user_id}" in body(told) for who in (desk.boris, desk.sam)) == 1
    assert not any("!t" in body(event) for event in carla.events(served.customer_room))


async def test_an_operator_names_a_session_and_says_how_urgent_it_is(desk: Desk) -> None:
    carla = await desk.installation.customer()
    served = await desk.serve(carla, "It burns, it burns")
    await desk.anna.say(served.session_room, "!rename Burning printer")
    await desk.anna.wait_for(
        served.session_room,
        lambda event: event["type"] == "m.room.name" and event["content"]["name"] == "Burning printer",
    )
    await desk.boris.wait_for(desk.queue, card_says(served.number, "Burning printer"))
    await desk.anna.say(served.session_room, "!priority high")
    await desk.boris.wait_for(desk.queue, card_says(served.number, "🔴 high priority"))
    await desk.anna.say(served.session_room, "!priority urgent")
    await desk.anna.wait_for(served.session_room, says("Write how urgent it is"))
    await desk.anna.say(served.session_room, "!rename")
    await desk.anna.wait_for(
        served.session_room, says(f"Session #{served.number} is called: #{served.number} ")
    )


async def test_what_is_not_theirs_operators_cannot_change(desk: Desk) -> None:
    carla = await desk.installation.customer()
    served = await desk.serve(carla, "Hands off, Boris")
    await desk.boris.say(desk.queue, f"!priority {served.number} low")
    await desk.boris.wait_for(desk.queue, says("Only they or a supervisor can prioritize it"))
    await desk.anna.say(served.session_room, "!transfer nowhere")
    await desk.anna.wait_for(served.session_room, says("There is no group 'nowhere'"))
    await desk.anna.say(served.session_room, "!transfer @nobody")
    await desk.anna.wait_for(served.session_room, says("is neither operator nor supervisor"))
    await desk.anna.say(served.session_room, "Still me")
    await carla.wait_for(served.customer_room, says("Still me"))
