"""What operators do besides writing: editing, deleting, being taken out of the group; and what they are told."""

import pytest

from livechat_plugin import Text
from livechat_plugin.services.room_events import MessageEdited
from tests.unit.desk import ANNA, BORIS, CARLA, SAM, SUPPORT, Desk, event_ids

NO_COMMAND = "Not carried out, and not sent to the customer: a command must be a new message, not an edit."
NEVER_SENT = "Not sent to the customer: they never got the message that you edited. Write it as a new one."


@pytest.fixture
async def served(desk: Desk) -> Desk:
    """Carla has written "Hello", and Anna serves her."""
    await desk.write(CARLA, "Hello")
    await desk.take(ANNA)
    return desk


async def edit(desk: Desk, user: str, target: str, said: str) -> None:
    """Somebody edits what they wrote in Carla's session room."""
    await desk.people.edit(user, desk.session_room().room_id, target, said)
    await desk.settle()


def told(desk: Desk) -> tuple[str | None, str]:
    """What is said last in Carla's session room by the live chat: in answer to what, and how."""
    last = desk.session_room().shown()[-1]
    assert last.sender == SUPPORT
    assert isinstance(last.content, Text)
    return last.reply_to, last.content.body


@pytest.mark.parametrize("command", ["!note she is a pain", "!close", "!nonsense"])
async def test_an_edit_into_a_command_is_neither_sent_nor_carried_out(served: Desk, command: str) -> None:
    answer = await served.answer(ANNA, "Good morning")
    await edit(served, ANNA, answer, command)
    assert served.lines(served.chat()) == ["carla: Hello", "livechat_support: Good morning"]
    assert told(served) == (answer, NO_COMMAND)
    assert served.session().is_served_by(ANNA)


async def test_an_edit_of_a_mistyped_command_is_not_sent_and_its_author_is_told(served: Desk) -> None:
    mistyped = await served.answer(ANNA, "!Hello Carla")
    await edit(served, ANNA, mistyped, "Hello Carla")
    assert told(served) == (mistyped, NEVER_SENT)
    await edit(served, ANNA, mistyped, "!note Carla is nice")
    assert told(served) == (mistyped, NO_COMMAND)
    assert served.lines(served.chat()) == ["carla: Hello"]


async def test_an_edit_by_somebody_who_does_not_serve_the_session_is_answered(served: Desk) -> None:
    await served.enter(SAM)
    said = await served.answer(SAM, "Be nice to her")
    shown = len(served.session_room().shown())
    await edit(served, SAM, said, "Be very nice to her")
    assert len(served.session_room().shown()) == shown + 1
    assert told(served)[0] == said
    assert f"session #1 is served by {ANNA}" in told(served)[1]


async def test_an_edit_after_the_session_was_closed_is_not_sent_and_its_author_is_told(served: Desk) -> None:
    answer = await served.answer(ANNA, "Good mourning")
    await served.answer(ANNA, "!close")
    served.homeserver.change_membership(served.session_room(), SUPPORT, ANNA, "invite")
    await served.enter(ANNA)
    await edit(served, ANNA, answer, "Good morning")
    assert told(served)[0] == answer
    assert "no session is open here" in told(served)[1]
    assert "livechat_support: Good mourning" in served.lines(served.chat())


async def test_an_edit_by_who_no_longer_serves_the_session_is_not_sent(served: Desk) -> None:
    answer = await served.answer(ANNA, "Good mourning")
    await served.people.leave(ANNA, served.session_room().room_id)
    await served.settle()
    await served.take(BORIS)
    served.homeserver.change_membership(served.session_room(), SUPPORT, ANNA, "invite")
    await served.enter(ANNA)
    await edit(served, ANNA, answer, "Good morning")
    assert told(served)[0] == answer
    assert f"session #1 is served by {BORIS}" in told(served)[1]
    assert served.lines(served.chat())[-1] == "livechat_support: Good mourning"


@pytest.mark.parametrize("now", ["!note never pays", "never pays"])
async def test_an_edited_note_stays_inside_and_is_kept_as_it_reads_now(served: Desk, now: str) -> None:
    note = await served.answer(ANNA, "!note pays late")
    shown = len(served.session_room().shown())
    await edit(served, ANNA, note, now)
    assert [m.content for m in served.stored.messages.values() if m.direction == "note"] == [
        Text("never pays")
    ]
    assert len(served.session_room().shown()) == shown
    assert served.lines(served.chat()) == ["carla: Hello"]


