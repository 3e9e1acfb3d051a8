"""A desk that is bound to apps, as an administrator does it: contacts, and complaints to register."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from livechat_plugin.demo.person import Person
from tests.integration.installation import SLUG, Desk, Installation, Served, body, livechat

CONTACTS = ("name:string! Name", "phone:phone Phone", "manager:user Manager", "account:account Account")
COMPLAINTS = ("text:text! What happened", "photo:file Photo", "account:account Account")


async def run(installation: Installation, *arguments: str) -> str:
    """One of our own commands, which must succeed."""
    done = await asyncio.to_thread(livechat, *arguments, config=installation.config)
    assert done.returncode == 0, done.stderr + done.stdout
    return done.stdout


@asynccontextmanager
async def bound_desk(directory: Path) -> AsyncIterator[Desk]:
    """An installation of its own; the apps are made while the plugin runs."""
    installation = Installation(directory)
    try:
        await installation.set_up()
        await run(installation, "apps", "add", "contacts", "Contacts", *CONTACTS)
        await run(installation, "apps", "add", "complaints", "Complaints", *COMPLAINTS)
        await run(installation, "chats", "edit", SLUG, "--account-app=contacts", "--message-app=complaints")
        yield await Desk.open(installation)
    finally:
        await installation.end()


async def told(person: Person, room: str, words: str) -> dict[str, Any]:
    """What the plugin says with these words."""
    return await person.wait_for(room, lambda event: words in body(event), 30)


async def order(served: Served, command: str, words: str) -> str:
    """The operator writes a command in the session room; returns what they are told with these words."""
    seen = len(served.operator.events(served.session_room))
    await served.operator.say(served.session_room, command)
    answer = await served.operator.wait_until(
        lambda: next(
            (
                body(event)
                for event in served.operator.events(served.session_room)[seen:]
                if words in body(event) and body(event) != command
            ),
            None,
        ),
        30,
    )
    return str(answer)
