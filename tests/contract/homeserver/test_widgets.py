"""Pages that clients show within rooms, and proof of who looks at them."""

from dataclasses import replace

import pytest

from livechat_plugin.core.errors import HomeserverRefused
from livechat_plugin.services.ports import RoomWidget
from tests.contract.homeserver.conftest import RunningSynapse
from tests.contract.homeserver.places import LAYOUT, WIDGET, Place

pytestmark = pytest.mark.asyncio(loop_scope="session")

PANEL = RoomWidget("livechat_panel", "Customer Information", "https://livechat.example.org/panel/?room=$r")
MOVED = replace(PANEL, address="https://other.example.org/panel/?room=$r")


async def room_with_widget(place: Place) -> str:
    await place.homeserver.ensure_ghost(place.ghost)
    room_id = await place.homeserver.create_room(place.plan(place.carla, widget=PANEL))
    await place.people.join(place.carla, room_id)
    return room_id


async def test_a_room_shows_its_widget_from_the_beginning(place: Place) -> None:
    room_id = await room_with_widget(place)
    assert await place.people.widget_address(place.carla, room_id) == PANEL.address


async def test_a_widget_is_shown_moved_and_taken_away(place: Place) -> None:
    room_id = await place.shared_room()
    homeserver, ghost = place.homeserver, place.ghost
    assert await place.people.widget_address(place.carla, room_id) is None
    for widget in (PANEL, PANEL, MOVED):
        await homeserver.show_widget(room_id, ghost, widget)
        assert await place.people.widget_address(place.carla, room_id) == widget.address
    for _ in range(2):
        await homeserver.hide_widget(room_id, ghost, PANEL.key)
        assert await place.people.widget_address(place.carla, room_id) is None


async def test_a_room_made_by_an_earlier_attempt_shows_what_is_wanted_now(place: Place) -> None:
    room_id = await room_with_widget(place)
    assert await place.homeserver.create_room(place.plan(widget=MOVED)) == room_id
    assert await place.people.widget_address(place.carla, room_id) == MOVED.address


async def test_nobody_but_its_owner_changes_what_a_room_shows(place: Place) -> None:
    room_id = await room_with_widget(place)
    await place.homeserver.ensure_ghost(place.customer)
    await place.homeserver.invite(room_id, place.ghost, place.customer)
    await place.homeserver.join(room_id, place.customer)
    with pytest.raises(AssertionError):
        await place.people.put_widget(place.carla, room_id, "https://evil.example.org/")
    with pytest.raises(HomeserverRefused):
        await place.homeserver.show_widget(room_id, place.customer, MOVED)
    with pytest.raises(HomeserverRefused):
        await place.homeserver.hide_widget(room_id, place.customer, PANEL.key)
    assert await place.people.widget_address(place.carla, room_id) == PANEL.address


async def test_what_is_written_into_the_room_is_what_element_reads(
    real: Place, running_synapse: RunningSynapse
) -> None:
    room_id = await room_with_widget(real)
    content = await running_synapse.people.state(real.carla, room_id, WIDGET, PANEL.key)
    assert content == {
        "id": PANEL.key,
        "type": "m.custom",
        "name": PANEL.name,
        "url": PANEL.address,
        "creatorUserId": real.ghost,
        "waitForIframeLoad": True,
        "data": {},
    }
    layout = await running_synapse.people.state(real.carla, room_id, LAYOUT)
    assert layout["widgets"][PANEL.key]["container"] == "top"


async def test_a_token_proves_who_asked_for_it(place: Place) -> None:
    token = await place.people.openid_token(place.carla)
    for _ in range(2):  # it can be shown again until it is too old
        assert await place.homeserver.verify_openid(token) == place.carla
    assert await place.homeserver.verify_openid(await place.people.openid_token(place.dan)) == place.dan


@pytest.mark.parametrize("token", ["", "forged", "a b&access_token=c", "x" * 5000, "\N{SNOWMAN}"])
async def test_a_forged_token_proves_nothing(place: Place, token: str) -> None:
    assert await place.homeserver.verify_openid(token) is None


async def test_the_access_token_of_a_person_or_of_ours_proves_nothing(
    real: Place, running_synapse: RunningSynapse
) -> None:
    """They are for other doors, and a page must never get one."""
    ours = running_synapse.registration.as_token.get_secret_value()
    for token in (running_synapse.people.token(real.carla), ours):
        assert await real.homeserver.verify_openid(token) is None
