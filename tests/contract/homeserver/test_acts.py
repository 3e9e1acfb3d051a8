"""What ghosts say and do in rooms."""

import pytest

from livechat_plugin.core.acts import Edit, React, Redact, Say, Target
from livechat_plugin.core.content import Content, Location, Media, Mention, Text
from livechat_plugin.core.errors import HomeserverRefused
from livechat_plugin.services.room_events import EventRedacted, MessageEdited, MessageSent, ReactionSent
from tests.contract.homeserver.places import Place

pytestmark = pytest.mark.asyncio(loop_scope="session")

PICTURE = "mxc://example.org/picture"
ENCRYPTED = {"url": PICTURE, "v": "v2", "key": {"k": "secret"}, "iv": "random", "hashes": {"sha256": "sum"}}
CONTENTS: list[Content] = [
    Text("Hello"),
    Text('Grüße 👋🏽 "quoted" \\ עברית\nsecond line'),
    Text("Hello *you*", "Hello <em>you</em>"),
    Text("waves", style="emote"),
    Text("For your information", style="notice"),
    Media("image", PICTURE, "cat.png", info={"mimetype": "image/png", "size": 3, "w": 1, "h": 1}),
    Media("image", PICTURE, "cat.png", "Look at *her*", "Look at <em>her</em>"),
    Media("file", PICTURE, "invoice.pdf", info={"mimetype": "application/pdf"}),
    Media("audio", PICTURE, "song.ogg", info={"duration": 1000}),
    Media("voice", PICTURE, "voice.ogg", voice={"duration": 1000, "waveform": [0, 1024]}),
    Media("video", PICTURE, "film.mp4", info={"thumbnail_url": PICTURE, "thumbnail_info": {"w": 1}}),
    Media("sticker", PICTURE, "a cat", info={"w": 256, "h": 256}),
    Media("image", None, "cat.png", encrypted=ENCRYPTED),
    Location("geo:48.2,16.4;u=30", "At the cathedral"),
]


@pytest.mark.parametrize("content", CONTENTS, ids=lambda content: repr(content)[:60])
async def test_what_a_ghost_says_arrives_as_it_was_said(place: Place, content: Content) -> None:
    room_id = await place.direct_chat()
    event_id = await place.homeserver.act(room_id, place.ghost, Say(content), "token")
    event = await place.find(room_id, event_id)
    assert isinstance(event, MessageSent)
    assert (event.sender, event.content, event.reply_to) == (place.ghost, content, None)


async def test_an_answer_points_at_the_message(place: Place) -> None:
    room_id = await place.direct_chat()
    question = await place.people.say(place.carla, room_id, "When?")
    act = Say(Text("Tomorrow"), Target(None, question))
    event = await place.find(room_id, await place.homeserver.act(room_id, place.ghost, act, "token"))
    assert isinstance(event, MessageSent)
    assert event.reply_to == question


@pytest.mark.parametrize("content", [Text("new"), Text("new", "<b>new</b>"), Text("waves", style="emote")])
async def test_an_edit_changes_the_message(place: Place, content: Content) -> None:
    room_id = await place.direct_chat()
    said = await place.homeserver.act(room_id, place.ghost, Say(Text("old")), "one")
    edit = await place.homeserver.act(room_id, place.ghost, Edit(Target(1, said), content), "two")
    event = await place.find(room_id, edit)
    assert isinstance(event, MessageEdited)
    assert (event.target, event.content) == (said, content)


async def test_a_caption_can_be_edited(place: Place) -> None:
    room_id = await place.direct_chat()
    said = await place.homeserver.act(room_id, place.ghost, Say(Media("image", PICTURE, "cat.png")), "one")
    new = Media("image", PICTURE, "cat.png", "Mitzi")
    event = await place.find(
        room_id, await place.homeserver.act(room_id, place.ghost, Edit(Target(1, said), new), "two")
    )
    assert isinstance(event, MessageEdited)
    assert event.content == new


async def test_a_reaction_is_attached_and_taken_back(place: Place) -> None:
    room_id = await place.direct_chat()
    said = await place.people.say(place.carla, room_id, "Thanks!")
    reaction = await place.homeserver.act(room_id, place.ghost, React(Target(1, said), "👍"), "one")
    event = await place.find(room_id, reaction)
    assert isinstance(event, ReactionSent)
    assert (event.sender, event.target, event.key) == (place.ghost, said, "👍")
    await place.homeserver.act(room_id, place.ghost, Redact(Target(2, reaction)), "two")
    assert not [event for event in await place.said(room_id) if isinstance(event, ReactionSent)]


