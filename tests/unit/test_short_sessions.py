"""Sessions that are over before their rooms are made: nothing waits for ever for a room that nobody makes."""

from dataclasses import replace

import pytest

from livechat_plugin import HookSettings, SessionState
from tests.fakes.faults import absence, refusal
from tests.unit.desk import CARLA, Desk
from tests.unit.test_opening import Doorman


@pytest.mark.parametrize("trouble", [absence(), refusal()], ids=["away", "refused"])
async def test_a_room_that_comes_later_than_the_close_shows_that_session_and_the_next(
    trouble: Exception,
) -> None:
    async with Desk(Doorman(HookSettings())).working() as desk:
        await desk.set_up()
        await desk.open_chat()
        rooms = desk.stored.session_rooms
        for number, room in list(rooms.items()):
            rooms[number] = replace(room, conversation_id=99)  # no spare room is left
        ghost = f"@livechat_support_c{max(rooms) + 1}:example.org"
        desk.homeserver.faults.break_down(ghost, trouble)
        await desk.people.say(CARLA, desk.chat().room_id, "http://example.org")
        await desk.push_pending()
        await desk.until(lambda: desk.lines(desk.chat())[-1:] == ["livechat_support: No links, please."])
        assert desk.session().state is SessionState.CLOSED
        desk.homeserver.faults.mend(ghost)
        desk.clock.advance(120)
        await desk.settle()
        assert desk.session_room().room_id not in desk.homeserver.rooms[desk.live_chat.space or ""].children

        await desk.write(CARLA, "in my own words")
        assert [line.partition(": ")[2] for line in desk.lines(desk.session_room())] == [
            "http://example.org",
            "in my own words",
        ]


async def test_a_session_that_opened_while_its_live_chat_was_deleted_is_ended_all_the_same(
    desk: Desk,
) -> None:
    await desk.open_chat()
    await desk.people.say(CARLA, desk.chat().room_id, "Hello")
    await desk.push_pending()
    desk.change_live_chat(deleted_at=desk.clock.now())  # by a writer who saw no open session
    await desk.settle()
    assert desk.session().state is SessionState.CLOSED
    assert desk.lines(desk.chat())[-1] == (
        "livechat_support: Customer Support has been closed for good. Nobody reads what is written here any more."
    )
