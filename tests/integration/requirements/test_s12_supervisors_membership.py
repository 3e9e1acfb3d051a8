"""S12: supervisors are a group. Who is in it moderates, and sees the live chat's rooms; who is not, does not.

This is the part about membership: the rooms of a live chat follow its groups, in both directions and at once.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
import pytest_asyncio

from livechat_plugin.demo.person import ClientFailed, Person
from tests.integration.installation import Desk, body, is_card, says
from tests.integration.requirements.people_rooms import WAIT, Bot, administrator, bring_in, open_room

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(600)]


@dataclass
class Office:
    """A live chat of its own, so that its groups can change."""

    desk: Desk
    ada: Person
    bot: Bot
    queue: str

    def alias(self, what: str = "") -> str:
        return f"#livechat_moderated{what}:{self.desk.installation.homeserver.server_name}"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def office(desk: Desk) -> AsyncIterator[Office]:
    ada, bot = await administrator(desk)
    everybody = f"--customer=@*:{desk.installation.homeserver.server_name}"
    await desk.installation.add_chat("moderated", "Moderated Desk", everybody)
    queue = await desk.anna.resolve_alias(f"#livechat_moderated:{desk.installation.homeserver.server_name}")
    await desk.anna.wait_until(lambda: queue in desk.anna.rooms, WAIT)
    yield Office(desk, ada, bot, queue)


async def test_a_new_supervisor_is_let_into_the_rooms_and_may_step_into_sessions(office: Office) -> None:
    desk = office.desk
    tess = await desk.installation.person("tess", auto_join=True)
    await office.bot.told(f"!groups edit moderated-supervisors +{tess.user_id}")
    supervisors = await desk.sam.resolve_alias(office.alias("_supervisors"))
    await tess.wait_until(lambda: {office.queue, supervisors} <= set(tess.rooms), WAIT)
    session_room, _ = await session(office, "S12: for Tess to look at")
    await tess.join(session_room)
    await tess.wait_for(session_room, says("S12: for Tess to look at"), WAIT)
    # And out again, also of the sessions that she stepped into.
    await office.bot.told(f"!groups edit moderated-supervisors -{tess.user_id}")
    await tess.wait_until(lambda: not {office.queue, supervisors, session_room} & set(tess.rooms), WAIT)
    with pytest.raises(ClientFailed):
        await tess.join(session_room)


async def test_an_operator_of_no_group_any_more_serves_the_session_to_its_end(office: Office) -> None:
    desk = office.desk
    session_room, carla = await session(office, "S12: until the end")
    chat = next(iter(carla.rooms))
    await office.bot.told(f"!groups edit moderated-operators -{desk.anna.user_id}")
    await desk.anna.wait_until(lambda: office.queue not in desk.anna.rooms, WAIT)
    await desk.anna.say(session_room, "I still answer")
    await carla.wait_for(chat, says("I still answer"), WAIT)
    await desk.anna.say(session_room, "!close")
    await desk.anna.wait_until(lambda: session_room not in desk.anna.rooms, WAIT)
    await office.bot.told(f"!groups edit moderated-operators +{desk.anna.user_id}")
    await desk.anna.wait_until(lambda: office.queue in desk.anna.rooms, WAIT)


async def test_operators_who_come_from_a_room_follow_it(office: Office) -> None:
    desk = office.desk
    uma = await desk.installation.person("uma", auto_join=True)
    room = await open_room(office.ada, desk.installation.bot, name="Moderators")
    await bring_in(office.ada, room, uma)
    assert "has 2 members" in await office.bot.told(f"!groups add s12-room room={room}")
    await desk.installation.add_chat("s12-follow", "Following Desk")
    await office.bot.told("!chats edit s12-follow operators=s12-room")
    queue = await desk.sam.resolve_alias(f"#livechat_s12-follow:{desk.installation.homeserver.server_name}")
    await uma.wait_until(lambda: queue in uma.rooms, WAIT)
    await desk.anna.wait_until(lambda: queue not in desk.anna.rooms, WAIT)
    await uma.leave(room)
    await uma.wait_until(lambda: queue not in uma.rooms, WAIT)


async def session(office: Office, text: str) -> tuple[str, Person]:
    """A session that anna serves; returns its room and the customer."""
    desk = office.desk
    carla = await desk.installation.customer()
    chat = await carla.start_direct_chat(desk.installation.user_id("livechat_moderated"))
    await carla.say(chat, text)
    card = await desk.anna.wait_for(office.queue, lambda event: is_card(event) and text in body(event), WAIT)
    await desk.anna.react(office.queue, card["event_id"], "✋")
    return await desk.session_room(text), carla
