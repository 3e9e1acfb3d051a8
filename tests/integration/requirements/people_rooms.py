"""What administrators and their colleagues do with groups: rooms, spaces, and words with the bot."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from livechat_plugin.demo.person import Person
from tests.integration.installation import Desk, body

WAIT = 60.0
"""Seconds that anything may take on a loaded machine."""


@dataclass
class Bot:
    """Somebody's direct chat with the bot."""

    person: Person
    room: str
    user_id: str

    @classmethod
    async def of(cls, person: Person, user_id: str) -> "Bot":
        room = await person.start_direct_chat(user_id)
        await person.wait_for(room, lambda event: event["sender"] == user_id and bool(body(event)), WAIT)
        return cls(person, room, user_id)

    async def ask(self, text: str) -> dict[str, Any]:
        """Write to the bot; returns the event that answers it."""
        asked = await self.person.say(self.room, text)

        def answers(event: dict[str, Any]) -> bool:
            relation = event.get("content", {}).get("m.relates_to", {})
            return bool(relation.get("m.in_reply_to", {}).get("event_id") == asked)

        return await self.person.wait_for(self.room, answers, WAIT)

    async def told(self, text: str) -> str:
        return body(await self.ask(text))


async def call(
    person: Person, method: str, path: str, content: dict[str, Any] | None = None
) -> dict[str, Any]:
    """One request of a person's client."""
    answer: dict[str, Any] = await person._request(method, path, content)
    return answer


async def open_room(person: Person, *invited: str, name: str = "", is_space: bool = False) -> str:
    """A private room or space with others invited."""
    plan: dict[str, Any] = {"preset": "private_chat", "name": name, "invite": list(invited)}
    if is_space:
        plan["creation_content"] = {"type": "m.space"}
    created = await call(person, "POST", "/_matrix/client/v3/createRoom", plan)
    return str(created["room_id"])


async def bring_in(host: Person, room: str, guest: Person) -> None:
    """Invite somebody, who joins."""
    await call(host, "POST", f"/_matrix/client/v3/rooms/{quote(room)}/invite", {"user_id": guest.user_id})
    await guest.join(room)


async def show_in_space(person: Person, space: str, child: str, *, is_in: bool = True) -> None:
    server = person.user_id.partition(":")[2]
    path = f"/_matrix/client/v3/rooms/{quote(space)}/state/m.space.child/{quote(child)}"
    await call(person, "PUT", path, {"via": [server]} if is_in else {})


async def children(person: Person, space: str) -> dict[str, str]:
    """What somebody sees in a space: the rooms' names and ids."""
    path = f"/_matrix/client/v1/rooms/{quote(space)}/hierarchy?max_depth=1"
    rooms = (await call(person, "GET", path))["rooms"]
    return {room.get("name", ""): room["room_id"] for room in rooms if room["room_id"] != space}


async def administrator(desk: Desk) -> tuple[Person, Bot]:
    """Ada, with the bot."""
    ada = await desk.installation.person("ada")
    return ada, await Bot.of(ada, desk.installation.bot)
