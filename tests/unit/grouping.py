"""Groups on fakes, in the words of the administrator who makes them."""

from tests.unit.desk import BOT, Desk
from tests.unit.wiring import ADA


class Grouping:
    """An administrator's direct chat with the bot."""

    def __init__(self, desk: Desk, room_id: str, user: str) -> None:
        self.desk = desk
        self.room_id = room_id
        self.user = user

    @classmethod
    async def begin(cls, desk: Desk, user: str = ADA) -> "Grouping":
        desk.homeserver.introduce(user)
        grouping = cls(desk, await desk.people.open_room(user, BOT), user)
        await desk.settle()
        return grouping

    async def ask(self, text: str) -> str:
        """Write to the bot; returns what it says."""
        before = len(self.answers())
        await self.desk.people.say(self.user, self.room_id, text)
        await self.desk.settle()
        return "\n".join(self.answers()[before:])

    def answers(self) -> list[str]:
        lines = self.desk.lines(self.desk.homeserver.rooms[self.room_id])
        return [line.removeprefix("livechat: ") for line in lines if line.startswith("livechat: ")]

    async def members(self, name: str) -> frozenset[str]:
        async with self.desk.store.read() as work:
            return await work.groups.members(name)

    async def of(self, user_id: str) -> frozenset[str]:
        async with self.desk.store.read() as work:
            return await work.groups.of(user_id)

    def alarms(self) -> list[str]:
        """What all administrators were told."""
        rooms = self.desk.homeserver.rooms.values()
        told = [room for room in rooms if room.name == "Live chat: administrators"]
        return [line.removeprefix("livechat: ") for room in told for line in self.desk.lines(room)]
