"""S3: users, groups and organizational units who may use a live chat; empty: no employee can.

Groups are a list, the members of a room, and a unit of spaces; what changes in them counts at once, without restart.
Revoked in mid-session: the open session finishes, no new one starts.
"""

import asyncio
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass

import pytest
import pytest_asyncio

from livechat_plugin.demo.person import Person
from tests.integration.installation import Desk, body, is_card, says
from tests.integration.requirements.people_rooms import (
    WAIT,
    Bot,
    administrator,
    bring_in,
    open_room,
    show_in_space,
)

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(600)]


@dataclass
class Company:
    """A live chat for internal customers only, and the groups that are let in."""

    desk: Desk
    ada: Person
    bot: Bot
    room: str
    space: str
    below: str
    queue: str

    @property
    def ghost(self) -> str:
        return self.desk.installation.user_id("livechat_internal")

    async def write(self, who: Person, text: str, room: str | None = None) -> str:
        room = room or await who.start_direct_chat(self.ghost)
        await who.say(room, text)
        return room

    async def is_let_in(self, who: Person, text: str, room: str | None = None) -> tuple[str, str]:
        """Somebody writes, and it opens a session; returns their room and the card."""
        room = await self.write(who, text, room)
        anna = self.desk.anna
        card = await anna.wait_for(self.queue, lambda event: is_card(event) and text in body(event), WAIT)
        return room, card["event_id"]

    async def is_refused(self, who: Person, text: str, room: str | None = None) -> str:
        """Somebody writes and is told that they may not, and whom to ask; no session opens."""
        room = await self.write(who, text, room)
        told = await who.wait_for(room, says("is not open to you"), WAIT)
        assert self.ada.user_id in body(told)
        assert not any(text in body(event) for event in self.desk.anna.events(self.queue))
        return room


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def company(desk: Desk) -> AsyncIterator[Company]:
    ada, bot = await administrator(desk)
    room = await open_room(ada, desk.installation.bot, name="Crew")
    space = await open_room(ada, desk.installation.bot, name="Sales", is_space=True)
    below = await open_room(ada, desk.installation.bot, name="Sales north", is_space=True)
    await show_in_space(ada, space, below)
    assert "has 0 members" in await bot.told("!groups add s3-list")
    assert "has 1 member." in await bot.told(f"!groups add s3-crew room={room}")
    assert "has 1 member." in await bot.told(f"!groups add s3-sales unit={space}")
    groups = [f"--customer={name}" for name in ("s3-list", "s3-crew", "s3-sales")]
    await desk.installation.add_chat("internal", "Internal Help", *groups)
    server = desk.installation.homeserver.server_name
    queue = await desk.anna.resolve_alias(f"#livechat_internal:{server}")
    await desk.anna.wait_until(lambda: queue in desk.anna.rooms, WAIT)
    yield Company(desk, ada, bot, room, space, below, queue)


async def test_a_list_lets_in_who_is_on_it_and_refuses_everybody_else(company: Company) -> None:
    carla, dan = await company.desk.installation.customer(), await company.desk.installation.customer()
    await company.bot.told(f"!groups edit s3-list +{carla.user_id}")
    await company.is_let_in(carla, "I am on the list")
    room = await company.is_refused(dan, "I am not on the list")
    assert company.ghost in await dan.members(room)


async def test_a_room_lets_in_who_joins_it_and_no_longer_who_left_it(company: Company) -> None:
    erin = await company.desk.installation.customer()
    room = await company.is_refused(erin, "erin is not of the crew yet")
    await bring_in(company.ada, company.room, erin)
    await _until_in_group(company, "s3-crew", erin, is_in=True)
    _, card = await company.is_let_in(erin, "erin is of the crew now", room)
    await company.desk.anna.react(company.queue, card, "✋")
    session_room = await company.desk.session_room("erin is of the crew now")
    # Revoked in mid-session: what was begun is finished.
    await erin.leave(company.room)
    await _until_in_group(company, "s3-crew", erin, is_in=False)
    await erin.say(room, "erin goes on")
    await company.desk.anna.wait_for(session_room, says("erin goes on"), WAIT)
    await company.desk.anna.say(session_room, "!close")
    await company.desk.anna.wait_until(lambda: session_room not in company.desk.anna.rooms, WAIT)
    await erin.say(room, "erin has another question")
    await _refused_times(erin, room, 2)
    assert not any("another question" in body(event) for event in company.desk.anna.events(company.queue))


async def test_a_unit_lets_in_the_people_of_its_sub_units(company: Company) -> None:
    fred, gina = await company.desk.installation.customer(), await company.desk.installation.customer()
    await bring_in(company.ada, company.space, fred)
    await bring_in(company.ada, company.below, gina)
    await _until_in_group(company, "s3-sales", fred, is_in=True)
    await _until_in_group(company, "s3-sales", gina, is_in=True)
    await company.is_let_in(fred, "fred of the unit")
    await company.is_let_in(gina, "gina of the sub-unit")


