"""How people's accounts stand, with a server administrator's token and without one (requirement S17)."""

import asyncio
from dataclasses import replace

import pytest

from livechat_plugin.core.employees import AccountState
from livechat_plugin.matrix.gateway import MatrixHomeserver
from tests.contract.homeserver.conftest import RunningSynapse
from tests.contract.homeserver.places import Place

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_with_the_token_every_state_is_told(place: Place) -> None:
    await place.people.present(place.carla, "Carla")
    homeserver = place.trusted()
    assert await homeserver.account_state(place.carla) is AccountState.ACTIVE
    await place.people.lock(place.carla)
    assert await homeserver.account_state(place.carla) is AccountState.LOCKED
    await place.people.present(place.dan, "Dan")
    await place.people.suspend(place.dan)
    assert await homeserver.account_state(place.dan) is AccountState.SUSPENDED
    await place.people.deactivate(place.dan)
    assert await homeserver.account_state(place.dan) is AccountState.DEACTIVATED
    nobody = f"@nobody:{place.naming.server_name}"
    assert await homeserver.account_state(nobody) is AccountState.DEACTIVATED
    assert await homeserver.account_state("@far:elsewhere.org") is AccountState.UNKNOWN


async def test_without_the_token_who_works_and_who_is_locked_look_alike(place: Place) -> None:
    room_id = await place.shared_room()
    await place.people.present(place.carla, "Carla")
    for shut in (None, place.people.lock):
        if shut is not None:
            await shut(place.carla)
        state = await place.homeserver.account_state(place.carla, place.ghost, [room_id])
        assert state is AccountState.UNKNOWN
    assert await place.homeserver.account_state("@far:elsewhere.org") is AccountState.UNKNOWN


async def test_without_the_token_who_was_erased_or_never_was_has_no_account(place: Place) -> None:
    await place.people.present(place.carla, "Carla")
    await place.people.deactivate(place.carla, is_erased=True)
    assert await place.homeserver.account_state(place.carla) is AccountState.DEACTIVATED
    nobody = f"@nobody:{place.naming.server_name}"
    assert await place.homeserver.account_state(nobody) is AccountState.DEACTIVATED


async def test_without_the_token_who_was_deactivated_has_left_every_room(place: Place) -> None:
    rooms = [await place.shared_room()]
    other = replace(place.plan(place.carla), alias=f"livechat_{place.slug}_other")
    rooms.append(await place.homeserver.create_room(other))
    await place.people.join(place.carla, rooms[1])
    await place.people.present(place.carla, "Carla")
    assert await place.homeserver.account_state(place.carla, place.ghost, rooms) is AccountState.UNKNOWN
    await place.people.deactivate(place.carla)
    async with asyncio.timeout(10):  # a homeserver takes them out of one room after another
        while (  # noqa: ASYNC110 - nobody tells when
            await place.homeserver.account_state(place.carla, place.ghost, rooms) is AccountState.UNKNOWN
        ):
            await asyncio.sleep(0.05)
    assert await place.homeserver.account_state(place.carla, place.ghost, rooms) is AccountState.DEACTIVATED
    assert await place.homeserver.account_state(place.carla) is AccountState.UNKNOWN


async def test_who_left_one_room_or_was_put_out_or_was_never_in_is_still_there(place: Place) -> None:
    room_id = await place.shared_room()
    await place.people.present(place.carla, "Carla")
    other = replace(place.plan(place.carla), alias=f"livechat_{place.slug}_other")
    both = [room_id, await place.homeserver.create_room(other)]
    await place.people.leave(place.carla, room_id)
    assert await place.homeserver.account_state(place.carla, place.ghost, both) is AccountState.UNKNOWN
    await place.homeserver.remove(both[1], place.ghost, place.carla, "A mistake")
    assert await place.homeserver.account_state(place.carla, place.ghost, both) is AccountState.UNKNOWN
    await place.people.present(place.dan, "Dan")
    assert await place.homeserver.account_state(place.dan, place.ghost, both) is AccountState.UNKNOWN


async def test_a_token_that_is_refused_leaves_us_with_what_we_see(
    real: Place, running_synapse: RunningSynapse
) -> None:
    people = running_synapse.people
    for token in ("wrong", people.token(real.dan)):
        homeserver = MatrixHomeserver(running_synapse.client, real.naming, token)
        assert await homeserver.account_state(real.carla) is AccountState.UNKNOWN
