"""The part of the scripted conversation in which an operator keeps what the customer's data and wishes are."""

from livechat_plugin.demo.cast import Cast, Talk
from livechat_plugin.demo.sightings import answers, body_of, says
from livechat_plugin.demo.story import Story, expect, short

COMPANY = "Inferno Printers"
COMPLAINT = "The printer burns"


async def connect_and_register(story: Story, cast: Cast, talk: Talk) -> None:
    """Connect the customer to an item of Contacts, and register what they complain of."""
    if "not connected" in await _customer(cast, talk):  # unless the data of an earlier run are there
        await _connect(story, cast, talk)
    anna, room = cast.people["anna"], talk.session_room
    with story.step("anna registers the complaint with !register, in one line") as saw:
        await anna.say(room, f'!register complaints text="{COMPLAINT}" urgency=high')
        told = await cast.sees(anna, room, says("was registered by"))
        saw(f"in the room: {short(body_of(told))}")
    with story.step("anna asks who carla is with !customer") as saw:
        saw(f"she reads: {short(await customer_information(cast, talk), 160)}")


async def customer_information(cast: Cast, talk: Talk) -> str:
    """What whoever serves the session reads of the customer: what is kept is in it."""
    body = await _customer(cast, talk)
    for known in (COMPANY, COMPLAINT):
        expect(known in body, f"nothing tells of {known}: {body}")
    return body


async def _connect(story: Story, cast: Cast, talk: Talk) -> None:
    anna, room = cast.people["anna"], talk.session_room
    with story.step("anna registers a complaint before anybody knows who carla is") as saw:
        await anna.say(room, f'!register complaints text="{COMPLAINT}"')
        told = await cast.sees(anna, room, says("!connect"))
        saw(f"she is told: {short(body_of(told))}")
    with story.step("anna connects carla to a new item of Contacts with !connect", is_needed=True) as saw:
        await anna.say(room, f'!connect name=Carla company="{COMPANY}" phone="030 123456"')
        told = await cast.sees(anna, room, says("is connected to Carla"))
        saw(f"in the room: {short(body_of(told))}")


async def _customer(cast: Cast, talk: Talk) -> str:
    operator, room = talk.to_customer().writer, talk.session_room
    asked = await operator.say(room, "!customer")
    return body_of(await cast.sees(operator, room, answers(asked)))
