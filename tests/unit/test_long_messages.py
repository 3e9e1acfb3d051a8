"""Messages that are too long for one event: for whoever wrote one, all its parts are that one message."""

import pytest

from livechat_plugin import Admission, Hook, HookSettings, Media, Refuse, Text, hookimpl
from livechat_plugin.core.sessions import take
from livechat_plugin.services.mirroring import CONTENT_LIMIT
from tests.fakes.rooms import FakeRoom, Shown
from tests.unit.desk import ANNA, CARLA, SUPPORT, Desk


def long(word: str, parts: int) -> str:
    """Words that fill this many events."""
    return f"{word} " * (CONTENT_LIMIT * parts // (len(word) + 1) - 10)


@pytest.fixture
async def served(desk: Desk) -> Desk:
    """Carla has written "Hello", and Anna serves her."""
    await desk.write(CARLA, "Hello")
    await desk.take(ANNA)
    return desk


def copies(desk: Desk) -> list[Shown]:
    """What the operators see of Carla after her "Hello"."""
    return [shown for shown in desk.session_room().shown() if shown.sender == desk.ghost()][1:]


def answers(desk: Desk) -> list[Shown]:
    """What Carla sees of the operators."""
    return [shown for shown in desk.chat().shown() if shown.sender == SUPPORT]


def words(shown: list[Shown]) -> str:
    return "".join(s.content.body for s in shown if isinstance(s.content, Text))


async def edit(desk: Desk, user: str, room: FakeRoom, target: str, said: str) -> None:
    await desk.people.edit(user, room.room_id, target, said)
    await desk.settle()


async def test_all_parts_are_deleted_with_the_message(served: Desk) -> None:
    asked = await served.write(CARLA, long("question", 3))
    answered = await served.answer(ANNA, long("answer", 3))
    assert (len(copies(served)), len(answers(served))) == (3, 3)
    await served.people.redact(CARLA, served.chat().room_id, asked)
    await served.people.redact(ANNA, served.session_room().room_id, answered)
    await served.settle()
    assert (copies(served), answers(served)) == ([], [])


async def test_the_words_of_what_was_deleted_are_not_kept(served: Desk) -> None:
    asked = await served.write(CARLA, long("secret", 2))
    await served.people.redact(CARLA, served.chat().room_id, asked)
    await served.settle()
    assert "secret" not in repr(served.stored.messages)


@pytest.mark.parametrize(("before", "after"), [(1, 3), (2, 2), (3, 1), (3, 2)])
async def test_an_edit_changes_the_words_whatever_their_number_of_parts(
    served: Desk, before: int, after: int
) -> None:
    chat, room = served.chat(), served.session_room()
    asked = await served.write(CARLA, long("question", before))
    answered = await served.answer(ANNA, long("answer", before))
    await edit(served, CARLA, chat, asked, long("QUESTION", after))
    await edit(served, ANNA, room, answered, long("ANSWER", after))
    assert (len(copies(served)), words(copies(served))) == (after, long("QUESTION", after))
    assert (len(answers(served)), words(answers(served))) == (after, long("ANSWER", after))


async def test_after_several_edits_a_deletion_still_takes_everything(served: Desk) -> None:
    chat = served.chat()
    asked = await served.write(CARLA, long("one", 3))
    for word, parts in (("two", 1), ("three", 2), ("four", 3)):
        await edit(served, CARLA, chat, asked, long(word, parts))
        assert words(copies(served)) == long(word, parts)
    await served.people.redact(CARLA, chat.room_id, asked)
    await served.settle()
    assert copies(served) == []


async def test_an_edit_that_arrives_with_the_message_finds_all_parts(served: Desk) -> None:
    chat = served.chat()
    asked = await served.people.say(CARLA, chat.room_id, long("old", 3))
    await served.people.edit(CARLA, chat.room_id, asked, long("new", 2))
    await served.settle()
    assert words(copies(served)) == long("new", 2)


async def test_what_was_deleted_is_not_brought_back_by_an_edit(served: Desk) -> None:
    chat = served.chat()
    asked = await served.write(CARLA, "secret")
    await served.people.redact(CARLA, chat.room_id, asked)
    await served.settle()
    events = len(served.session_room().events)
    await edit(served, CARLA, chat, asked, long("secret", 2))
    assert len(served.session_room().events) == events


async def test_reactions_and_replies_to_any_part_point_at_the_whole_message(served: Desk) -> None:
    chat, room = served.chat(), served.session_room()
    asked = await served.write(CARLA, long("question", 3))
    for part in copies(served):
        await served.answer(ANNA, "About that", reply_to=part.event_id)
        assert chat.shown()[-1].reply_to == asked
    await served.people.react(ANNA, room.room_id, copies(served)[2].event_id, "👍")
    await served.settle()
    [shown] = [shown for shown in chat.shown() if shown.event_id == asked]
    assert shown.reactions == ("👍",)

    answered = await served.answer(ANNA, long("answer", 2))
    last = answers(served)[-1].event_id
    await served.people.say(CARLA, chat.room_id, "How?", last)
    await served.people.react(CARLA, chat.room_id, last, "🤔")
    await served.settle()
    assert room.shown()[-1].reply_to == answered
    [shown] = [shown for shown in room.shown() if shown.event_id == answered]
    assert shown.reactions == ("🤔",)


async def test_a_picture_with_a_long_caption_is_deleted_with_its_words(served: Desk) -> None:
    picture = Media("image", "mxc://example.org/1", "cat.png", long("meow", 2))
    asked = await served.write(CARLA, picture)
    assert len(copies(served)) == 3
    await served.people.redact(CARLA, served.chat().room_id, asked)
    await served.settle()
    assert copies(served) == []


async def test_who_is_customer_and_operator_at_once_changes_copies_no_more_than_others(desk: Desk) -> None:
    await desk.write(ANNA, long("question", 2))
    # Nobody can take what they are the customer of; whoever did before that was so serves it still.
    desk.stored.sessions[1] = take(desk.session(), ANNA, desk.clock.now())
    room = desk.session_room(ANNA)
    desk.homeserver.change_membership(room, room.creator, ANNA, "invite")
    await desk.enter(ANNA, ANNA)
    before = [event.event_id for event in desk.chat(ANNA).events]
    for shown in room.shown():
        await desk.people.edit(ANNA, room.room_id, shown.event_id, "changed")
        await desk.people.redact(ANNA, room.room_id, shown.event_id)
    await desk.settle()
    assert [event.event_id for event in desk.chat(ANNA).events] == before


class Chatterbox(Hook[HookSettings]):
    @hookimpl
    async def livechat_choose_greeting(self) -> str:
        return long("welcome", 3)

    @hookimpl
    async def livechat_choose_farewell(self) -> str:
        return long("goodbye", 3)


async def test_what_hooks_say_arrives_however_long_it_is() -> None:
    async with Desk(Chatterbox(HookSettings())).working() as desk:
        await desk.set_up()
        await desk.write()
        await desk.take()
        await desk.answer(ANNA, "!close")
        said = answers(desk)
        assert words(said) == long("welcome", 3) + long("goodbye", 3)
        assert all(len(words([one]).encode()) <= CONTENT_LIMIT for one in said)
        by_us = [shown for shown in desk.session_room().shown() if shown.sender == SUPPORT]
        assert len(words([by_us[0]]).encode()) <= CONTENT_LIMIT


class Refuser(Hook[HookSettings]):
    @hookimpl
    async def livechat_choose_admission(self) -> Admission:
        return Refuse(long("sorry", 3))


async def test_a_refusal_arrives_however_long_it_is() -> None:
    async with Desk(Refuser(HookSettings())).working() as desk:
        await desk.set_up()
        await desk.write()
        assert words(answers(desk)) == long("sorry", 3)
        assert all(len(words([one]).encode()) <= CONTENT_LIMIT for one in answers(desk))


async def test_a_command_of_any_length_gets_an_answer_that_fits(served: Desk) -> None:
    await served.answer(ANNA, "!" + "x" * CONTENT_LIMIT)
    by_us = [shown for shown in served.session_room().shown() if shown.sender == SUPPORT]
    assert words(by_us).startswith("There is no command !xxx")
    assert all(len(words([one]).encode()) <= CONTENT_LIMIT for one in by_us)
