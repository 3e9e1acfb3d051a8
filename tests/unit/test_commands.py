"""Commands: help everywhere, mistakes answered helpfully, the bot's direct chat."""

import pytest

from livechat_plugin import Media, Text
from livechat_plugin.services.commands import COMMANDS, PLACE_NAMES
from livechat_plugin.services.live_chats import LiveChatForm
from tests.fakes.rooms import FakeRoom
from tests.unit.desk import ANNA, BOT, CARLA, MALLORY, SAM, Desk


@pytest.fixture
async def bot_chat(desk: Desk) -> FakeRoom:
    room_id = await desk.people.open_room(CARLA, BOT)
    await desk.settle()
    return desk.homeserver.rooms[room_id]


async def ask_bot(desk: Desk, room: FakeRoom, said: str | Media) -> str:
    await desk.people.say(CARLA, room.room_id, said)
    await desk.settle()
    return desk.lines(room)[-1]


def html_of(room: FakeRoom) -> str:
    content = room.shown()[-1].content
    assert isinstance(content, Text)
    return content.html or ""


async def test_help_in_the_queue_room_tells_what_works_there(desk: Desk) -> None:
    await desk.command(ANNA, "!help")
    told = desk.lines(desk.queue)[-1]
    assert "A reaction to the card takes the session." in told
    assert "!take [number]" in told
    assert "!close" not in told
    assert "<li><code>!take [number]</code> Take a session" in html_of(desk.queue)


async def test_help_in_a_session_room_tells_what_works_there(desk: Desk) -> None:
    await desk.write()
    await desk.take()
    await desk.answer(ANNA, "!help")
    told = desk.lines(desk.session_room())[-1]
    for usage in ("!take [number]", "!close", "!note <text>", "!help"):
        assert usage in told
    assert "!note &lt;text&gt;" in html_of(desk.session_room())
    assert "!chats" not in told


async def test_help_is_what_the_bot_says_to_anything(desk: Desk, bot_chat: FakeRoom) -> None:
    for said in ("!help", "Hello?", Media("image", "mxc://example.org/1", "cat.png")):
        told = await ask_bot(desk, bot_chat, said)
        assert "I am the live chat's bot. This is what you can write to me: !chats" in told


async def test_the_bot_does_not_answer_notices(desk: Desk, bot_chat: FakeRoom) -> None:
    for said in ("I am a bot, too", "!help"):
        await desk.people.say(CARLA, bot_chat.room_id, Text(said, style="notice"))
    await desk.settle()
    assert bot_chat.shown()[-1].sender == CARLA


def test_every_command_is_explained_where_it_works() -> None:
    for command in COMMANDS:
        assert command.usages[0].usage.startswith(f"!{command.name}")
        assert command.places <= PLACE_NAMES.keys()
    assert {place for command in COMMANDS if command.name == "help" for place in command.places} == set(
        PLACE_NAMES
    )
    assert len({command.name for command in COMMANDS}) == len(COMMANDS)


async def test_a_command_that_does_not_exist_gets_a_suggestion(desk: Desk) -> None:
    said = await desk.command(ANNA, "!tkae 1")
    assert desk.lines(desk.queue)[-1] == (
        "livechat_support: There is no command !tkae. Did you mean !take? Write !help for the commands. "
        "To send a text that begins with !, write it with !!."
    )
    assert desk.queue.shown()[-1].reply_to == said
    await desk.command(ANNA, "!xyzzy")
    assert "There is no command !xyzzy. Write !help" in desk.lines(desk.queue)[-1]


async def test_a_command_in_the_wrong_place_is_told_the_right_one(desk: Desk, bot_chat: FakeRoom) -> None:
    await desk.command(ANNA, "!close")
    assert "!close works in session rooms." in desk.lines(desk.queue)[-1]
    told = await ask_bot(desk, bot_chat, "!take 1")
    assert "!take works in session rooms and the queue room. Write !help for what works here." in told


