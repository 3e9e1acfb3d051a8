"""The main job, with standard clients on a real homeserver."""

import asyncio

import pytest

from tests.integration.installation import NAME, Desk, body, card_says, says

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_customer_writes_and_operator_answers(desk: Desk) -> None:
    carla = await desk.installation.customer()
    room, number, card = await desk.write(carla, "My printer is on fire")
    await desk.anna.react(desk.queue, card, "✋")
    session_room = await desk.session_room("My printer is on fire")

    seen = await desk.anna.wait_for(session_room, says("My printer is on fire"))
    names = await desk.anna.members(session_room)
    assert names[seen["sender"]] == (await carla.members(room))[carla.user_id]

    await desk.anna.say(session_room, "Please use the extinguisher")
    answer = await carla.wait_for(room, says("extinguisher"))
    assert answer["sender"] == desk.installation.ghost
    assert (await carla.members(room))[answer["sender"]] == NAME
    assert number > 0


async def test_second_operator_is_told_who_won_and_the_card_says_so(desk: Desk) -> None:
    carla = await desk.installation.customer()
    _, number, card = await desk.write(carla, "Who is faster?")
    await asyncio.gather(
        desk.anna.say(desk.queue, f"!take {number}"), desk.boris.say(desk.queue, f"!take {number}")
    )
    told = await desk.boris.wait_for(desk.queue, says(f"already has session #{number}"))
    winner = body(told).split()[0]
    assert winner in {desk.anna.user_id, desk.boris.user_id}
    loser = desk.boris.user_id if winner == desk.anna.user_id else desk.anna.user_id
    assert told["content"]["m.mentions"] == {"user_ids": [loser]}
    edited = await desk.boris.wait_for(
        desk.queue, card_says(number, f"Taken by {winner[1:].partition(':')[0].title()}")
    )
    assert edited["content"]["m.relates_to"]["event_id"] == card


async def test_take_works_as_a_reply_to_the_card(desk: Desk) -> None:
    carla = await desk.installation.customer()
    _, number, card = await desk.write(carla, "Take me by reply")
    await desk.boris.reply(desk.queue, card, "!take")
    await desk.anna.wait_for(desk.queue, card_says(number, "Taken by Boris"))


async def test_operator_reads_what_was_said_before_taking(desk: Desk) -> None:
    carla = await desk.installation.customer()
    room, _, card = await desk.write(carla, "first of three words")
    await carla.say(room, "second of three words")
    await carla.say(room, "third of three words")
    await asyncio.sleep(0.3)
    await desk.anna.react(desk.queue, card, "👍")
    session_room = await desk.session_room("third of three words")
    said = [body(event) for event in desk.anna.events(session_room) if body(event).endswith("three words")]
    assert said == ["first of three words", "second of three words", "third of three words"]


async def test_words_written_before_the_ghost_is_in_the_room_arrive_in_order(desk: Desk) -> None:
    carla = await desk.installation.customer()
    room = await carla.start_direct_chat(desk.installation.ghost)
    for word in ("early one", "early two", "early three", "early four", "early five"):
        await carla.say(room, word)
    _, card = await desk.card("early one")
    await desk.anna.react(desk.queue, card, "✋")
    session_room = await desk.session_room("early five")
    said = [body(event) for event in desk.anna.events(session_room) if body(event).startswith("early")]
    assert said == ["early one", "early two", "early three", "early four", "early five"]


async def test_close_tidies_and_the_next_message_opens_a_new_session_in_the_same_rooms(desk: Desk) -> None:
    carla = await desk.installation.customer()
    served = await desk.serve(carla, "First visit")
    await desk.anna.say(served.session_room, "!close")
    await carla.wait_for(served.customer_room, says("closed now"))
    await desk.anna.wait_until(lambda: served.session_room not in desk.anna.rooms)
    await desk.boris.wait_for(desk.queue, card_says(served.number, "Closed."))

    await carla.say(served.customer_room, "Second visit")
    number, card = await desk.card("Second visit")
    assert number > served.number
    await desk.boris.react(desk.queue, card, "✋")
    session_room = await desk.session_room("Second visit", desk.boris)
    assert session_room == served.session_room
    await desk.boris.wait_for(session_room, says("First visit"))


