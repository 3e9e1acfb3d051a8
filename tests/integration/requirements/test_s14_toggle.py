"""S14: the plugin, and each hook in it, is switched on and off in plugin.toml, while it runs."""

import asyncio
import json
import signal
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import pytest_asyncio

from livechat_plugin.demo.person import Person
from tests.integration.installation import Desk, Installation, body, livechat, says
from tests.integration.test_bad_input import put_transaction

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(300)]

CLOSED = "Customer Support is closed at the moment."
GREETING = "Hello Carla"
ON, OFF = "enabled = true\n# Folders", "enabled = false\n# Folders"
HOOKS = "# No hook is configured.\n"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def desk(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Desk]:
    """An installation of its own, since it is switched off and killed."""
    installation = Installation(tmp_path_factory.mktemp("switched"))
    try:
        await installation.set_up()
        with installation.config.open("a") as config:
            config.write(HOOKS)
        yield await Desk.open(installation)
    finally:
        await installation.end()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def ada(desk: Desk) -> Person:
    """The administrator, who accepts what she is invited to."""
    return await desk.installation.person("ada", auto_join=True)


def write(installation: Installation, text: str) -> None:
    """Save the configuration as editors do: a new file takes the place of the old one."""
    new = installation.config.with_suffix(".new")
    new.write_text(text)
    new.replace(installation.config)


def replace(installation: Installation, old: str, new: str) -> None:
    text = installation.config.read_text()
    assert old in text
    write(installation, text.replace(old, new))


async def shows(installation: Installation, metric: str, value: float | None) -> None:
    """Wait until the plugin says that it is so."""
    async with asyncio.timeout(30):
        while (await installation.metrics()).get(metric) != value:  # noqa: ASYNC110 - nobody tells
            await asyncio.sleep(0.1)


async def ready(installation: Installation) -> dict[str, Any]:
    async with httpx.AsyncClient() as client:
        answer = await client.get(f"{installation.web}/ready")
    assert answer.status_code == 200
    found: dict[str, Any] = answer.json()
    return found


async def run(installation: Installation, *arguments: str) -> str:
    done = await asyncio.to_thread(livechat, *arguments, config=installation.config)
    assert done.returncode == 0, done.stderr
    return done.stdout


async def restart_killed(installation: Installation) -> None:
    await installation.end_plugin(signal.SIGKILL)
    await installation.start_plugin()


async def told(ada: Person, words: str) -> str:
    """The room where administrators are told, once these words are said there."""

    def room() -> str | None:
        return next((r for r in ada.rooms if any(words in body(event) for event in ada.events(r))), None)

    found = await ada.wait_until(room, 30)
    assert found is not None
    return found


def said(person: Person, room: str, prefix: str) -> list[str]:
    """What somebody sees in a room that begins so, in its order."""
    return [body(event) for event in person.events(room) if body(event).startswith(prefix)]


async def test_started_while_off_it_keeps_what_happens_until_it_is_on(desk: Desk) -> None:
    installation = desk.installation
    carla = await installation.customer()
    served = await desk.serve(carla, "Before it is switched off")
    await installation.end_plugin()
    await installation.start_plugin({"LIVECHAT_PLUGIN__ENABLED": "false"})
    try:
        await carla.say(served.customer_room, "off: is anybody awake?")
        await carla.wait_for(served.customer_room, says(CLOSED), 30)
        await desk.anna.say(served.session_room, "Yes, I am")
        await desk.anna.wait_for(served.session_room, says("switched off at the moment"), 30)
        assert (await put_transaction(installation, "while-off", b'{"events": []}')).status_code == 200
        await carla.say(served.customer_room, "off: hello?")
    finally:
        await installation.end_plugin(signal.SIGKILL)
        await installation.start_plugin()
    await desk.anna.wait_for(served.session_room, says("off: hello?"), 30)
    await carla.wait_for(served.customer_room, says("Yes, I am"), 30)
    assert said(desk.anna, served.session_room, "off:") == ["off: is anybody awake?", "off: hello?"]
    assert len(said(carla, served.customer_room, CLOSED)) == 1


async def test_a_hook_is_switched_off_and_on_without_a_restart(desk: Desk) -> None:
    installation = desk.installation
    replace(installation, HOOKS, "[hooks.greeting]\nenabled = false\n")
    await shows(installation, 'livechat_hook_switched_on{hook="greeting"}', None)
    carla = await installation.customer()
    served = await desk.serve(carla, "nobody greets me")
    await desk.anna.say(served.session_room, "Hello!")
    await carla.wait_for(served.customer_room, says("Hello!"), 30)
    assert not said(carla, served.customer_room, GREETING)

    replace(
        installation,
        "[hooks.greeting]\nenabled = false\n",
        '[hooks.greeting]\ngreeting = "Welcome, {customer}"\n',
    )
    await shows(installation, 'livechat_hook_switched_on{hook="greeting"}', 1)
    dan = await installation.customer()
    room, _, _ = await desk.write(dan, "somebody greets me")
    await dan.wait_for(room, says("Welcome, Carla"), 30)

    replace(installation, '[hooks.greeting]\ngreeting = "Welcome, {customer}"\n', HOOKS)
    audited = await run(installation, "audit", "--action", "hook", "--json")
    assert [json.loads(line)["action"] for line in audited.splitlines()][-2:] == [
        "hook.switched_on",
        "hook.switched_off",
    ]


