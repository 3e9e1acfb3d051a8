"""What administrators must know is said in a room of their own."""

from livechat_plugin.services.deliveries import ADMINISTRATORS_LANE, TellAdministrators
from tests.fakes.rooms import FakeRoom
from tests.unit.desk import BORIS, BOT, Desk
from tests.unit.wiring import ADA


async def tell(desk: Desk, words: str) -> FakeRoom:
    async with desk.store.begin() as work:
        await work.outbox.add(ADMINISTRATORS_LANE, TellAdministrators(words))
        await work.commit()
    await desk.settle()
    return next(room for room in desk.homeserver.rooms.values() if room.name == "Live chat: administrators")


async def test_the_room_is_made_once_and_every_administrator_invited(desk: Desk) -> None:
    desk.homeserver.introduce(ADA)
    room = await tell(desk, "Something is amiss")
    assert room.memberships == {BOT: "join", ADA: "invite"}
    assert await tell(desk, "Something else is") is room
    assert desk.lines(room) == ["livechat: Something is amiss", "livechat: Something else is"]


async def test_who_is_no_administrator_any_more_is_taken_out(desk: Desk) -> None:
    room = await tell(desk, "Something is amiss")
    desk.homeserver.change_membership(room, BOT, BORIS, "invite")
    await tell(desk, "Something else is")
    assert room.memberships[BORIS] == "leave"
