"""S12: supervisors see all sessions, give them to operators, step in and take over, and learn who waits."""

import pytest

from livechat_plugin.demo.person import Person
from tests.integration.installation import SLUG, Desk, body, card_says, says

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(300)]


async def supervisors_room(desk: Desk) -> str:
    """Where supervisors are among themselves."""
    server = desk.installation.homeserver.server_name
    room = await desk.sam.resolve_alias(f"#livechat_{SLUG}_supervisors:{server}")
    await desk.sam.wait_until(lambda: room in desk.sam.rooms)
    return room


async def answer(person: Person, room: str, command: str) -> str:
    """What the plugin says to a command."""
    written = await person.say(room, command)

    def is_answer(event: dict[str, object]) -> bool:
        content = event["content"]
        assert isinstance(content, dict)
        reply = content.get("m.relates_to", {}).get("m.in_reply_to", {})
        return bool(reply.get("event_id") == written)

    return body(await person.wait_for(room, is_answer))


async def test_a_supervisor_sees_all_sessions_and_an_operator_the_queue_and_their_own(desk: Desk) -> None:
    carla, dan = await desk.installation.customer(), await desk.installation.customer()
    served = await desk.serve(carla, "Anna serves me")
    _, waiting, _ = await desk.write(dan, "I am waiting here")
    room = await supervisors_room(desk)
    seen = await answer(desk.sam, room, f"!sessions since=2020-01-01 customer={carla.user_id}")
    assert f"#{served.number} " in seen
    assert f"served by {desk.anna.user_id}" in seen
    assert f"https://matrix.to/#/{served.session_room}?via=" in seen
    everything = await answer(desk.sam, room, "!sessions all")
    assert f"#{served.number} " in everything
    assert f"#{waiting} " in everything
    queue = await answer(desk.boris, desk.queue, "!sessions waiting")
    assert f"#{waiting} " in queue
    assert f"#{served.number} " not in await answer(desk.boris, desk.queue, "!sessions all")
    assert f"#{served.number} " in await answer(desk.anna, desk.queue, "!sessions mine")


async def test_nobody_else_sees_a_session(desk: Desk) -> None:
    carla = await desk.installation.customer()
    await desk.write(carla, "Who else is here?")
    chat = await carla.start_direct_chat(desk.installation.bot)
    await carla.wait_for(chat, says("Write !help"))
    assert "You are neither operator nor supervisor" in await answer(carla, chat, "!sessions all")
    refused = await answer(carla, chat, "!sessions all chat=support")
    assert "neither operator nor supervisor of Customer Support" in refused


async def test_a_supervisor_gives_an_incoming_session_to_an_operator(desk: Desk) -> None:
    carla = await desk.installation.customer()
    _, number, card = await desk.write(carla, "Somebody for me, please")
    room = await supervisors_room(desk)
    assert f"is given to {desk.boris.user_id}" in await answer(desk.sam, room, f"!assign {number} @boris")
    told = await desk.boris.wait_for(desk.queue, says(f"gave you session #{number}"))
    assert told["content"]["m.mentions"] == {"user_ids": [desk.boris.user_id]}
    session_room = await desk.session_room("Somebody for me, please", desk.boris)
    edited = await desk.boris.wait_for(desk.queue, card_says(number, "Taken by Boris"))
    assert edited["content"]["m.relates_to"]["event_id"] == card
    await desk.boris.say(session_room, "Here I am")
    await carla.wait_until(lambda: any(says("Here I am")(e) for r in carla.rooms for e in carla.events(r)))


