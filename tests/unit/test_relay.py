"""What one side does, as the other sees it."""

import pytest

from livechat_plugin import Content, Location, Media, Text
from livechat_plugin.services.mirroring import CONTENT_LIMIT
from tests.unit.desk import ANNA, BORIS, CARLA, SAM, SUPPORT, Desk, event_ids

CONTENTS: list[Content] = [
    Text("plain"),
    Text("with *words*", "with <em>words</em>"),
    Text("waves", style="emote"),
    Media("image", "mxc://example.org/1", "cat.png", "a caption", "<b>a caption</b>"),
    Media("voice", "mxc://example.org/2", "voice.ogg", voice={"duration": 1}),
    Media("sticker", "mxc://example.org/3", "a cat"),
    Media("file", None, "secret.pdf", encrypted={"url": "mxc://example.org/4"}),
    Location("geo:1,2", "here"),
]


@pytest.fixture
async def served(desk: Desk) -> Desk:
    """Carla has written "Hello", and Anna serves her."""
    await desk.write(CARLA, "Hello")
    await desk.take(ANNA)
    return desk


@pytest.mark.parametrize("content", CONTENTS, ids=lambda content: repr(content)[:40])
async def test_every_kind_of_content_passes_both_ways_unchanged(served: Desk, content: Content) -> None:
    await served.write(CARLA, content)
    there = served.session_room().shown()[-1]
    assert (there.sender, there.content) == (served.ghost(), content)
    await served.answer(ANNA, content)
    here = served.chat().shown()[-1]
    assert (here.sender, here.content) == (SUPPORT, content)


async def test_replies_point_at_the_right_message_on_the_other_side(served: Desk) -> None:
    chat, room = served.chat(), served.session_room()
    question = await served.write(CARLA, "When?")
    [question_there] = event_ids(room.shown(), "When?")
    answer = await served.answer(ANNA, "Tomorrow", reply_to=question_there)
    assert chat.shown()[-1].reply_to == question
    await served.people.say(CARLA, chat.room_id, "Which tomorrow?", event_ids(chat.shown(), "Tomorrow")[0])
    await served.settle()
    assert room.shown()[-1].reply_to == answer


async def test_a_customers_reply_to_what_only_they_have_is_a_message_like_any_other(served: Desk) -> None:
    await served.people.say(CARLA, served.chat().room_id, "Nice weather", "$unknown")
    await served.settle()
    shown = served.session_room().shown()[-1]
    assert (shown.reply_to, shown.content) == (None, Text("Nice weather"))


async def test_edits_change_the_message_on_the_other_side(served: Desk) -> None:
    chat, room = served.chat(), served.session_room()
    await served.people.edit(CARLA, chat.room_id, event_ids(chat.shown(), "Hello")[0], "Hello!")
    answer = await served.answer(ANNA, "Good mourning")
    await served.people.edit(ANNA, room.room_id, answer, "Good morning")
    await served.settle()
    assert served.lines(room)[0] == "livechat_support_c1: Hello!"
    assert served.lines(chat)[-1] == "livechat_support: Good morning"


async def test_an_edit_right_after_the_message_finds_it(served: Desk) -> None:
    chat = served.chat()
    said = await served.people.say(CARLA, chat.room_id, "old")
    await served.people.edit(CARLA, chat.room_id, said, "new")
    await served.settle()
    assert served.lines(served.session_room())[-1] == "livechat_support_c1: new"


async def test_edits_of_somebody_elses_message_are_ignored(served: Desk) -> None:
    chat, room = served.chat(), served.session_room()
    [hello] = event_ids(room.shown(), "Hello")
    await served.people.edit(ANNA, room.room_id, hello, "I hate you")
    await served.people.redact(ANNA, room.room_id, hello)
    await served.answer(ANNA, "Hi")
    await served.people.redact(CARLA, chat.room_id, event_ids(chat.shown(), "Hi")[0])
    await served.settle()
    assert chat.shown()[0].content == Text("Hello")
    assert served.lines(room)[-1] == "anna: Hi"
    assert served.stored.failed == {}


async def test_reactions_are_shown_and_taken_back(served: Desk) -> None:
    chat, room = served.chat(), served.session_room()
    hello = chat.shown()[0].event_id
    thumb = await served.people.react(ANNA, room.room_id, event_ids(room.shown(), "Hello")[0], "👍")
    await served.people.react(CARLA, chat.room_id, hello, "🎉")
    await served.settle()
    assert chat.shown()[0].reactions == ("🎉", "👍")
    assert room.shown()[0].reactions == ("👍", "🎉")
    await served.people.redact(ANNA, room.room_id, thumb)
    await served.settle()
    assert chat.shown()[0].reactions == ("🎉",)


async def test_what_is_deleted_on_one_side_is_deleted_on_the_other(served: Desk) -> None:
    chat, room = served.chat(), served.session_room()
    answer = await served.answer(ANNA, "the wrong customer's secret")
    await served.people.redact(CARLA, chat.room_id, chat.shown()[0].event_id)
    await served.people.redact(ANNA, room.room_id, answer)
    await served.settle()
    assert served.lines(chat) == []
    assert served.lines(room) == []


