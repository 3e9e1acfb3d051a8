"""What only a real homeserver can show."""

import socket

import pytest

from livechat_plugin.core.acts import Edit, Say, Target
from livechat_plugin.core.content import Text
from livechat_plugin.core.errors import HomeserverRefused, HomeserverUnavailable
from livechat_plugin.core.naming import Naming
from livechat_plugin.matrix import catching_up
from livechat_plugin.matrix.client import DEVICE, AppserviceClient, path_of
from livechat_plugin.matrix.gateway import MatrixHomeserver
from livechat_plugin.services.mirroring import CONTENT_LIMIT
from tests.contract.homeserver.conftest import RunningSynapse
from tests.contract.homeserver.places import Place

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_wrong_token_is_our_fault_and_can_be_mended(
    real: Place, running_synapse: RunningSynapse
) -> None:
    client = AppserviceClient(running_synapse.synapse.url, "wrong")
    await client.start()
    with pytest.raises(HomeserverUnavailable, match="M_UNKNOWN_TOKEN"):
        await MatrixHomeserver(client, real.naming).mark(real.watcher)
    await client.close()


async def test_a_homeserver_that_is_down_is_unavailable() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    client = AppserviceClient(f"http://127.0.0.1:{port}", "token")
    await client.start()
    with pytest.raises(HomeserverUnavailable, match="does not answer") as error:
        await MatrixHomeserver(client, Naming("livechat", "example.org")).mark("@livechat:example.org")
    await client.close()
    assert not error.value.is_reachable


async def test_the_same_token_makes_the_same_event_also_across_a_restart(
    real: Place, running_synapse: RunningSynapse
) -> None:
    room_id = await real.direct_chat()
    first = await real.homeserver.act(room_id, real.ghost, Say(Text("once")), "token")
    await running_synapse.synapse.restart()
    assert await real.homeserver.act(room_id, real.ghost, Say(Text("once")), "token") == first


async def test_a_ghost_whose_device_was_removed_gets_it_back(
    real: Place, running_synapse: RunningSynapse
) -> None:
    room_id = await real.direct_chat()
    await running_synapse.client.call("DELETE", path_of("devices", DEVICE), as_user=real.ghost, body={})
    assert await real.homeserver.act(room_id, real.ghost, Say(Text("still here")), "token")


async def test_a_room_whose_making_was_cut_off_is_made_anew(
    real: Place, running_synapse: RunningSynapse
) -> None:
    await real.homeserver.ensure_ghost(real.ghost)
    torso = {"preset": "private_chat", "room_alias_name": real.plan().alias}  # no name, which comes last
    answer = await running_synapse.client.call("POST", path_of("createRoom"), as_user=real.ghost, body=torso)
    room_id = await real.homeserver.create_room(real.plan(real.carla))
    assert room_id != answer["room_id"]
    assert await real.homeserver.create_room(real.plan(real.carla)) == room_id
    await real.people.join(real.carla, room_id)


async def test_the_rooms_are_private_and_their_power_is_the_creators(
    real: Place, running_synapse: RunningSynapse
) -> None:
    people = running_synapse.people
    room_id = await real.shared_room()
    assert (await people.state(real.carla, room_id, "m.room.name"))["name"] == "Queue"
    assert (await people.state(real.carla, room_id, "m.room.join_rules"))["join_rule"] == "invite"
    assert (await people.state(real.carla, room_id, "m.room.guest_access"))["guest_access"] == "forbidden"
    visibility = await people.state(real.carla, room_id, "m.room.history_visibility")
    assert visibility["history_visibility"] == "shared"
    levels = await people.state(real.carla, room_id, "m.room.power_levels")
    assert not levels["users"].get(real.carla)
    assert {levels[key] for key in ("state_default", "invite", "kick", "ban", "redact")} == {100}
    assert levels["events_default"] == levels["users_default"] == 0


async def test_a_space_shows_its_rooms(real: Place, running_synapse: RunningSynapse) -> None:
    room_id = await real.shared_room()
    for is_in, via in ((True, [real.naming.server_name]), (False, None)):
        await real.homeserver.put_into_space(room_id, real.ghost, "!child", is_in=is_in)
        state = await running_synapse.people.state(real.carla, room_id, "m.space.child", "!child")
        assert state.get("via") == via
    await real.homeserver.rename_room(room_id, real.ghost, "#12 Carla")
    assert (await running_synapse.people.state(real.carla, room_id, "m.room.name"))["name"] == "#12 Carla"


async def test_a_notice_mentions_whom_it_is_for_and_a_message_nobody(
    real: Place, running_synapse: RunningSynapse
) -> None:
    room_id = await real.direct_chat()
    told = await real.homeserver.notice(room_id, real.ghost, "You", "one", mentions=[real.carla])
    said = await real.homeserver.act(room_id, real.ghost, Say(Text("@carla")), "two")
    people = running_synapse.people
    content = (await people.raw(real.carla, room_id, told))["content"]
    assert content["m.mentions"] == {"user_ids": [real.carla]}
    assert (await people.raw(real.carla, room_id, said))["content"]["m.mentions"] == {}


async def test_typing_and_reading_reach_the_client(real: Place, running_synapse: RunningSynapse) -> None:
    room_id = await real.direct_chat()
    said = await real.people.say(real.carla, room_id, "Hello")
    since = (await running_synapse.people.sync(real.carla))["next_batch"]
    await real.homeserver.set_typing(room_id, real.ghost, is_typing=True)
    await real.homeserver.mark_read(room_id, real.ghost, said)
    told = (await running_synapse.people.sync(real.carla, since))["rooms"]["join"][room_id]["ephemeral"][
        "events"
    ]
    contents = {event["type"]: event["content"] for event in told}
    assert contents["m.typing"] == {"user_ids": [real.ghost]}
    assert real.ghost in contents["m.receipt"][said]["m.read"]


@pytest.mark.parametrize("letter", ["a", "é", "漢", "🚀", '"', "\n", "\x01"])
async def test_the_longest_message_that_we_send_is_accepted(real: Place, letter: str) -> None:
    room_id = await real.direct_chat()
    weight = {'"': 2, "\n": 2, "\x01": 6}.get(letter, len(letter.encode()))
    content = Text(letter * (CONTENT_LIMIT // weight))
    said = await real.homeserver.act(room_id, real.ghost, Say(content), "one")
    await real.homeserver.act(room_id, real.ghost, Edit(Target(1, said), content), "two")


async def test_an_event_that_is_too_large_is_refused(real: Place) -> None:
    room_id = await real.direct_chat()
    with pytest.raises(HomeserverRefused, match="M_TOO_LARGE"):
        await real.homeserver.act(room_id, real.ghost, Say(Text("a" * 66_000)), "one")


async def test_a_timeline_that_was_cut_is_completed(real: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(catching_up._TIMELINES["room"]["timeline"], "limit", 5)
    room_id = await real.direct_chat()
    await real.homeserver.ensure_ghost(real.watcher)
    mark = await real.homeserver.mark(real.watcher)
    ids = [await real.people.say(real.carla, room_id, str(number)) for number in range(20)]
    changes = await real.homeserver.changes(real.ghost, mark)
    assert [event.event_id for event in changes.events] == ids
