"""S15: the first operator of the group who takes the session gets it; of many at once exactly one wins."""

import asyncio
import os
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from livechat_plugin.demo.person import Person
from tests.integration.installation import Desk, Installation, body, card_says, is_card, says

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(300)]

OPERATORS = int(os.environ.get("LIVECHAT_OPERATORS", "6"))
"""How many take at once."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def desk(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Desk]:
    installation = Installation(tmp_path_factory.mktemp("first"))
    try:
        await installation.set_up()
        yield await Desk.open(installation)
    finally:
        await installation.end()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def rush(desk: Desk) -> tuple[str, list[Person]]:
    """The queue room of a live chat with many operators, and they."""
    installation = desk.installation
    names = [f"olga{number}" for number in range(OPERATORS)]
    people = [await installation.person(name, auto_join=True) for name in names]
    options = [f"--operator={person.user_id}" for person in people]
    await installation.add_chat(
        "rush", "Rush", f"--customer=@*:{installation.homeserver.server_name}", *options
    )
    queue = await people[0].resolve_alias(f"#livechat_rush:{installation.homeserver.server_name}")
    for person in people:
        await _come_in(person, queue)
    return queue, people


@pytest.mark.parametrize("how", ["reaction", "command"])
async def test_of_many_at_once_exactly_one_wins_and_each_other_is_told_who(
    desk: Desk, rush: tuple[str, list[Person]], how: str
) -> None:
    queue, people = rush
    carla = await desk.installation.customer()
    room = await carla.start_direct_chat(desk.installation.user_id("livechat_rush"))
    await carla.say(room, f"All at once by {how}")
    seen = await people[0].wait_for(
        queue, lambda event: is_card(event) and f"All at once by {how}" in body(event)
    )
    card, number = seen["event_id"], int(body(seen).split()[0].removeprefix("#"))
    for person in people:
        await person.wait_for(queue, lambda event: event["event_id"] == card)
    if how == "reaction":
        await asyncio.gather(*(person.react(queue, card, "✋") for person in people))
    else:
        await asyncio.gather(*(person.say(queue, f"!take {number}") for person in people))

    taken = await people[0].wait_for(queue, card_says(number, "Taken by Olga"))
    winner = body(taken).rpartition("Taken by ")[2].lower()
    [won] = [person for person in people if person.user_id.startswith(f"@{winner}:")]
    losers = {person.user_id for person in people} - {won.user_id}

    def told() -> set[str]:
        words = f"{won.user_id} already has session #{number}."
        notices = [event for event in people[0].events(queue) if body(event) == words]
        return {user for event in notices for user in event["content"]["m.mentions"]["user_ids"]}

    await people[0].wait_until(lambda: told() == losers)
    await won.wait_until(
        lambda: any(says(f"All at once by {how}")(e) for r in won.rooms if r != queue for e in won.events(r))
    )
    await won.say(queue, "!who")
    await won.wait_for(queue, says("is online"))
    inside = [p.user_id for p in people if any(r != queue and _shows(p, r, how) for r in p.rooms)]
    assert inside == [won.user_id]


def _shows(person: Person, room: str, how: str) -> bool:
    return any(f"All at once by {how}" in body(event) for event in person.events(room))


async def _come_in(person: Person, room: str) -> None:
    await person.wait_until(lambda: room in person.rooms)
