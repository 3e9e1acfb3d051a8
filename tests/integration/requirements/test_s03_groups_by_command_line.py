"""S3: the groups that live chats are open to, from the command line, where administrators have a shell."""

import asyncio
import subprocess

import pytest

from tests.integration.installation import Desk, livechat
from tests.integration.requirements.people_rooms import WAIT, bring_in, open_room, show_in_space

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(300)]


async def run(desk: Desk, *arguments: str) -> "subprocess.CompletedProcess[str]":
    return await asyncio.to_thread(livechat, "groups", *arguments, config=desk.installation.config)


async def told(desk: Desk, *arguments: str) -> str:
    done = await run(desk, *arguments)
    assert done.returncode == 0, done.stderr
    return done.stdout


async def refused(desk: Desk, *arguments: str) -> str:
    done = await run(desk, *arguments)
    assert done.returncode == 1, done.stdout
    return done.stderr


async def test_a_list_is_made_changed_shown_and_deleted(desk: Desk) -> None:
    carla, dan = desk.installation.user_id("carla"), desk.installation.user_id("dan")
    assert "has 1 member." in await told(desk, "add", "cli-vips", f"--member={carla}")
    assert "has 1 member." in await told(desk, "edit", "cli-vips", f"--add={dan}", f"--remove={carla}")
    assert await told(desk, "members", "cli-vips") == f"{dan}\n"
    assert "cli-vips: a list, 1 member" in await told(desk, "show", "cli-vips")
    assert "cli-vips: a list" in await told(desk, "list")
    assert "is deleted" in await told(desk, "delete", "cli-vips")
    assert "There is no group 'cli-vips'" in await refused(desk, "show", "cli-vips")
    assert "support-operators" in await told(desk, "list")
    assert "operators of support" in await refused(desk, "delete", "support-operators")


async def test_a_group_that_follows_a_room_is_made_at_once_or_not_at_all(desk: Desk) -> None:
    ada = await desk.installation.person("ada")
    carla = await desk.installation.customer()
    room = await open_room(ada, name="Command line")
    why = await refused(desk, "add", "cli-room", f"--room={room}")
    assert f"invite {desk.installation.bot} to it" in why
    assert "cli-room" not in await told(desk, "list")
    await ada._request("POST", f"/_matrix/client/v3/rooms/{room}/invite", {"user_id": desk.installation.bot})
    assert "has 1 member." in await told(desk, "add", "cli-room", f"--room={room}")
    await bring_in(ada, room, carla)
    async with asyncio.timeout(WAIT):
        while carla.user_id not in await told(desk, "members", "cli-room"):  # noqa: ASYNC110 - a process each time
            await asyncio.sleep(0.2)


async def test_a_loop_of_spaces_is_refused(desk: Desk) -> None:
    ada = await desk.installation.person("ada")
    above = await open_room(ada, desk.installation.bot, name="Upper", is_space=True)
    below = await open_room(ada, desk.installation.bot, name="Lower", is_space=True)
    await show_in_space(ada, above, below)
    await show_in_space(ada, below, above)
    assert f'the space "Lower" ({below}) holds the space "Upper" ({above})' in await refused(
        desk, "add", "cli-loop", f"--unit={above}"
    )
    assert "cli-loop" not in await told(desk, "list")


async def test_mistakes_are_named(desk: Desk) -> None:
    assert "members: 'anna' is not a Matrix id" in await refused(desk, "add", "cli-x", "--member=anna")
    assert "not both" in await refused(desk, "add", "cli-x", "--room=!a", "--unit=!b")
    assert "say what changes" in await refused(desk, "edit", "support-operators")
