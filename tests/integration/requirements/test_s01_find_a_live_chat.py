"""S1: an internal customer sees the list of the live chats open to them and picks one; picking one used before opens
the same room. The list is the bot's answer, with links, and a personal space "Live chats" in the room list.
"""

from urllib.parse import quote

import pytest

from livechat_plugin.demo.person import Person
from tests.integration.installation import NAME, Desk, body, says
from tests.integration.requirements.people_rooms import WAIT, Bot, administrator, call, children

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(600)]


async def test_the_bot_lists_live_chats_with_links_and_one_used_before_opens_the_same_room(
    desk: Desk,
) -> None:
    carla = await desk.installation.customer()
    bot = await Bot.of(carla, desk.installation.bot)
    answer = await bot.ask("!chats")
    assert f"{NAME}: write to {desk.installation.ghost}" in body(answer)
    assert f'href="https://matrix.to/#/{desk.installation.ghost}"' in answer["content"]["formatted_body"]
    room, _, _ = await desk.write(carla, "S1: found by the list")
    server = desk.installation.homeserver.server_name
    assert f"{NAME}: your chat, https://matrix.to/#/{room}?via={server}" in await bot.told("!chats")


async def test_only_live_chats_that_are_open_to_the_asker_are_listed(desk: Desk) -> None:
    carla, dan = await desk.installation.customer(), await desk.installation.customer()
    await desk.installation.add_chat("s1-only-carla", "For Carla", f"--customer={carla.user_id}")
    assert "For Carla" in await (await Bot.of(carla, desk.installation.bot)).told("!chats")
    assert "For Carla" not in await (await Bot.of(dan, desk.installation.bot)).told("!chats")


async def test_the_space_holds_a_room_for_each_live_chat_and_writing_in_it_opens_a_session(
    desk: Desk,
) -> None:
    carla, dan = await desk.installation.customer(), await desk.installation.customer()
    bot = await Bot.of(carla, desk.installation.bot)
    space = await live_chats_space(carla, bot)
    room = (await children(carla, space))[NAME]
    await carla.join(room)
    await carla.say(room, "S1: found in the room list")
    number, card = await desk.card("S1: found in the room list")
    await desk.anna.react(desk.queue, card, "✋")
    session_room = await desk.session_room("S1: found in the room list")
    await desk.anna.say(session_room, f"Welcome, session {number}")
    await carla.wait_for(room, says(f"Welcome, session {number}"), WAIT)
    assert f"your chat, https://matrix.to/#/{room}" in await bot.told("!chats")
    # It is theirs alone: nobody else is in it, and what others are shown is not the same.
    assert set(await carla.members(space)) == {carla.user_id, desk.installation.bot}
    assert set(await carla.members(room)) == {carla.user_id, desk.installation.ghost}
    others = await live_chats_space(dan, await Bot.of(dan, desk.installation.bot))
    assert others != space
    assert room not in (await children(dan, others)).values()


async def test_a_direct_chat_that_was_opened_before_is_what_the_space_shows(desk: Desk) -> None:
    carla = await desk.installation.customer()
    room, _, _ = await desk.write(carla, "S1: opened before")
    space = await live_chats_space(carla, await Bot.of(carla, desk.installation.bot))
    await carla.wait_until(lambda: room in shown(carla, space), WAIT)


async def test_what_is_no_longer_open_leaves_the_space_at_the_next_look(desk: Desk) -> None:
    carla = await desk.installation.customer()
    _, ada = await administrator(desk)
    await ada.told(f"!groups add s1-vips {carla.user_id}")
    await desk.installation.add_chat("s1-vips", "For VIPs", "--customer=s1-vips")
    bot = await Bot.of(carla, desk.installation.bot)
    space = await live_chats_space(carla, bot)
    await carla.wait_until(lambda: len(shown(carla, space)) >= 2, WAIT)
    assert "For VIPs" in await children(carla, space)
    await ada.told(f"!groups edit s1-vips -{carla.user_id}")
    assert "For VIPs" not in await bot.told("!chats")
    await carla.wait_until(
        lambda: any(
            event["type"] == "m.space.child" and not event["content"] for event in carla.events(space)
        ),
        WAIT,
    )
    assert "For VIPs" not in await children(carla, space)
    assert NAME in await children(carla, space)


async def test_the_user_directory_leaves_ghosts_out_and_their_exact_id_opens_the_chat(desk: Desk) -> None:
    """By itself, Synapse keeps every user of an application service out of its directory.

    With the module that ships, live chats are found: tests/contract/homeserver/test_user_directory.py.
    """
    carla = await desk.installation.customer()
    path = "/_matrix/client/v3/user_directory/search"
    found = await call(carla, "POST", path, {"search_term": NAME})
    assert [user["user_id"] for user in found["results"]] == []
    profile = await call(carla, "GET", f"/_matrix/client/v3/profile/{quote(desk.installation.ghost)}")
    assert profile["displayname"] == NAME
    await desk.write(carla, "S1: by the exact id")


async def live_chats_space(person: Person, bot: Bot) -> str:
    """Ask for the live chats, accept the invitation to one's space, and wait until the space shows something."""
    await bot.ask("!chats")
    space = await person.wait_for_invite(WAIT)
    await person.join(space)
    await person.wait_until(
        lambda: any(event["type"] == "m.space.child" for event in person.events(space)), WAIT
    )
    return space


def shown(person: Person, space: str) -> set[str]:
    """The ids of the rooms that a space shows."""
    rooms: dict[str, bool] = {}
    for event in person.events(space):
        if event["type"] == "m.space.child":
            rooms[event["state_key"]] = bool(event["content"])
    return {room for room, is_in in rooms.items() if is_in}