async def test_session_room_stands_in_the_space_while_the_session_is_open(desk: Desk) -> None:
    carla = await desk.installation.customer()
    served = await desk.serve(carla, "Show me in the space")
    space = await desk.anna.resolve_alias(
        f"#livechat_support_space:{desk.installation.homeserver.server_name}"
    )

    def in_space(event: dict[str, object]) -> bool:
        return event["type"] == "m.space.child" and event.get("state_key") == served.session_room

    await desk.anna.wait_for(space, lambda event: in_space(event) and event["content"].get("via"))
    await desk.anna.say(served.session_room, "!close")
    await desk.anna.wait_for(space, lambda event: in_space(event) and not event["content"].get("via"))


async def test_note_stays_inside(desk: Desk) -> None:
    carla = await desk.installation.customer()
    served = await desk.serve(carla, "Keep your notes")
    note = await desk.anna.say(served.session_room, "!note a difficult customer")
    await desk.anna.wait_for(
        served.session_room,
        lambda event: event["type"] == "m.reaction" and event["content"]["m.relates_to"]["event_id"] == note,
    )
    await desk.anna.say(served.session_room, "Something for you")
    await carla.wait_for(served.customer_room, says("Something for you"))
    assert not any("difficult" in body(event) for event in carla.events(served.customer_room))


async def test_somebody_else_in_the_session_room_is_told_that_nothing_is_relayed(desk: Desk) -> None:
    carla = await desk.installation.customer()
    served = await desk.serve(carla, "Only my operator please")
    await desk.sam.join(served.session_room)  # supervisors come in without an invitation
    written = await desk.sam.say(served.session_room, "I would answer otherwise")
    told = await desk.sam.wait_for(served.session_room, says("Not sent to the customer"))
    assert told["content"]["m.relates_to"]["m.in_reply_to"]["event_id"] == written
    assert desk.anna.user_id in body(told)
    await desk.anna.say(served.session_room, "The real answer")
    await carla.wait_for(served.customer_room, says("The real answer"))
    assert not any("otherwise" in body(event) for event in carla.events(served.customer_room))


async def test_outsiders_cannot_enter_session_or_queue_rooms(desk: Desk) -> None:
    from livechat_plugin.demo.person import ClientFailed

    carla = await desk.installation.customer()
    served = await desk.serve(carla, "Is this private?")
    for room in (served.session_room, desk.queue):
        with pytest.raises(ClientFailed, match="M_FORBIDDEN"):
            await carla.join(room)


async def test_help_and_mistakes_are_answered_where_they_are_made(desk: Desk) -> None:
    carla = await desk.installation.customer()
    served = await desk.serve(carla, "I need nothing")
    await desk.anna.say(served.session_room, "!help")
    helped = await desk.anna.wait_for(served.session_room, says("!close"))
    assert "!note" in body(helped)
    await desk.anna.say(served.session_room, "!clsoe")
    await desk.anna.wait_for(served.session_room, says("Did you mean !close?"))
    await desk.boris.say(desk.queue, "!take 999999")
    await desk.boris.wait_for(desk.queue, says("There is no session #999999"))
    await desk.boris.say(desk.queue, "!take soon")
    await desk.boris.wait_for(desk.queue, says("is not a session number"))
    await desk.boris.say(desk.queue, "!note not here")
    await desk.boris.wait_for(desk.queue, says("works in session rooms"))
    assert not any("!help" in body(event) for event in carla.events(served.customer_room))


async def test_bot_explains_itself_in_a_direct_chat(desk: Desk) -> None:
    dan = await desk.installation.customer()
    room = await dan.start_direct_chat(desk.installation.bot)
    await dan.wait_for(room, says("Write !help"))
    await dan.say(room, "!chats")
    await dan.wait_for(room, says(desk.installation.ghost))


async def test_supervisor_who_is_no_operator_cannot_take(desk: Desk) -> None:
    carla = await desk.installation.customer()
    _, number, card = await desk.write(carla, "For operators only")
    await desk.sam.react(desk.queue, card, "✋")
    await desk.sam.wait_for(desk.queue, says("Only operators of Customer Support"))
    await desk.boris.say(desk.queue, f"!take {number}")
    await desk.boris.wait_for(desk.queue, card_says(number, "Taken by"))