async def test_without_any_routing_hook_sessions_are_offered_to_the_operators(desk: Desk) -> None:
    installation = desk.installation
    off = "[hooks.first_response]\nenabled = false\n[hooks.assigned_to]\nenabled = false\n"
    replace(installation, HOOKS, off)
    await shows(installation, 'livechat_hook_switched_on{hook="first_response"}', None)
    await desk.serve(await installation.customer(), "is there a rule?")
    replace(installation, off, HOOKS)
    await shows(installation, 'livechat_hook_switched_on{hook="first_response"}', 1)


async def test_switched_off_and_on_while_customers_write(desk: Desk) -> None:
    installation = desk.installation
    carla, dan = await installation.customer(), await installation.customer()
    served = await desk.serve(carla, "before it is off")
    replace(installation, ON, OFF)
    await shows(installation, "livechat_switched_on", 0)
    assert (await ready(installation))["remarks"] == {"plugin": "switched off"}
    for count in range(3):
        await carla.say(served.customer_room, f"meanwhile {count}")
    room = await dan.start_direct_chat(installation.ghost)
    await dan.say(room, "new here 0")
    await desk.anna.say(served.session_room, "!note written while off")
    await desk.anna.say(served.session_room, "answered while off")
    for person, where in ((carla, served.customer_room), (dan, room)):
        await person.wait_for(where, says(CLOSED), 30)
    await dan.say(room, "new here 1")
    await desk.anna.wait_for(served.session_room, says("switched off at the moment"), 30)
    assert not said(carla, served.customer_room, "answered")

    replace(installation, OFF, ON)
    await desk.anna.wait_for(served.session_room, says("meanwhile 2"), 30)
    await carla.wait_for(served.customer_room, says("answered while off"), 30)
    assert said(desk.anna, served.session_room, "meanwhile") == [f"meanwhile {count}" for count in range(3)]
    _, card = await desk.card("new here 0")
    await desk.anna.react(desk.queue, card, "✋")
    session_room = await desk.session_room("new here 1")
    assert said(desk.anna, session_room, "new here") == ["new here 0", "new here 1"]
    assert len(said(carla, served.customer_room, CLOSED)) == 1
    assert len(said(dan, room, CLOSED)) == 1
    assert len(said(desk.anna, served.session_room, "Live chats are switched off")) == 1


async def test_killed_while_off_and_at_switching_on_nothing_is_lost_doubled_or_out_of_order(
    desk: Desk,
) -> None:
    installation = desk.installation
    served = [await desk.serve(await installation.customer(), f"killed {n}") for n in range(2)]
    replace(installation, ON, OFF)
    await shows(installation, "livechat_switched_on", 0)

    async def write(run: str) -> None:
        for count in range(30):
            for n, one in enumerate(served):
                content = {"msgtype": "m.text", "body": f"{run} {n} {count}"}
                await one.customer.send(one.customer_room, content, retry=True)

    writing = asyncio.create_task(write("off"))
    await asyncio.sleep(0.5)
    await restart_killed(installation)
    await writing
    for one in served:
        await one.customer.wait_for(one.customer_room, says(CLOSED), 30)
    writing = asyncio.create_task(write("on"))
    replace(installation, OFF, ON)
    for _ in range(3):
        await restart_killed(installation)
    await writing
    for n, one in enumerate(served):
        await desk.anna.wait_for(one.session_room, says(f"on {n} 29"), 60)
    await asyncio.sleep(1)  # what would come twice has time to come
    for n, one in enumerate(served):
        came = said(desk.anna, one.session_room, "off") + said(desk.anna, one.session_room, "on")
        assert came == [f"off {n} {count}" for count in range(30)] + [
            f"on {n} {count}" for count in range(30)
        ]
        assert len(said(one.customer, one.customer_room, CLOSED)) == 1


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        ("enabled = \n# Folders", "is not valid TOML"),
        ("enabeld = false\n# Folders", "did you mean 'enabled'"),
        (None, "does not exist"),
    ],
)
async def test_a_broken_file_is_told_to_the_administrators_and_everything_goes_on(
    desk: Desk, ada: Person, broken: str | None, reason: str
) -> None:
    installation = desk.installation
    right = installation.config.read_text()
    if broken is None:
        installation.config.rename(installation.config.with_suffix(".away"))
    else:
        replace(installation, ON, broken)
    await shows(installation, "livechat_configuration_refused", 1)
    assert "configuration" in (await ready(installation))["remarks"]
    carla = await installation.customer()
    await desk.serve(carla, f"does it go on ({reason})?")
    room = await told(ada, reason)
    write(installation, right)
    await shows(installation, "livechat_configuration_refused", 0)
    mended = len(said(ada, room, "The configuration is right again"))
    await ada.wait_until(lambda: len(said(ada, room, "The configuration is right again")) >= mended, 30)
    assert sum(reason in body(event) for event in ada.events(room)) == 1


async def test_what_needs_a_restart_is_named(desk: Desk, ada: Person) -> None:
    right = desk.installation.config.read_text()
    replace(desk.installation, 'format = "auto"', 'format = "json"')
    await told(ada, "count after a restart of the plugin: log.format.")
    write(desk.installation, right)