async def test_the_same_reaction_twice_is_the_first(place: Place) -> None:
    """Two people whom one ghost speaks for may agree."""
    room_id = await place.direct_chat()
    said = await place.people.say(place.carla, room_id, "Thanks!")
    await place.people.react(place.carla, room_id, said, "👍")
    first = await place.homeserver.react(room_id, place.ghost, said, "👍", "one")
    other = await place.homeserver.react(room_id, place.ghost, said, "🎉", "two")
    assert await place.homeserver.act(room_id, place.ghost, React(Target(1, said), "👍"), "three") == first
    assert other != first
    assert len([event for event in await place.said(room_id) if isinstance(event, ReactionSent)]) == 3
    await place.homeserver.act(room_id, place.ghost, Redact(Target(2, first)), "four")
    assert await place.homeserver.react(room_id, place.ghost, said, "👍", "five") not in {first, other}


async def test_a_message_is_deleted(place: Place) -> None:
    room_id = await place.direct_chat()
    said = await place.homeserver.act(room_id, place.ghost, Say(Text("wrong room")), "one")
    deletion = await place.homeserver.act(room_id, place.ghost, Redact(Target(1, said)), "two")
    event = await place.find(room_id, deletion)
    assert isinstance(event, EventRedacted)
    assert event.target == said
    assert said not in {event.event_id for event in await place.said(room_id)}


async def test_the_same_token_makes_the_same_event(place: Place) -> None:
    room_id = await place.direct_chat()
    homeserver, ghost = place.homeserver, place.ghost
    carlas = await place.people.say(place.carla, room_id, "Hello")
    say, react = Say(Text("Hello")), React(Target(1, carlas), "👍")
    said = [await homeserver.act(room_id, ghost, say, "say") for _ in range(3)]
    edit, redact = Edit(Target(1, said[0]), Text("new")), Redact(Target(1, said[0]))
    for act, token in ((react, "react"), (edit, "edit"), (redact, "redact")):
        made = [await homeserver.act(room_id, ghost, act, token) for _ in range(2)]
        assert made[0] == made[1]
    assert len(set(said)) == 1
    # The first message is deleted, what is left is Carla's, and one each of the others.
    assert len(await place.said(room_id)) == 4


async def test_another_token_makes_another_event(place: Place) -> None:
    room_id = await place.direct_chat()
    one = await place.homeserver.act(room_id, place.ghost, Say(Text("Hello")), "one")
    two = await place.homeserver.act(room_id, place.ghost, Say(Text("Hello")), "two")
    assert one != two


async def test_a_notice_answers_somebody(place: Place) -> None:
    room_id = await place.direct_chat()
    command = await place.people.say(place.carla, room_id, "!help")
    notice = await place.homeserver.notice(
        room_id, place.ghost, "Help", "one", html="<b>Help</b>", reply_to=command, mentions=[place.carla]
    )
    event = await place.find(room_id, notice)
    assert isinstance(event, MessageSent)
    said = Text("Help", "<b>Help</b>", "notice", (Mention(place.carla),))
    assert (event.content, event.reply_to) == (said, command)


async def test_a_target_must_have_been_looked_up(place: Place) -> None:
    room_id = await place.direct_chat()
    with pytest.raises(ValueError, match="looked up"):
        await place.homeserver.act(room_id, place.ghost, Say(Text("Yes"), Target(1)), "token")


async def test_who_is_not_in_the_room_cannot_speak(place: Place) -> None:
    await place.homeserver.ensure_ghost(place.ghost)
    room_id = await place.people.open_room(place.carla)
    with pytest.raises(HomeserverRefused):
        await place.homeserver.act(room_id, place.ghost, Say(Text("Hello")), "token")


async def test_typing_and_reading_are_shown_without_complaint(place: Place) -> None:
    room_id = await place.direct_chat()
    said = await place.people.say(place.carla, room_id, "Hello")
    await place.homeserver.set_typing(room_id, place.ghost, is_typing=True)
    await place.homeserver.set_typing(room_id, place.ghost, is_typing=False)
    await place.homeserver.mark_read(room_id, place.ghost, said)
    await place.homeserver.mark_read(room_id, place.ghost, said)
