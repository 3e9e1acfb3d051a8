"""The scripted conversation of dan and IT Help Desk: who looks after a colleague gets their sessions, by name."""

from livechat_plugin.demo.both_ways import plain
from livechat_plugin.demo.cast import Card, Cast, Talk
from livechat_plugin.demo.sightings import body_of, says
from livechat_plugin.demo.story import Story, expect, short

FORGOTTEN = "I have forgotten my password."
AGAIN = "Now I have forgotten the new one."
MANAGED = "Taken by Boris"


async def reset_passwords(story: Story, cast: Cast) -> None:
    """Two sessions: the first one is offered to all operators, the second one goes to dan's manager."""
    talk = await cast.open_chat("dan", "it")
    await talk.customer.say(talk.customers_room, FORGOTTEN)
    card = await cast.card("it", FORGOTTEN)
    if MANAGED not in card.body:  # with the data of an earlier run, dan has his manager already
        await _first_come(story, cast, talk, card)
        await talk.customer.say(talk.customers_room, AGAIN)
        card = await cast.card("it", AGAIN)
    await _assigned(story, cast, talk, card)


async def _first_come(story: Story, cast: Cast, talk: Talk, card: Card) -> None:
    anna = cast.people["anna"]
    with story.step("dan writes to IT Help Desk; nobody looks after him yet") as saw:
        expect("not connected" in card.body, f"the card does not say why: {card.body}")
        saw(f"First Response, with the reason: {short(card.body, 200)}")
    with story.step("anna takes it; this live chat shows who answers", is_needed=True) as saw:
        await anna.say(card.queue_room, f"!take {card.number}")
        await cast.enter(talk, "anna", card)
        saw(f"dan reads, from {await _answer(cast, talk, 'I hear it is dan.', 'Anna')}")
    with story.step("anna connects dan to a new item, with boris as his manager", is_needed=True) as saw:
        manager = cast.people["boris"].user_id
        await anna.say(talk.session_room, f"!connect name=Dan manager={manager}")
        told = await cast.sees(anna, talk.session_room, says("is connected to Dan"))
        saw(f"in the room: {short(body_of(told))}")
        await _close(cast, talk, card)
        saw("she closes the session, and is gone from dan's chat")


async def _assigned(story: Story, cast: Cast, talk: Talk, card: Card) -> None:
    with story.step("dan writes again: Assigned to gives the session to his manager", is_needed=True) as saw:
        expect(MANAGED in card.body, f"the card says: {card.body}")
        saw(f"nobody had to take it: {short(card.body, 200)}")
        await cast.enter(talk, "boris", card)
        saw(f"dan reads, from {await _answer(cast, talk, 'I have seen that coming.', 'Boris')}")
        await _close(cast, talk, card)
        saw(f"the card: {short(await cast.card_says(card, 'Closed. Served by Boris'))}")


async def _answer(cast: Cast, talk: Talk, words: str, name: str) -> str:
    """Let the operator answer; what the customer reads, and from whom."""
    operator = talk.to_customer().writer
    await operator.send(talk.session_room, dict(plain(words).content))
    answer = await cast.sees(talk.customer, talk.customers_room, says(words))
    speaker = answer["sender"]
    expect(speaker != operator.user_id, "the operator is in the customer's room themselves")
    seen = (await talk.customer.members(talk.customers_room))[speaker]
    expect(seen == name, f"dan reads it from {seen}")
    return f"{seen}: {short(body_of(answer))}"


async def _close(cast: Cast, talk: Talk, card: Card) -> None:
    """End the session; the operator's ghost leaves the customer's room."""
    await talk.to_customer().writer.say(talk.session_room, "!close")
    alone = {talk.customer.user_id, talk.live_chats_ghost}

    def is_over() -> bool:
        """Whether everybody else has left, going by what the customer's client was told."""
        there: dict[str, str] = {}
        for event in talk.customer.events(talk.customers_room):
            if event["type"] == "m.room.member":
                there[event["state_key"]] = event["content"]["membership"]
        return {who for who, membership in there.items() if membership == "join"} == alone

    await talk.customer.wait_until(is_over)
    await cast.card_says(card, "Closed.")
