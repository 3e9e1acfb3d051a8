"""The scripted conversation of `livechat demo --once`: the whole job, through clients as everybody has them."""

from contextlib import AsyncExitStack

from livechat_plugin.demo.both_ways import plain
from livechat_plugin.demo.cast import Card, Cast, Talk
from livechat_plugin.demo.data import COMPLAINT, connect_and_register, customer_information
from livechat_plugin.demo.exchange import exchange_everything
from livechat_plugin.demo.help_desk import reset_passwords
from livechat_plugin.demo.screen import Screen
from livechat_plugin.demo.sightings import body_of, reacts, relation_of, says
from livechat_plugin.demo.story import Story, StoryEnds, expect, short
from livechat_plugin.demo.transcript import lines, transcript
from livechat_plugin.demo.world import INHABITANTS, World

NOTE = "The bucket is in the cellar"
ADVICE = "I would try water."


async def play(screen: Screen, world: World) -> bool:
    """Play it and print what both sides saw; tells whether every step was seen on the other side."""
    story = Story(screen)
    async with AsyncExitStack() as clients:
        people = {who.name: world.client_of(who.name) for who in INHABITANTS if who.role != "administrator"}
        for person in people.values():
            await clients.enter_async_context(person)
            clients.push_async_callback(person.log_out)
        cast = Cast(world, people)
        for name, slug in (("carla", "support"), ("dan", "it")):
            number = cast.unfinished(name, slug)
            expect(
                number is None,
                f"{name}'s session #{number} is still open here: close it, or take another --dir",
            )
        try:
            await _printer(story, cast)
            await reset_passwords(story, cast)
        except StoryEnds:
            screen.trouble("Without this step the rest cannot be played")
        for talk in cast.talks:
            _print_transcript(screen, talk)
    if story.missing:
        screen.failed("These steps were not seen on the other side:", "\n".join(story.missing))
    else:
        screen.done(f"All {story.seen} steps were seen on the other side", story.seconds)
    return not story.missing


async def _printer(story: Story, cast: Cast) -> None:
    """The customer carla and Customer Support, in two sessions."""
    talk, card = await _beginning(story, cast)
    await _taking(story, cast, talk, card)
    await exchange_everything(story, talk)
    await _inside(story, cast, talk)
    await connect_and_register(story, cast, talk)
    await _closing(story, cast, talk, card)
    await _again(story, cast, talk, card)
    with story.step("nothing that was meant for colleagues reached carla") as saw:
        read = [body_of(event) for event in talk.customer.events(talk.customers_room)]
        names = [cast.people[name].user_id for name in ("anna", "boris", "sam")]
        for secret in (NOTE, ADVICE, COMPLAINT, "!note", "!close", "!connect", "Not sent", *names):
            expect(not any(secret in body for body in read), f"carla read {secret!r}")
        saw("no note, no command, nothing of sam's, no operator's name")


async def _beginning(story: Story, cast: Cast) -> tuple[Talk, Card]:
    with story.step("carla opens a direct chat with Customer Support and writes", is_needed=True) as saw:
        talk = await cast.open_chat("carla", "support")
        await talk.customer.say(talk.customers_room, "My printer is on fire!")
        await talk.customer.say(talk.customers_room, "And it is still printing.")
        card = await cast.card("support", "My printer is on fire!")
        saw(f"in the queue room: {short(card.body)}")
        greeting = await cast.sees(talk.customer, talk.customers_room, says("thank you for writing"))
        saw(f"carla reads: {short(body_of(greeting))}")
    return talk, card


