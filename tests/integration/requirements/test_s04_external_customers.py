"""S4: external customers never need the internal list; a person of another homeserver is external.

They are let in by a pattern or their own id, or not at all: being invited into a room that a group follows opens nothing
to them. Two real homeservers federate here.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
import pytest_asyncio

from livechat_plugin.demo.homeserver import Homeserver
from livechat_plugin.demo.person import Person
from tests.integration.installation import Desk, Installation, body, is_card, says
from tests.integration.requirements.federation import write_federating_homeserver
from tests.integration.requirements.people_rooms import Bot, administrator, bring_in, open_room

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(600)]

WAIT = 90.0


@dataclass
class Neighbours:
    """Our installation, and a person of another homeserver."""

    desk: Desk
    ada: Person
    bot: Bot
    guest: Person


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def neighbours(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Neighbours]:
    ours, theirs = tmp_path_factory.mktemp("ours"), tmp_path_factory.mktemp("theirs")
    for directory in (ours / "homeserver", theirs):
        write_federating_homeserver(directory)
    installation, other = Installation(ours), Homeserver(theirs)
    try:
        await installation.set_up()
        async with other:
            user_id = await other.register("gustav", "gustav", display_name="Gustav")
            guest = Person(other.url, user_id, "gustav")
            await guest.connect()
            desk = await Desk.open(installation)
            ada, bot = await administrator(desk)
            yield Neighbours(desk, ada, bot, guest)
            await guest.disconnect()
    finally:
        await installation.end()


async def is_declined(neighbours: Neighbours, slug: str) -> None:
    ghost = neighbours.desk.installation.user_id(f"livechat_{slug}")
    room = await neighbours.guest.start_direct_chat(ghost)
    await neighbours.guest.say(room, f"knocking at {slug}")
    await neighbours.guest.wait_for(
        room,
        lambda event: (
            event["type"] == "m.room.member"
            and event.get("state_key") == ghost
            and event["content"]["membership"] == "leave"
        ),
        WAIT,
    )


async def test_a_pattern_of_our_own_people_does_not_let_others_in(neighbours: Neighbours) -> None:
    await is_declined(neighbours, "support")


async def test_a_room_that_a_group_follows_lets_no_stranger_in(neighbours: Neighbours) -> None:
    room = await open_room(neighbours.ada, neighbours.desk.installation.bot, name="Crew with guests")
    await bring_in(neighbours.ada, room, neighbours.guest)
    assert "has 1 member." in await neighbours.bot.told(f"!groups add s4-crew room={room}")
    assert neighbours.guest.user_id not in await neighbours.bot.told("!groups show s4-crew")
    await neighbours.desk.installation.add_chat("s4-crew", "Crew Desk", "--customer=s4-crew")
    await is_declined(neighbours, "s4-crew")


async def test_a_pattern_lets_people_of_another_homeserver_in_and_they_are_served(
    neighbours: Neighbours,
) -> None:
    desk, guest = neighbours.desk, neighbours.guest
    server = guest.user_id.partition(":")[2]
    await desk.installation.add_chat("s4-partners", "Partner Desk", f"--customer=@*:{server}")
    alias = f"#livechat_s4-partners:{desk.installation.homeserver.server_name}"
    queue = await desk.anna.resolve_alias(alias)
    await desk.anna.wait_until(lambda: queue in desk.anna.rooms, WAIT)
    room = await guest.start_direct_chat(desk.installation.user_id("livechat_s4-partners"))
    await guest.say(room, "S4: from next door")
    card = await desk.anna.wait_for(
        queue, lambda event: is_card(event) and "S4: from next door" in body(event), WAIT
    )
    await desk.anna.react(queue, card["event_id"], "✋")
    session_room = await desk.session_room("S4: from next door")
    await desk.anna.say(session_room, "Welcome, neighbour")
    await guest.wait_for(room, says("Welcome, neighbour"), WAIT)


async def test_a_live_chat_for_external_customers_needs_no_internal_list(neighbours: Neighbours) -> None:
    """Empty is for external customers only: no employee can use it, and nobody is shown it."""
    installation = neighbours.desk.installation
    await installation.add_chat("s4-outside", "Outside Desk")
    carla = await installation.customer()
    room = await carla.start_direct_chat(installation.user_id("livechat_s4-outside"))
    await carla.say(room, "May I?")
    await carla.wait_for(room, says("Outside Desk is not open to you"), WAIT)
    assert "Outside Desk" not in await (await Bot.of(carla, installation.bot)).told("!chats")
