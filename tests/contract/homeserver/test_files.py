"""What the homeserver's files promise: everybody who loads one learns its name, so a copy can have another (S5)."""

import pytest

from livechat_plugin.core.errors import HomeserverRefused
from livechat_plugin.services.ports import FileDetails
from tests.contract.homeserver.places import Place

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def name_of(place: Place, url: str) -> str | None:
    details = await place.homeserver.file_details(url, place.ghost)
    assert details is not None
    assert details.kind == "application/json"
    assert details.size == len(await place.homeserver.load_file(url, place.ghost))
    return details.name


@pytest.mark.parametrize("name", ["Annas iPhone.jpg", 'Überraschung "für" 王.txt', "a+b & 100%.txt"])
async def test_a_file_has_the_name_that_it_was_uploaded_under(place: Place, name: str) -> None:
    await place.homeserver.ensure_ghost(place.ghost)
    url = await place.people.upload(place.carla, name)
    assert await name_of(place, url) == name


async def test_a_file_may_have_no_name(place: Place) -> None:
    await place.homeserver.ensure_ghost(place.ghost)
    url = await place.people.upload(place.carla, None)
    assert await name_of(place, url) is None


@pytest.mark.parametrize(
    "url", ["mxc://{server}/nothing-is-here", "mxc://elsewhere.org/1", "mxc://{server}", "x"]
)
async def test_what_is_no_file_here_has_no_name(place: Place, url: str) -> None:
    await place.homeserver.ensure_ghost(place.ghost)
    address = url.format(server=place.naming.server_name)
    assert await place.homeserver.file_details(address, place.ghost) is None


async def test_a_copy_has_its_own_name(place: Place) -> None:
    await place.homeserver.ensure_ghost(place.ghost)
    url = await place.people.upload(place.carla, "Annas iPhone.jpg")
    copy = await place.homeserver.copy_file(url, place.ghost, "Customer Support iPhone.jpg")
    assert copy != url
    assert await name_of(place, copy) == "Customer Support iPhone.jpg"
    assert await name_of(place, url) == "Annas iPhone.jpg"


@pytest.mark.parametrize("name", [None, "a picture.png"])
async def test_what_is_uploaded_is_loaded_as_it_was(place: Place, name: str | None) -> None:
    await place.homeserver.ensure_ghost(place.ghost)
    data = b"\x89PNG and more" * 10_000
    details = FileDetails(name, "image/png", len(data))
    url = await place.homeserver.upload_file(place.ghost, data, details)
    assert await place.homeserver.file_details(url, place.ghost) == details
    assert await place.homeserver.load_file(url, place.ghost) == data


async def test_what_is_not_there_cannot_be_loaded(place: Place) -> None:
    await place.homeserver.ensure_ghost(place.ghost)
    with pytest.raises(HomeserverRefused):
        await place.homeserver.load_file(f"mxc://{place.naming.server_name}/nothing", place.ghost)


async def read(place: Place, url: str, thumbnail: int | None = None) -> tuple[str, bytes]:
    async with place.homeserver.open_file(url, place.ghost, thumbnail) as opened:
        return opened.kind, b"".join([piece async for piece in opened.pieces])


async def test_a_file_is_read_piece_by_piece(place: Place) -> None:
    await place.homeserver.ensure_ghost(place.ghost)
    data = bytes(range(256)) * 1000
    url = await place.homeserver.upload_file(place.ghost, data, FileDetails("x.ogg", "audio/ogg", len(data)))
    async with place.homeserver.open_file(url, place.ghost) as opened:
        assert (opened.kind, opened.size) == ("audio/ogg", len(data))
        assert b"".join([piece async for piece in opened.pieces]) == data


async def test_what_is_no_picture_has_no_small_one(place: Place) -> None:
    await place.homeserver.ensure_ghost(place.ghost)
    url = await place.homeserver.upload_file(place.ghost, b"text", FileDetails("x.txt", "text/plain", 4))
    with pytest.raises(HomeserverRefused):
        await read(place, url, 100)


@pytest.mark.parametrize(
    "url", ["mxc://{server}/nothing-is-here", "mxc://{server}", "x", "mxc://{server}/../../x"]
)
async def test_what_is_no_file_cannot_be_opened(place: Place, url: str) -> None:
    await place.homeserver.ensure_ghost(place.ghost)
    with pytest.raises(HomeserverRefused):
        await read(place, url.format(server=place.naming.server_name))


async def test_the_largest_upload_is_told(place: Place) -> None:
    largest = await place.homeserver.largest_upload()
    assert largest is not None
    assert largest > 1_000_000
