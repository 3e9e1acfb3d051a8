"""What is taken away from the homeserver is gone; taking it away twice does no harm (requirement E18)."""

import pytest

from livechat_plugin.core.acts import Redact, Say, Target
from livechat_plugin.core.content import Text
from livechat_plugin.core.errors import HomeserverRefused
from livechat_plugin.services.ports import Profile
from livechat_plugin.services.traces import Trace
from tests.contract.homeserver.places import Place

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def all_traces(place: Place, room_id: str) -> list[Trace]:
    found: list[Trace] = []
    start = None
    while True:
        page = await place.homeserver.traces(room_id, place.ghost, start)
        found += page.traces
        start = page.end
        if start is None:
            return found


async def test_what_stands_in_a_room_is_found_and_taken_back(place: Place) -> None:
    room_id = await place.shared_room()
    said = [
        await place.homeserver.act(room_id, place.ghost, Say(Text(f"number {n}")), f"t{n}") for n in range(4)
    ]
    hers = await place.people.say(place.carla, room_id, "from her")
    found = await all_traces(place, room_id)
    assert [trace.event_id for trace in found] == [hers, *reversed(said)], "newest first, without state"
    assert "number 3" in found[1].text
    assert found[0].sender == place.carla
    for _ in range(2):
        await place.homeserver.act(room_id, place.ghost, Redact(Target(None, said[0])), "back")
    await place.homeserver.act(room_id, place.ghost, Redact(Target(None, hers)), "hers")
    assert [trace.event_id for trace in await all_traces(place, room_id)] == said[:0:-1]


async def test_a_room_that_nobody_of_ours_is_in_tells_nothing(place: Place) -> None:
    await place.homeserver.ensure_ghost(place.ghost)
    room_id = await place.people.open_room(place.carla)
    with pytest.raises(HomeserverRefused):
        await place.homeserver.traces(room_id, place.ghost)


async def test_a_room_is_left_and_forgotten(place: Place) -> None:
    room_id = await place.shared_room()
    for _ in range(2):
        await place.homeserver.leave(room_id, place.ghost, "")
        await place.homeserver.forget(room_id, place.ghost)
    with pytest.raises(HomeserverRefused):
        await place.homeserver.traces(room_id, place.ghost)


async def test_a_ghost_that_retires_has_no_name_any_more(place: Place) -> None:
    await place.homeserver.ensure_ghost(place.customer)
    await place.homeserver.set_profile(place.customer, Profile("Carla"))
    for _ in range(2):
        await place.homeserver.retire(place.customer)
    assert (await place.homeserver.profile(place.customer)).display_name in {None, ""}


async def test_only_an_administrator_deletes_rooms_and_files(place: Place) -> None:
    room_id = await place.shared_room()
    url = await place.people.upload(place.carla, "burning.png")
    assert not place.homeserver.is_administrator
    with pytest.raises(HomeserverRefused):
        await place.homeserver.purge(room_id)
    with pytest.raises(HomeserverRefused):
        await place.homeserver.delete_file(url)
    with pytest.raises(HomeserverRefused):
        await place.homeserver.uploader(url)
    with pytest.raises(HomeserverRefused):
        await place.homeserver.present(room_id)
    trusted = place.trusted()
    assert trusted.is_administrator
    assert set(await trusted.present(room_id)) == {place.carla, place.ghost}
    assert await trusted.uploader(url) == place.carla
    assert await trusted.delete_file(url) is True
    assert await trusted.delete_file(url) is False
    assert await trusted.uploader(url) is None
    assert await trusted.delete_file("mxc://elsewhere.org/1") is False
    await trusted.purge(room_id)
    with pytest.raises(HomeserverRefused):
        await place.homeserver.traces(room_id, place.ghost)
    await trusted.purge(room_id)
