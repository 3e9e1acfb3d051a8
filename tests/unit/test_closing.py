"""The end of a session."""

from livechat_plugin import SessionState, preview
from tests.unit.desk import ANNA, BORIS, CARLA, SAM, SUPPORT, Desk


async def test_its_operator_closes_it_and_everything_is_tidied(desk: Desk) -> None:
    await desk.write()
    await desk.take(ANNA)
    room, space = desk.session_room(), desk.homeserver.rooms[desk.live_chat.space or ""]
    await desk.answer(ANNA, "!close")
    assert desk.session().state is SessionState.CLOSED
    assert desk.session().closed_at == desk.clock.now()
    assert room.memberships[ANNA] == "leave"
    assert room.room_id not in space.children
    assert desk.lines(room)[-1] == f"livechat_support: Session #1 was closed by {ANNA}."
    assert "Closed. Served by Anna." in preview(desk.card().content, 1000)


async def test_who_leaves_by_the_close_does_not_send_it_back_to_the_queue(desk: Desk) -> None:
    await desk.write()
    await desk.take(ANNA)
    await desk.answer(ANNA, "!close")
    await desk.write(CARLA, "one more thing")
    assert desk.session(1).state is SessionState.CLOSED
    assert desk.session(2).state is SessionState.WAITING


async def test_a_supervisor_may_close_it(desk: Desk) -> None:
    await desk.write()
    await desk.take(ANNA)
    await desk.enter(SAM)
    await desk.answer(SAM, "!close")
    assert desk.session().state is SessionState.CLOSED
    assert desk.session_room().memberships[ANNA] == "leave"


async def test_a_supervisor_may_close_one_that_nobody_took(desk: Desk) -> None:
    await desk.write()
    await desk.enter(SAM)
    await desk.answer(SAM, "!close")
    assert desk.session().state is SessionState.CLOSED
    assert preview(desk.card().content, 1000).endswith("Closed.")


async def test_another_operator_may_not_and_is_told(desk: Desk) -> None:
    await desk.write()
    desk.homeserver.change_membership(desk.session_room(), SUPPORT, BORIS, "invite")
    await desk.enter(BORIS)
    await desk.answer(BORIS, "!close")
    assert "Nobody has taken session #1 yet" in desk.lines(desk.session_room())[-1]
    await desk.take(ANNA)
    await desk.answer(BORIS, "!close")
    assert f"Session #1 is served by {ANNA}. Only they or a supervisor" in desk.lines(desk.session_room())[-1]
    assert desk.session().state is SessionState.ACTIVE


async def test_there_may_be_nothing_to_close(desk: Desk) -> None:
    await desk.write()
    await desk.enter(SAM)
    await desk.answer(SAM, "!close")
    await desk.answer(SAM, "!close")
    assert desk.lines(desk.session_room())[-1] == "livechat_support: No session is open here."
    await desk.answer(SAM, "!take")
    assert "no session is open here" in desk.lines(desk.session_room())[-1]


async def test_a_new_session_that_begins_before_the_tidying_keeps_its_room(desk: Desk) -> None:
    await desk.write()
    await desk.take(ANNA)
    room, space = desk.session_room(), desk.homeserver.rooms[desk.live_chat.space or ""]
    await desk.people.say(ANNA, room.room_id, "!close")
    await desk.people.say(CARLA, desk.chat().room_id, "Wait!")
    await desk.settle()
    assert desk.session(2).state is SessionState.WAITING
    assert room.room_id in space.children
    assert room.memberships[ANNA] == "leave"


async def test_an_operator_who_takes_the_next_session_at_once_stays(desk: Desk) -> None:
    await desk.write()
    await desk.take(ANNA)
    await desk.people.say(ANNA, desk.session_room().room_id, "!close")
    await desk.people.say(CARLA, desk.chat().room_id, "Wait!")
    await desk.settle()
    await desk.command(ANNA, "!take 2")
    await desk.settle()
    assert desk.session(2).is_served_by(ANNA)
    assert desk.session_room().memberships[ANNA] in {"join", "invite"}
