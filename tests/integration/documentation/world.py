"""The world in which the pages are carried out: real people in real rooms, and the real command line."""

import asyncio
import os
import shlex
import sqlite3
from collections import defaultdict
from contextlib import closing
from pathlib import Path
from typing import Any

from livechat_plugin.demo.onlooker import NotSeenError
from livechat_plugin.demo.person import ClientFailed, Person
from tests.integration import commands
from tests.integration.documentation.steps import CannotBeRead, Run, Section, Seen, Step, Written
from tests.integration.documentation.words import Words
from tests.integration.installation import SLUG, Installation

EMPLOYEES = ("ada", "anna", "boris", "sam")
CUSTOMERS = ("carla", "dan")
PLACES = ("queue", "session", "supervisors", "bot", "chat", "administrators")
COMMANDS = ("livechat", "cat")
"""What a page may run."""
PATIENCE = 30.0
RECENT = 8

_REPOSITORY = Path(__file__).parents[3]
_SESSION_ROOM = """
SELECT r.room_id FROM sessions s
JOIN session_rooms r ON r.conversation_id = s.conversation_id
WHERE r.room_id IS NOT NULL
ORDER BY s.state = 'closed', s.operator IS NOT :user, COALESCE(s.assigned_at, s.opened_at) DESC, s.number DESC
"""