async def test_a_served_session_changes_hands_and_the_customer_notices_nothing(desk: Desk) -> None:
    carla = await desk.installation.customer()
    served = await desk.serve(carla, "Please do not pass me around")
    before = [event["event_id"] for event in carla.events(served.customer_room)]
    await desk.sam.say(desk.queue, f"!assign {served.number} @boris")
    await desk.boris.wait_for(desk.queue, says(f"gave you session #{served.number}"))
    told = await desk.anna.wait_for(desk.queue, says(f"gave session #{served.number} to"))
    assert told["content"]["m.mentions"] == {"user_ids": [desk.anna.user_id]}
    await desk.anna.wait_until(lambda: served.session_room not in desk.anna.rooms)
    await desk.session_room("Please do not pass me around", desk.boris)
    await desk.boris.say(served.session_room, "The answer, from somebody else")
    seen = await carla.wait_for(served.customer_room, says("The answer, from somebody else"))
    assert seen["sender"] == desk.installation.ghost
    new = [e for e in carla.events(served.customer_room) if e["event_id"] not in before]
    assert [event["event_id"] for event in new if event["type"] == "m.room.message"] == [seen["event_id"]]
    assert not any(event["type"] == "m.room.member" for event in new)


async def test_a_supervisor_steps_in_by_the_link_and_takes_over(desk: Desk) -> None:
    carla = await desk.installation.customer()
    served = await desk.serve(carla, "I want to speak to your supervisor")
    listed = await answer(desk.sam, await supervisors_room(desk), f"!sessions customer={carla.user_id}")
    room = listed.split("https://matrix.to/#/")[1].split("?via=")[0]
    await desk.sam.join(room)
    await desk.sam.wait_for(room, says("I want to speak to your supervisor"))
    await desk.sam.say(room, "!takeover")
    await desk.anna.wait_for(desk.queue, says(f"took session #{served.number} over"))
    await desk.anna.wait_until(lambda: room not in desk.anna.rooms)
    await desk.sam.say(room, "This is the supervisor")
    await carla.wait_for(served.customer_room, says("This is the supervisor"))
    await desk.sam.say(room, "!close")
    await desk.boris.wait_for(desk.queue, card_says(served.number, "Closed. Served by Sam."))


async def test_what_cannot_be_assigned_says_why(desk: Desk) -> None:
    carla = await desk.installation.customer()
    _, number, _ = await desk.write(carla, "Not for everybody")
    room = await supervisors_room(desk)
    refusals = {
        f"!assign {number} @nobody": "is neither operator nor supervisor of Customer Support",
        f"!assign {number} {carla.user_id}": "is neither operator nor supervisor of Customer Support",
        "!assign 999999 @boris": "There is no session #999999 here",
        f"!assign {number}": "Write which session goes to whom",
        "!takeover soon": "is not a session number",
    }
    for command, refusal in refusals.items():
        assert refusal in await answer(desk.sam, room, command)
    assert "Only supervisors of Customer Support" in await answer(
        desk.anna, desk.queue, f"!assign {number} @boris"
    )
    await desk.boris.say(desk.queue, "!away")
    await desk.boris.wait_for(desk.queue, says("away"))
    try:
        assert "is away" in await answer(desk.sam, room, f"!assign {number} @boris")
        assert "is given to" in await answer(desk.sam, room, f"!assign {number} @boris anyway")
    finally:
        await desk.boris.say(desk.queue, "!online")
    session_room = await desk.session_room("Not for everybody", desk.boris)
    await desk.boris.say(session_room, "!close")
    await desk.boris.wait_for(desk.queue, card_says(number, "Closed."))
    assert "is closed" in await answer(desk.sam, room, f"!assign {number} @anna")


async def test_supervisors_learn_of_a_session_that_waits_for_too_long(desk: Desk) -> None:
    everybody = f"--customer=@*:{desk.installation.homeserver.server_name}"
    await desk.installation.add_chat("slow", "Slow Support", everybody, "--waiting-alert=1")
    server = desk.installation.homeserver.server_name
    carla = await desk.installation.customer()
    chat = await carla.start_direct_chat(desk.installation.user_id("livechat_slow"))
    await carla.say(chat, "Is nobody there?")
    room = await desk.sam.resolve_alias(f"#livechat_slow_supervisors:{server}")
    await desk.sam.wait_until(lambda: room in desk.sam.rooms)
    alert = await desk.sam.wait_for(room, says("has been waiting for 1 minute"), 120)
    assert alert["content"]["m.mentions"] == {"user_ids": [desk.sam.user_id]}
    queue = await desk.anna.resolve_alias(f"#livechat_slow:{server}")
    await desk.anna.wait_for(queue, says("⏰ Waiting for too long."), 30)
