"""What administrators do, with a standard client and on the command line, and what the database holds of it."""

import asyncio
import sqlite3
from typing import Any

from livechat_plugin.demo.person import Person
from tests.integration.installation import Installation, body, is_card, livechat, says

PATIENCE = 60.0

_ROOMS = {"queue_room", "supervisors_room", "space"}


class BotChat:
    """Somebody's direct chat with the bot."""

    def __init__(self, person: Person, room: str) -> None:
        self.person = person
        self.room = room

    @classmethod
    async def open(cls, installation: Installation, name: str) -> "BotChat":
        person = await installation.person(name, auto_join=True)
        room = await person.start_direct_chat(installation.bot)
        await person.wait_for(room, says("I am the live chat's bot"), PATIENCE)
        return cls(person, room)

    async def say(self, words: str) -> str:
        """Write, and wait for the answer to it."""
        event_id = await self.person.say(self.room, words)

        def answers(event: dict[str, Any]) -> bool:
            relation = event.get("content", {}).get("m.relates_to", {})
            return bool(relation.get("m.in_reply_to", {}).get("event_id") == event_id)

        return body(await self.person.wait_for(self.room, answers, PATIENCE))


async def run(installation: Installation, *arguments: str, status: int = 0) -> str:
    """One of our own commands; returns what it says, on standard error if it fails as expected."""
    done = await asyncio.to_thread(livechat, *arguments, config=installation.config)
    assert done.returncode == status, done.stderr + done.stdout
    return done.stderr if status else done.stdout


def configured(installation: Installation) -> dict[str, list[tuple[Any, ...]]]:
    """What the database holds of live chats, groups and apps, and of who did what; not the rooms that follow later."""
    with sqlite3.connect(f"file:{installation.config.parent / 'livechat.db'}?mode=ro", uri=True) as database:
        database.row_factory = sqlite3.Row
        return {
            table: sorted(
                (
                    tuple(value for key, value in dict(row).items() if key not in _ROOMS)
                    for row in database.execute(f"SELECT * FROM {table}")  # noqa: S608 - our own names
                ),
                key=repr,
            )
            for table in ("live_chats", "groups", "group_members", "apps", "audit")
        }


def live_chat(installation: Installation, slug: str) -> dict[str, Any]:
    """A live chat's row."""
    with sqlite3.connect(f"file:{installation.config.parent / 'livechat.db'}?mode=ro", uri=True) as database:
        database.row_factory = sqlite3.Row
        return dict(database.execute("SELECT * FROM live_chats WHERE slug = ?", (slug,)).fetchone())


async def serve(
    installation: Installation, slug: str, operator: Person, words: str
) -> tuple[Person, str, str]:
    """From a new customer's first message to the operator's answer; returns the customer and both rooms."""
    server = installation.homeserver.server_name
    customer = await installation.customer()
    customer_room = await customer.start_direct_chat(f"@livechat_{slug}:{server}")
    await customer.say(customer_room, words)

    async def queue_room() -> str:
        async with asyncio.timeout(PATIENCE):
            while True:
                try:
                    return await operator.resolve_alias(f"#livechat_{slug}:{server}")
                except Exception:  # noqa: BLE001 - not made yet
                    await asyncio.sleep(0.2)

    queue = await queue_room()
    await operator.wait_until(lambda: queue in operator.rooms, PATIENCE)
    card = await operator.wait_for(queue, lambda event: is_card(event) and words in body(event), PATIENCE)
    await operator.react(queue, card["event_id"], "✋")

    def session_room() -> str | None:
        rooms = [room for room in operator.rooms if room != queue]
        return next((r for r in rooms if any(body(event) == words for event in operator.events(r))), None)

    found = str(await operator.wait_until(session_room, PATIENCE))
    await operator.say(found, f"Answer to: {words}")
    await customer.wait_for(customer_room, says(f"Answer to: {words}"), PATIENCE)
    return customer, customer_room, found
