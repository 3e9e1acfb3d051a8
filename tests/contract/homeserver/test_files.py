"""What the homeserver's files promise: everybody who loads one learns its name, so a copy can have another (S5)."""

import pytest

from tests.contract.homeserver.places import Place

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.mark.parametrize("name", ["Annas iPhone.jpg", 'Überraschung "für" 王.txt', "a+b & 100%.txt"])
async def test_a_file_has_the_name_that_it_was_uploaded_under(place: Place, name: str) -> None:
    await place.homeserver.ensure_ghost(place.ghost)
    url = await place.people.upload(place.carla, name)
    assert await place.homeserver.upload_name(url, place.ghost) == name


async def test_a_file_may_have_no_name(place: Place) -> None:
    await place.homeserver.ensure_ghost(place.ghost)
    url = await place.people.upload(place.carla, None)
    assert await place.homeserver.upload_name(url, place.ghost) is None


@pytest.mark.parametrize(
    "url", ["mxc://{server}/nothing-is-here", "mxc://elsewhere.org/1", "mxc://{server}", "x"]
)
async def test_what_is_no_file_here_has_no_name(place: Place, url: str) -> None:
    await place.homeserver.ensure_ghost(place.ghost)
    address = url.format(server=place.naming.server_name)
    assert await place.homeserver.upload_name(address, place.ghost) is None


async def test_a_copy_has_its_own_name(place: Place) -> None:
    await place.homeserver.ensure_ghost(place.ghost)
    url = await place.people.upload(place.carla, "Annas iPhone.jpg")
    copy = await place.homeserver.copy_file(url, place.ghost, "Customer Support iPhone.jpg")
    assert copy != url
    assert await place.homeserver.upload_name(copy, place.ghost) == "Customer Support iPhone.jpg"
    assert await place.homeserver.upload_name(url, place.ghost) == "Annas iPhone.jpg"