async def test_an_operator_takes_back_what_they_said_also_after_the_session(served: Desk) -> None:
    answer = await served.answer(ANNA, "a secret")
    room = served.session_room()
    await served.answer(ANNA, "!close")
    desk = served
    desk.homeserver.change_membership(room, SUPPORT, ANNA, "invite")
    await desk.enter(ANNA)
    await desk.people.redact(ANNA, room.room_id, answer)
    await desk.settle()
    assert "livechat_support: a secret" not in desk.lines(desk.chat())


async def test_what_others_write_is_not_relayed_and_they_are_told(served: Desk) -> None:
    await served.enter(SAM)
    said = await served.answer(SAM, "Be nice to her")
    assert served.lines(served.chat()) == ["carla: Hello"]
    told = served.session_room().shown()[-1]
    assert told.reply_to == said
    assert f"session #1 is served by {ANNA}" in served.lines(served.session_room())[-1]


async def test_what_others_do_is_not_relayed(served: Desk) -> None:
    await served.enter(SAM)
    room = served.session_room()
    hello = event_ids(room.shown(), "Hello")[0]
    await served.people.react(SAM, room.room_id, hello, "👎")
    await served.settle()
    assert served.chat().shown()[0].reactions == ()


async def test_nothing_is_relayed_before_somebody_took_the_session_and_after_the_close(desk: Desk) -> None:
    await desk.write(CARLA, "Hello")
    desk.homeserver.change_membership(desk.session_room(), SUPPORT, BORIS, "invite")
    await desk.enter(BORIS)
    await desk.answer(BORIS, "too early")
    assert "nobody has taken session #1 yet" in desk.lines(desk.session_room())[-1]
    await desk.answer(BORIS, "!take")
    await desk.enter(SAM)
    await desk.answer(BORIS, "!close")
    await desk.answer(SAM, "too late")
    assert "no session is open here" in desk.lines(desk.session_room())[-1]
    assert desk.lines(desk.chat()) == ["carla: Hello"]


async def test_notes_stay_inside_and_are_acknowledged(served: Desk) -> None:
    note = await served.answer(ANNA, "!note pays late")
    assert served.lines(served.chat()) == ["carla: Hello"]
    [shown] = [shown for shown in served.session_room().shown() if shown.event_id == note]
    assert shown.reactions == ("📝",)
    [kept] = [message for message in served.stored.messages.values() if message.direction == "note"]
    assert (kept.author, kept.content, kept.session_number) == (ANNA, Text("pays late"), 1)


async def test_reactions_to_edits_of_and_deletions_of_notes_stay_inside(served: Desk) -> None:
    note = await served.answer(ANNA, "!note pays late")
    room, before = served.session_room().room_id, len(served.chat().events)
    await served.people.react(ANNA, room, note, "👍")
    await served.people.edit(ANNA, room, note, "!note never pays")
    await served.people.redact(ANNA, room, note)
    await served.settle()
    assert len(served.chat().events) == before


async def test_two_exclamation_marks_send_one(served: Desk) -> None:
    said = await served.answer(ANNA, Text("!!close the window", "!!close <b>the window</b>"))
    assert served.chat().shown()[-1].content == Text("!close the window", "!close <b>the window</b>")
    await served.people.edit(ANNA, served.session_room().room_id, said, "!!close the door")
    await served.settle()
    assert served.lines(served.chat())[-1] == "livechat_support: !close the door"


async def test_a_customers_exclamation_marks_are_their_own(served: Desk) -> None:
    said = await served.write(CARLA, "!!help")
    assert served.lines(served.session_room())[-1] == "livechat_support_c1: !!help"
    await served.people.edit(CARLA, served.chat().room_id, said, "!!help me")
    await served.settle()
    assert served.lines(served.session_room())[-1] == "livechat_support_c1: !!help me"


async def test_a_message_that_is_too_long_for_one_event_arrives_in_several(served: Desk) -> None:
    words = "Ünïcödé " * 10_000
    await served.write(CARLA, words)
    parts = [s.content for s in served.session_room().shown() if s.sender == served.ghost()][1:]
    assert len(parts) > 1
    assert "".join(part.body for part in parts if isinstance(part, Text)) == words
    assert all(len(part.body.encode()) <= CONTENT_LIMIT for part in parts if isinstance(part, Text))
    await served.answer(ANNA, words, reply_to=served.session_room().shown()[0].event_id)
    answers = [s for s in served.chat().shown() if s.sender == SUPPORT]
    assert "".join(s.content.body for s in answers if isinstance(s.content, Text)) == words
    assert [s.reply_to is not None for s in answers] == [True] + [False] * (len(answers) - 1)


async def test_nothing_tells_the_customer_who_answers(served: Desk) -> None:
    await served.answer(ANNA, "Hello")
    await served.answer(ANNA, "!close")
    chat = served.chat()
    assert chat.joined() == {CARLA, SUPPORT}
    assert all("anna" not in repr(event).lower() for event in chat.events)
