"""The bot has a name when it comes into a room."""

from tests.unit.desk import ANNA, BOT, Desk


async def test_the_bot_comes_in_with_a_name() -> None:
    desk = Desk()
    async with desk.working():
        await desk.set_up()
        await desk.people.open_room(ANNA, BOT)
        await desk.settle()
        assert desk.homeserver.profiles[BOT].display_name == "Live chats"


async def test_a_name_that_somebody_gave_it_stays() -> None:
    desk = Desk()
    async with desk.working():
        await desk.set_up()
        desk.homeserver.introduce(BOT)
        given = desk.homeserver.profiles[BOT]
        await desk.people.open_room(ANNA, BOT)
        await desk.settle()
        assert desk.homeserver.profiles[BOT] == given