class World:
    """One installation with its people; what the pages do there stays."""

    def __init__(self, installation: Installation, people: dict[str, Person]) -> None:
        self._installation = installation
        self._people = people
        self._words = Words(installation.homeserver.server_name)
        self._direct: dict[tuple[str, str], str] = {}
        self._last: dict[str, str] = {}
        """Who wrote last in a place; what is seen there is what they see."""
        self._sights: dict[str, str] = {}
        """The event that was seen last in a place; who replies or reacts means it."""
        self._matched: set[str] = set()
        self._floors: dict[tuple[str, str], int] = defaultdict(int)
        """How much of a room was there, by person and room, when the present exchange began."""
        self._is_looking = True

    @classmethod
    async def make(cls, installation: Installation) -> "World":
        """The people of every page, each in the rooms they belong to."""
        await installation.set_up()
        people = {name: await installation.person(name, auto_join=True) for name in EMPLOYEES + CUSTOMERS}
        world = cls(installation, people)
        for name in ("anna", "boris", "sam"):
            await world._room(name, "queue")
        await world._room("sam", "supervisors")
        return world

    async def perform(self, step: Step) -> None:
        """Do what stands on the page, or see it."""
        match step:
            case Section():
                self._words.forget()
            case Run():
                self._begin()
                await self._run(step)
            case Written():
                self._begin()
                await self._write(step)
            case Seen():
                self._is_looking = True
                await self._see(step)

    def _begin(self) -> None:
        """Something is done after something was seen: what is seen from now on follows from this."""
        if self._is_looking:
            self._is_looking = False
            for name, person in self._people.items():
                for room in person.rooms:
                    self._floors[name, room] = len(person.events(room))

    async def _write(self, step: Written) -> None:
        if step.who not in self._people:
            raise CannotBeRead(
                f"{step.where}: nobody is called {step.who}; there are {', '.join(self._people)}"
            )
        place = _place(step.where, step.place)
        person, text = self._people[step.who], self._words.as_written(step.text)
        room = await self._room(step.who, place)
        self._last[place] = step.who
        if step.deed == "in":
            await person.say(room, text)
        elif place not in self._sights:
            raise CannotBeRead(
                f"{step.where}: nothing was seen in {place} to {step.deed.partition(' ')[0]} to"
            )
        elif step.deed == "replies in":
            await person.reply(room, self._sights[place], text)
        else:
            await person.react(room, self._sights[place], text)

    async def _see(self, step: Seen) -> None:
        place = _place(step.where, step.place)
        name = self._observer(step.where, place)
        person = self._people[name]
        room = await self._room(name, place)

        def shown() -> dict[str, Any] | None:
            for event in person.events(room)[self._floors[name, room] :]:
                is_new = event["event_id"] not in self._matched
                if is_new and _body(event) and self._words.sees(step.text, _body(event)):
                    return event
            return None

        try:
            event = await person.wait_until(shown, PATIENCE)
        except NotSeenError:
            recent = "\n".join(f"  {_body(event)!r}" for event in person.events(room)[-RECENT:])
            raise AssertionError(
                f"{step.where}: {name} does not see {step.text!r} in {place}, but:\n{recent}"
            ) from None
        assert event is not None
        self._matched.add(event["event_id"])
        relation = event["content"].get("m.relates_to", {})
        is_edit = relation.get("rel_type") == "m.replace"
        self._sights[place] = relation["event_id"] if is_edit else event["event_id"]

    def _observer(self, where: str, place: str) -> str:
        usual = {"queue": "anna", "session": "anna", "supervisors": "sam", "administrators": "ada"}
        name = self._last.get(place) or usual.get(place.partition(" of ")[0])
        if name is None:
            raise CannotBeRead(f"{where}: who sees this? Nobody has written in {place} before")
        return name

    async def _room(self, name: str, place: str) -> str:
        """The room that a place is for somebody, who is in it when this returns."""
        kind, _, whose = place.partition(" of ")
        person, slug = self._people[name], whose or SLUG
        match kind:
            case "bot" | "chat":
                user = (
                    self._installation.bot
                    if kind == "bot"
                    else self._installation.user_id(f"livechat_{slug}")
                )
                if (name, user) not in self._direct:
                    opened = self._direct[name, user] = await person.start_direct_chat(user)
                    if kind == "bot":  # Who is written to before they are there sees nothing of it.
                        await person.wait_for(
                            opened, lambda event: event["sender"] == user and _body(event), PATIENCE
                        )
                return self._direct[name, user]
            case "session":
                room = await person.wait_until(lambda: self._session_room(person), PATIENCE)
                assert room is not None
            case _:
                alias = {"supervisors": f"{slug}_supervisors", "administrators": "_administrators"}.get(
                    kind, slug
                )
                full = f"#livechat_{alias}:{self._installation.homeserver.server_name}"
                room = await _resolved(person, full)
        if room not in person.rooms and name == "sam" and kind == "session":
            await person.join(room)  # Supervisors step in.
        await person.wait_until(lambda: room in person.rooms, PATIENCE)
        return room

    def _session_room(self, person: Person) -> str | None:
        """The room of the session that somebody serves, or else of the one that was opened last."""
        with closing(sqlite3.connect(self._installation.config.parent / "livechat.db")) as db:
            found = db.execute(_SESSION_ROOM, {"user": person.user_id}).fetchone()
        return str(found[0]) if found else None

    async def _run(self, step: Run) -> None:
        command = self._words.as_written(step.command)
        if shlex.split(command)[0] not in COMMANDS:
            raise CannotBeRead(f"{step.where}: a page runs only {' and '.join(COMMANDS)}, not {command!r}")
        process = await asyncio.create_subprocess_exec(
            "bash",
            "-c",
            f"{commands.in_shell()}{command}",
            cwd=self._installation.config.parent,
            env={
                **os.environ,
                "LIVECHAT_CONFIG": str(self._installation.config),
                "PYTHONPATH": str(_REPOSITORY),
            },
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        async with asyncio.timeout(4 * PATIENCE):
            output = (await process.communicate())[0].decode()
        is_refused = any(line.startswith("error: ") for line in step.output)
        assert (process.returncode != 0) == is_refused, f"{step.where}: {command}\n{output}"
        for line in step.output:
            assert self._words.sees(line, output), f"{step.where}: {line!r} is not in the output:\n{output}"


async def _resolved(person: Person, alias: str) -> str:
    """The room behind an alias, once it is made."""
    async with asyncio.timeout(PATIENCE):
        while True:
            try:
                return await person.resolve_alias(alias)
            except ClientFailed:
                await asyncio.sleep(0.1)


def _place(where: str, name: str) -> str:
    """A place by one of its names: `queue`, `the queue room`, `queue of sales`."""
    words = name.strip().removeprefix("the ").replace("'s chat", " chat").replace("live chat", "chat")
    kind, of, whose = words.partition(" of ")
    kind = kind.removesuffix(" room").removesuffix("'").removesuffix("s'") if kind not in PLACES else kind
    kind = {"supervisor": "supervisors", "administrator": "administrators"}.get(kind, kind)
    if kind not in PLACES:
        raise CannotBeRead(f"{where}: there is no place {name!r}; the places are {', '.join(PLACES)}")
    return f"{kind} of {whose}" if of else kind


def _body(event: dict[str, Any]) -> str:
    """What a message says now; an edit says its new words."""
    content = event.get("content", {})
    body = content.get("m.new_content", content).get("body")
    return body if isinstance(body, str) else ""