async def _taking(story: Story, cast: Cast, talk: Talk, card: Card) -> None:
    anna, boris = cast.people["anna"], cast.people["boris"]
    with story.step(f"anna takes it by a reaction, boris a moment later with !take {card.number}") as saw:
        await anna.react(card.queue_room, card.event_id, "✋")
        await boris.say(card.queue_room, f"!take {card.number}")
        told = await cast.sees(boris, card.queue_room, says(f"{anna.user_id} already has"))
        saw(f"boris is told: {short(body_of(told))}")
        saw(f"the card: {short(await cast.card_says(card, 'Taken by Anna'))}")
    with story.step("anna is invited and reads the conversation so far", is_needed=True) as saw:
        await cast.enter(talk, "anna", card)
        first = await cast.sees(anna, talk.session_room, says("My printer is on fire!"))
        talk.customers_ghost = first["sender"]
        second = await talk.to_operator().sees(says("still printing"))
        name = (await anna.members(talk.session_room))[talk.customers_ghost]
        expect(name == "Carla", f"carla is called {name}")
        saw(f"from {name}: {short(body_of(first))}, {short(body_of(second))}")
        await cast.wait_for_space("anna", talk, is_in=True)
        saw(f"the room is “#{card.number} Carla”, in the space of Customer Support")
    with story.step("anna answers", is_needed=True) as saw:
        answer = (await talk.to_customer().send(plain("Please step away from it. I am with you."))).copy
        members = await talk.customer.members(talk.customers_room)
        expect(
            set(members) == {talk.customer.user_id, talk.live_chats_ghost}, f"in the room: {sorted(members)}"
        )
        saw(f"carla reads, from {members[answer['sender']]}: {short(body_of(answer))}")


async def _inside(story: Story, cast: Cast, talk: Talk) -> None:
    """What stays in the session room."""
    anna, sam, room = cast.people["anna"], cast.people["sam"], talk.session_room
    with story.step("anna leaves a note for colleagues with !note") as saw:
        note = await anna.say(room, f"!note {NOTE}")
        mark = await cast.sees(anna, room, reacts(note))
        saw(f"it is marked {relation_of(mark)['key']}")
    with story.step("sam, the supervisor, comes in and writes without being the operator") as saw:
        await sam.join(room)
        await sam.say(room, ADVICE)
        told = await cast.sees(sam, room, says("Not sent to the customer"))
        saw(f"sam is told: {short(body_of(told))}")
        await sam.leave(room)
    for command, answer in (("!help", "!note <text>"), ("!clsoe", "Did you mean !close?")):
        with story.step(f"anna writes {command}") as saw:
            await anna.say(room, command)
            told = await cast.sees(anna, room, says(answer))
            saw(f"she is told: {short(body_of(told))}")


async def _closing(story: Story, cast: Cast, talk: Talk, card: Card) -> None:
    anna = cast.people["anna"]
    with story.step("anna ends the session with !close", is_needed=True) as saw:
        await anna.say(talk.session_room, "!close")
        farewell = await cast.sees(talk.customer, talk.customers_room, says("This chat is closed now"))
        saw(f"carla reads: {short(body_of(farewell))}")
        await anna.wait_until(lambda: talk.session_room not in anna.rooms)
        await cast.wait_for_space("boris", talk, is_in=False)
        saw("anna is out of the room, and the room is out of the space")
        saw(f"the card: {short(await cast.card_says(card, 'Closed. Served by'))}")


async def _again(story: Story, cast: Cast, talk: Talk, card: Card) -> None:
    boris, room = cast.people["boris"], talk.session_room
    with story.step("carla writes again, and boris replies !take to the card", is_needed=True) as saw:
        await talk.customer.say(talk.customers_room, "The new printer smokes, too.")
        again = await cast.card("support", "The new printer smokes, too.")
        expect(again.number > card.number, f"the session's number is {again.number}")
        saw(f"a new session: {short(again.body)}")
        await boris.reply(again.queue_room, again.event_id, "!take")
        await cast.enter(talk, "boris", again)
        expect(talk.session_room == room, "the session is in another room")
        history = await cast.sees(boris, room, says("My printer is on fire!"))
        saw(f"in the same room boris reads the history from {short(body_of(history))} on")
        saw(f"with !customer he reads what anna kept: {short(await customer_information(cast, talk), 160)}")
        answer = (await talk.to_customer().send(plain("Two in one day? I am bringing the bucket."))).copy
        saw(f"carla reads, in the chat that she has: {short(body_of(answer))}")
        await boris.say(room, "!close")
        saw(f"the card: {short(await cast.card_says(again, 'Closed. Served by Boris'))}")


def _print_transcript(screen: Screen, talk: Talk) -> None:
    name = talk.customer.user_id
    if talk.operator is not None:
        left = (f"{name} saw", lines(talk.customer, talk.customers_room, talk.began))
        right = (f"{talk.operator.user_id} saw", lines(talk.operator, talk.session_room, talk.began))
        screen.show_table(transcript(left, right))