async def test_a_unit_grows_and_shrinks_with_its_tree_of_spaces(company: Company) -> None:
    hugo = await company.desk.installation.customer()
    new = await open_room(company.ada, company.desk.installation.bot, name="Sales south", is_space=True)
    await bring_in(company.ada, new, hugo)
    await show_in_space(company.ada, company.space, new)
    await _until_in_group(company, "s3-sales", hugo, is_in=True)
    await show_in_space(company.ada, company.space, new, is_in=False)
    await _until_in_group(company, "s3-sales", hugo, is_in=False)
    await company.is_refused(hugo, "hugo of nothing any more")


async def test_what_happens_while_the_plugin_is_down_is_made_up_for(company: Company) -> None:
    jack, kim = await company.desk.installation.customer(), await company.desk.installation.customer()
    await bring_in(company.ada, company.room, jack)
    await _until_in_group(company, "s3-crew", jack, is_in=True)
    await company.desk.installation.end_plugin(signal.SIGKILL)
    await jack.leave(company.room)
    await bring_in(company.ada, company.room, kim)
    await company.desk.installation.start_plugin()
    await _until_in_group(company, "s3-crew", jack, is_in=False)
    await _until_in_group(company, "s3-crew", kim, is_in=True)
    await company.is_let_in(kim, "kim came while nobody looked")


async def test_nobody_at_all_may_use_a_live_chat_with_an_empty_group(company: Company) -> None:
    assert "lets nobody in" in await company.bot.told("!groups add s3-nobody")
    await company.desk.installation.add_chat("s3-closed", "Closed to Everybody", "--customer=s3-nobody")
    ivan = await company.desk.installation.customer()
    room = await ivan.start_direct_chat(company.desk.installation.user_id("livechat_s3-closed"))
    await ivan.say(room, "anybody there?")
    await ivan.wait_for(room, says("Closed to Everybody is not open to you"), WAIT)


async def test_a_loop_of_spaces_is_refused_and_both_are_named(company: Company) -> None:
    bot = company.desk.installation.bot
    above = await open_room(company.ada, bot, name="Above", is_space=True)
    below = await open_room(company.ada, bot, name="Below", is_space=True)
    await show_in_space(company.ada, above, below)
    await show_in_space(company.ada, below, above)
    answer = await company.bot.told(f"!groups add s3-loop unit={above}")
    assert f'"Below" ({below})' in answer
    assert f'"Above" ({above})' in answer
    assert "There is no group 's3-loop'" in await company.bot.told("!groups show s3-loop")


async def test_a_loop_that_comes_later_is_cut_and_the_administrators_are_told(company: Company) -> None:
    bot = company.desk.installation.bot
    above = await open_room(company.ada, bot, name="Top", is_space=True)
    below = await open_room(company.ada, bot, name="Bottom", is_space=True)
    await show_in_space(company.ada, above, below)
    await company.bot.told(f"!groups add s3-circle unit={above}")
    await show_in_space(company.ada, below, above)
    room = await company.ada.wait_for_invite(WAIT)
    await company.ada.join(room)
    await company.ada.wait_for(room, says("'s3-circle' is followed in part only"), WAIT)
    await company.ada.wait_for(room, says(f'"Bottom" ({below})'), WAIT)


async def test_a_room_that_we_are_not_in_is_named_with_the_way_out(company: Company) -> None:
    closed = await open_room(company.ada, name="Closed")
    answer = await company.bot.told(f"!groups add s3-closed room={closed}")
    assert f"I am not in {closed} and cannot join it; invite {company.desk.installation.bot}" in answer
    path = f"/_matrix/client/v3/rooms/{closed}/invite"
    await company.ada._request("POST", path, {"user_id": company.desk.installation.bot})
    assert "has 1 member." in await company.bot.told(f"!groups add s3-closed room={closed}")


async def test_a_group_in_use_is_not_deleted(company: Company) -> None:
    assert "customers of internal" in await company.bot.told("!groups delete s3-list")


async def _until_in_group(company: Company, name: str, who: Person, *, is_in: bool) -> None:
    async def holds() -> bool:
        return (who.user_id in await company.bot.told(f"!groups show {name}")) == is_in

    await _until(holds)


async def _until(holds: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(WAIT):
        while not await holds():  # noqa: ASYNC110 - the bot is asked again and again
            await asyncio.sleep(0.2)


async def _refused_times(who: Person, room: str, times: int) -> None:
    await who.wait_until(
        lambda: sum("is not open to you" in body(event) for event in who.events(room)) >= times, WAIT
    )
