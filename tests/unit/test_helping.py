"""`!help` shows what whoever asks may use, under headings, and nothing of what is for others."""

import pytest

from livechat_plugin.core.help_topics import Topic
from livechat_plugin.services.commands import COMMANDS
from tests.unit.desk import ANNA, BOT, CARLA, SAM, Desk
from tests.unit.wiring import ADA

FOR_OPERATORS = ("!sessions", "!online", "!answer")
FOR_SUPERVISORS = ("!assign", "!takeover", "!settings")
FOR_ADMINISTRATORS = ("!chats <add", "!apps", "!groups", "!operators", "!audit", "!answer")


async def help_from_the_bot(desk: Desk, user: str) -> str:
    room_id = await desk.people.open_room(user, BOT)
    await desk.settle()
    await desk.people.say(user, room_id, "!help")
    await desk.settle()
    return desk.lines(desk.homeserver.rooms[room_id])[-1]


async def test_customers_see_what_customers_need(desk: Desk) -> None:
    assert await help_from_the_bot(desk, CARLA) == (
        "livechat: I am the live chat's bot. This is what you can write to me: "
        "!chats List the live chats that you can write to. !help Show the commands that you can use here."
    )


@pytest.mark.parametrize(
    ("user", "shown", "hidden"),
    [
        (ANNA, FOR_OPERATORS, (*FOR_SUPERVISORS, "!apps", "!audit", "!chats <add")),
        (SAM, (*FOR_OPERATORS, *FOR_SUPERVISORS), ("!apps", "!audit", "!chats <add")),
        (ADA, FOR_ADMINISTRATORS, ("!online", "!assign")),
    ],
    ids=["operator", "supervisor", "administrator"],
)
async def test_everybody_else_sees_what_their_role_may_do(
    desk: Desk, user: str, shown: tuple[str, ...], hidden: tuple[str, ...]
) -> None:
    told = await help_from_the_bot(desk, user)
    assert "!chats List" in told
    assert not [usage for usage in shown if usage not in told]
    assert not [usage for usage in hidden if usage in told]


async def test_an_operator_in_a_session_room_is_not_shown_what_supervisors_do(desk: Desk) -> None:
    await desk.write()
    await desk.take()
    await desk.answer(ANNA, "!help")
    told = desk.lines(desk.session_room())[-1]
    assert "The session: !take" in told
    assert "The customer: !customer" in told
    assert "!takeover" not in told
    await desk.enter(SAM)
    await desk.answer(SAM, "!help")
    assert "For supervisors: !assign" in desk.lines(desk.session_room())[-1]


def test_every_topic_is_in_use() -> None:
    assert {usage.topic for command in COMMANDS for usage in command.usages} == set(Topic)