async def test_talk_in_the_queue_room_is_left_alone(desk: Desk) -> None:
    await desk.command(ANNA, "Good morning everybody!!! ! take a coffee")
    await desk.people.say(ANNA, desk.queue.room_id, Media("image", "mxc://example.org/1", "!take 1"))
    await desk.people.edit(ANNA, desk.queue.room_id, "$1", "!take 1")
    await desk.settle()
    assert not [line for line in desk.lines(desk.queue) if line.startswith("livechat")]


async def test_an_unknown_command_in_a_session_room_does_not_reach_the_customer(desk: Desk) -> None:
    await desk.write()
    await desk.take()
    await desk.answer(ANNA, "!noet pays late")
    assert "Did you mean !note?" in desk.lines(desk.session_room())[-1]
    assert desk.lines(desk.chat()) == ["carla: Hello"]


async def test_a_note_without_words_is_asked_for_them(desk: Desk) -> None:
    await desk.write()
    await desk.take()
    await desk.answer(ANNA, "!note")
    assert "Write the note after the command" in desk.lines(desk.session_room())[-1]


async def test_a_note_can_be_left_after_the_session(desk: Desk) -> None:
    await desk.write()
    await desk.enter(SAM)
    await desk.answer(SAM, "!close")
    await desk.answer(SAM, "!note was very polite")
    assert [m.session_number for m in desk.stored.messages.values() if m.direction == "note"] == [None]


async def test_commands_from_customers_are_messages(desk: Desk) -> None:
    await desk.write(CARLA, "!take 1")
    assert desk.lines(desk.session_room()) == ["livechat_support_c1: !take 1"]


async def test_the_bot_lists_the_live_chats_that_one_can_write_to(desk: Desk, bot_chat: FakeRoom) -> None:
    await desk.add_live_chat(LiveChatForm("secret", "<b>Secret</b>", (ANNA,), customers=(MALLORY,)))
    await desk.add_live_chat(LiveChatForm("open", "<b>Open</b>", (ANNA,), customers=(CARLA,)))
    told = await ask_bot(desk, bot_chat, "!chats")
    assert "<b>Open</b>: write to @livechat_open:example.org" in told
    assert "Customer Support: write to @livechat_support:example.org" in told
    assert "Secret" not in told
    assert "<strong>&lt;b&gt;Open&lt;/b&gt;</strong>: write to <a href=" in html_of(bot_chat)


async def test_the_bot_says_when_there_is_none(desk: Desk, bot_chat: FakeRoom) -> None:
    desk.change_live_chat(customers=())
    assert (await ask_bot(desk, bot_chat, "!chats")) == (
        "livechat: No live chat is open to you. Please ask @ada:example.org."
    )


async def test_the_bot_leaves_when_nobody_else_is_there(desk: Desk, bot_chat: FakeRoom) -> None:
    await desk.people.leave(CARLA, bot_chat.room_id)
    await desk.settle()
    assert bot_chat.memberships[BOT] == "leave"
    assert bot_chat.room_id not in desk.stored.rooms


async def test_a_bot_that_is_put_out_of_a_chat_forgets_it(desk: Desk, bot_chat: FakeRoom) -> None:
    await desk.people.kick(CARLA, bot_chat.room_id, BOT)
    await desk.settle()
    assert bot_chat.room_id not in desk.stored.rooms


async def test_the_bot_answers_once_what_was_written_before_it_came_in(desk: Desk) -> None:
    room_id = await desk.people.open_room(CARLA, BOT)
    await desk.people.say(CARLA, room_id, "!chats")
    await desk.settle()
    room = desk.homeserver.rooms[room_id]
    answers = [line for line in desk.lines(room) if "Live chats you can write to" in line]
    assert len(answers) == 1, desk.lines(room)
    assert any("Hello! I am the live chat's bot" in line for line in desk.lines(room))
