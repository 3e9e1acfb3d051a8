"""Administrators keep employees from serving, in the bot's chat and on the command line (requirement S17)."""

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from livechat_plugin import SessionState, preview
from livechat_plugin.cli import app
from livechat_plugin.services.live_chats import LiveChatForm
from tests.fakes.rooms import FakeRoom
from tests.unit.desk import ANNA, BORIS, BOT, CARLA, DAN, SAM, Desk
from tests.unit.wiring import ADA


async def ask(desk: Desk, user: str, said: str) -> str:
    rooms = [room for room in desk.homeserver.rooms.values() if room.creator == user and room.has(BOT)]
    room: FakeRoom = rooms[0] if rooms else await chat_with_bot(desk, user)
    await desk.people.say(user, room.room_id, said)
    await desk.settle()
    return desk.lines(room)[-1].removeprefix("livechat: ")


async def chat_with_bot(desk: Desk, user: str) -> FakeRoom:
    room_id = await desk.people.open_room(user, BOT)
    await desk.settle()
    return desk.homeserver.rooms[room_id]


@pytest.mark.parametrize("user", [CARLA, ANNA, SAM])
@pytest.mark.parametrize(
    "said", ["!operators", f"!operators disable {BORIS}", f"!operators enable {BORIS}", "!operators x"]
)
async def test_only_administrators_control_who_serves(desk: Desk, user: str, said: str) -> None:
    assert ADA in await ask(desk, user, said), "they are told whom to ask"
    assert not desk.stored.employees


async def test_the_list_shows_everybody_who_serves_somewhere(desk: Desk) -> None:
    await desk.add_live_chat(LiveChatForm("it", "IT", (BORIS, DAN)))
    await desk.command(ANNA, "!away")
    assert await ask(desk, ADA, "!operators") == (
        f"🟡 {ANNA} is away; support 🟢 {BORIS} is online; it, support 🟢 {DAN} is online; it "
        f"🟢 {SAM} is online; support"
    )


async def test_who_is_disabled_can_neither_take_nor_answer_and_their_sessions_wait_again(desk: Desk) -> None:
    await desk.write(CARLA)
    await desk.write(DAN)
    await desk.take(BORIS)
    assert await ask(desk, ADA, "!operators disable boris") == (
        f"{BORIS} is disabled: they can neither take sessions nor answer. Back in the queue: #1."
    )
    assert desk.session().state is SessionState.WAITING
    assert f"{BORIS} was disabled." in preview(desk.card().content, 1000)
    await desk.command(BORIS, "!take 2")
    assert "An administrator has disabled you" in desk.lines(desk.queue)[-1]
    await desk.command(BORIS, "!online")
    assert "An administrator has disabled you" in desk.lines(desk.queue)[-1]
    assert desk.session(2).state is SessionState.WAITING
    assert f"⛔ {BORIS} is disabled" in await ask(desk, ADA, "!operators")

    assert await ask(desk, ADA, f"!operators enable {BORIS}") == f"{BORIS} can serve again."
    await desk.command(BORIS, "!take 2")
    assert desk.session(2).is_served_by(BORIS)


async def test_who_is_disabled_leaves_the_room_of_the_session_that_they_served(desk: Desk) -> None:
    await desk.write(CARLA)
    await desk.take(BORIS)
    await desk.enter(SAM)
    await ask(desk, ADA, "!operators disable boris")
    assert desk.session_room().memberships[BORIS] == "leave"
    assert desk.session_room().memberships[SAM] == "join", "supervisors look on"
    await desk.take(ANNA)
    assert desk.session_room().memberships[ANNA] == "join"


async def test_it_is_audited(desk: Desk) -> None:
    await ask(desk, ADA, f"!operators disable {BORIS}")
    await ask(desk, ADA, f"!operators enable {BORIS}")
    async with desk.store.read() as work:
        entries = [entry for entry in await work.audit.entries(limit=10) if entry.subject == BORIS]
    assert [(entry.actor, entry.action) for entry in entries] == [
        (ADA, "operator.enabled"),
        (ADA, "operator.disabled"),
    ]
    assert entries[1].details == {"sessions": []}


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (f"!operators disable {CARLA}", f"{CARLA} is neither operator nor supervisor of any live chat."),
        ("!operators enable nobody", "@nobody:example.org is neither operator"),
        (f"!operators enable {BORIS}", f"{BORIS} is not disabled."),
        ("!operators disable", "!operators disable @boris:example.org"),
        ("!operators fire boris", "!operators disable @boris:example.org"),
    ],
)
async def test_what_cannot_be_is_refused(desk: Desk, said: str, reason: str) -> None:
    assert reason in await ask(desk, ADA, said)
    assert not any(known.is_disabled for known in desk.stored.employees.values())
    await ask(desk, ADA, f"!operators disable {ANNA}")
    assert await ask(desk, ADA, f"!operators disable {ANNA}") == f"{ANNA} is disabled already."


async def test_who_is_in_no_live_chat_any_more_can_still_be_enabled(desk: Desk) -> None:
    await ask(desk, ADA, f"!operators disable {BORIS}")
    desk.stored.groups["support-operators"] = frozenset({ANNA})
    assert f"⛔ {BORIS} is disabled; no live chat" in await ask(desk, ADA, "!operators")
    assert "can serve again" in await ask(desk, ADA, f"!operators enable {BORIS}")


def livechat(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments)


def test_the_command_line_does_the_same(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    assert livechat("install", "--homeserver-url", "http://127.0.0.1:19", "--server-name", "x").exit_code == 0
    assert "Nobody serves" in livechat("operators", "list").output

    people = ("--operator=@anna:x", "--operator=@boris:x")
    assert "Support is kept" in livechat("chats", "add", "support", "Support", *people).output
    assert "@boris:x is disabled" in livechat("operators", "disable", "@boris:x").output
    [boris] = [line for line in livechat("operators", "list").output.splitlines() if "@boris:x" in line]
    assert "is disabled" in boris
    assert "support" in boris
    refused = livechat("operators", "disable", "@boris:x")
    assert refused.exit_code == 1
    assert "disabled already" in refused.output
    assert livechat("operators", "enable", "@boris:x").exit_code == 0
    assert livechat("operators", "enable", "@carla:x").exit_code == 1
    assert '"action": "operator.disabled"' in livechat("audit", "--json").output