async def test_a_reply_to_what_the_customer_never_saw_stays_inside(served: Desk) -> None:
    note = await served.answer(ANNA, "!note pays late")
    told = event_ids(served.session_room().shown(), "!note pays late")
    assert told == [note]
    await served.answer(ANNA, "does she ever pay?", reply_to=note)
    await served.answer(ANNA, "what is this?", reply_to="$a-word-of-ours")
    assert not [line for line in served.lines(served.chat()) if "pay" in line or "what is this" in line]
    told_her = [line for line in served.lines(served.session_room()) if "you replied to something" in line]
    assert len(told_her) == 2
    assert all("write it without the reply" in line for line in told_her)


async def test_an_edit_of_somebody_elses_note_or_message_changes_nothing(served: Desk) -> None:
    await served.enter(SAM)
    note, answer = await served.answer(ANNA, "!note pays late"), await served.answer(ANNA, "Hello Carla")
    shown = served.session_room().shown()
    events = len(served.session_room().events)
    await edit(served, SAM, note, "!note pays never")
    await edit(served, SAM, answer, "!note I hate you")
    assert len(served.session_room().events) == events + 2
    assert "pays never" not in repr(served.stored.messages)
    assert len(served.session_room().shown()) == len(shown)


async def test_edits_of_notices_are_not_answered(served: Desk) -> None:
    await served.enter(SAM)
    room = served.session_room()
    said = await served.answer(SAM, Text("build failed", style="notice"))
    notice = Text("build mended", style="notice")
    await served.push(MessageEdited("$edit", room.room_id, SAM, served.clock.now(), said, notice))
    await served.settle()
    assert room.shown()[-1].event_id == said


async def test_an_edit_to_a_customer_who_has_left_is_told_as_not_delivered(served: Desk) -> None:
    answer = await served.answer(ANNA, "Good mourning")
    await served.people.leave(CARLA, served.chat().room_id)
    await served.settle()
    await edit(served, ANNA, answer, "Good morning")
    assert told(served)[0] == answer
    assert told(served)[1].startswith("This did not reach the customer: Carla has left the chat.")
    assert served.lines(served.chat())[-1] == "livechat_support: Good mourning"
    assert served.meter.of("deliveries_failed", "act_for_customer") == 0


async def test_a_failed_edit_is_told_in_answer_to_the_message(served: Desk) -> None:
    answer = await served.answer(ANNA, "Good mourning")
    served.homeserver.change_membership(served.chat(), CARLA, SUPPORT, "leave")
    served.homeserver.unpushed.clear()  # the news is late
    await edit(served, ANNA, answer, "Good morning")
    assert told(served)[0] == answer
    assert told(served)[1].startswith("This did not reach the customer: ")


async def test_reactions_and_deletions_are_not_owed_to_a_customer_who_has_left(served: Desk) -> None:
    room = served.session_room()
    answer = await served.answer(ANNA, "a secret")
    await served.people.leave(CARLA, served.chat().room_id)
    await served.settle()
    events = len(served.chat().events)
    hello = room.shown()[0].event_id
    reaction = await served.people.react(ANNA, room.room_id, hello, "👍")
    await served.people.redact(ANNA, room.room_id, reaction)
    await served.settle()
    assert "has left the chat. Nothing can be sent" in told(served)[1]  # from before
    await served.people.redact(ANNA, room.room_id, answer)
    await served.settle()
    assert told(served)[1] == "Carla has left the chat, and still has the message that you deleted."
    assert len(served.chat().events) == events
    assert served.meter.of("deliveries_failed", "act_for_customer") == 0


async def test_an_operator_who_was_taken_out_of_the_group_finishes_the_session_they_serve(
    served: Desk,
) -> None:
    served.stored.groups[served.live_chat.operators] = frozenset({BORIS})
    await served.answer(ANNA, "One moment")
    assert served.lines(served.chat())[-1] == "livechat_support: One moment"
    await served.answer(ANNA, "!close")
    await served.write(CARLA, "One more thing")
    await served.command(ANNA, "!take 2")
    assert served.session(2).operator is None


async def test_notices_of_programs_are_no_commands(served: Desk) -> None:
    await served.answer(ANNA, Text("!close", style="notice"))
    assert served.session().is_served_by(ANNA)
    assert served.chat().shown()[-1].content == Text("!close", style="notice")
    await served.answer(ANNA, Text("!!close", style="notice"))
    assert served.chat().shown()[-1].content == Text("!!close", style="notice")


async def test_notices_that_do_not_reach_the_customer_get_no_answer(served: Desk) -> None:
    await served.enter(SAM)
    said = await served.answer(SAM, Text("build failed", style="notice"))
    assert served.session_room().shown()[-1].event_id == said
    assert served.lines(served.chat()) == ["carla: Hello"]


async def test_notices_in_the_queue_room_are_no_commands(desk: Desk) -> None:
    await desk.write(CARLA, "Hello")
    await desk.people.say(BORIS, desk.queue.room_id, Text("!take 1", style="notice"))
    await desk.settle()
    assert desk.session().operator is None
