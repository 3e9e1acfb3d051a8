"""Live chats in the user directory of a real Synapse: left out by itself, found with the module that ships."""

from collections.abc import AsyncIterator

import aiohttp
import pytest
import pytest_asyncio

from livechat_plugin.core.naming import Naming
from livechat_plugin.demo.homeserver import Homeserver as Synapse
from livechat_plugin.matrix.client import AppserviceClient
from livechat_plugin.matrix.gateway import MatrixHomeserver
from livechat_plugin.matrix.registration import AppserviceRegistration
from livechat_plugin.services.ports import Profile
from livechat_plugin.synapse.user_directory import LiveChatDirectory
from tests.contract.homeserver.places import SynapsePeople

pytestmark = pytest.mark.asyncio(loop_scope="module")

MODULE = "modules: [{module: livechat_plugin.synapse.user_directory.LiveChatDirectory, config: {prefix: livechat}}]\n"
NAMES = {
    "livechat_support": "Customer Support",
    "livechat_it-help": "IT",
    "livechat_support_c1": "Customer Carla",
    "livechat_op_7": "Customer Anna",
    "livechat__watcher": "Customer Watcher",
}


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=["with the module", "without it"])
async def search(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator["Search"]:
    synapse = Synapse(tmp_path_factory.mktemp("directory"))
    file = synapse.directory / "registration.yaml"
    made = AppserviceRegistration.create(url="", server_name=synapse.server_name, prefix="livechat")
    registration = made.model_copy(update={"url": None})
    registration.save(file)
    with synapse.config_path.open("a") as config:
        config.write(f'app_service_config_files: ["{file}"]\n')
        if request.param == "with the module":
            config.write(MODULE)
    client = AppserviceClient(synapse.url, registration.as_token.get_secret_value())
    async with synapse, aiohttp.ClientSession() as session:
        await client.start()
        naming = Naming("livechat", synapse.server_name)
        homeserver = MatrixHomeserver(client, naming)
        for localpart, name in NAMES.items():
            user = f"@{localpart}:{synapse.server_name}"
            await homeserver.ensure_ghost(user)
            await homeserver.set_profile(user, Profile(name))
        people = SynapsePeople(synapse, session)
        carla = await people.arrive("carla")
        yield Search(people, carla, is_helped=request.param == "with the module")
        await client.close()


class Search:
    def __init__(self, people: SynapsePeople, user: str, *, is_helped: bool) -> None:
        self._people = people
        self._user = user
        self.is_helped = is_helped

    async def __call__(self, term: str, limit: int = 10) -> list[str]:
        answer = await self._people._call(
            "POST", "user_directory/search", self._user, body={"search_term": term, "limit": limit}
        )
        return [user["display_name"] for user in answer["results"]]


async def test_live_chats_are_found_by_their_names_and_no_other_ghost_is(search: Search) -> None:
    for term in ("customer", "Supp", "customer supp", "livechat_support", "@livechat_support"):
        assert await search(term) == (["Customer Support"] if search.is_helped else [])
    assert await search("help") == (["IT"] if search.is_helped else [])


async def test_what_does_not_fit_is_not_found(search: Search) -> None:
    for term in ("upport", "customer it", "carla", "anna", "watcher", "%", "_", "x"):
        assert await search(term) == []


async def test_no_more_is_found_than_was_asked_for(search: Search) -> None:
    assert len(await search("livechat", limit=1)) == (1 if search.is_helped else 0)


@pytest.mark.asyncio(loop_scope="function")
async def test_a_synapse_without_the_handler_goes_on_without_live_chats() -> None:
    class OtherSynapse:
        _hs = object()

    LiveChatDirectory("livechat", OtherSynapse())


@pytest.mark.parametrize("config", [{"prefix": ""}, {"prefix": 7}])
@pytest.mark.asyncio(loop_scope="function")
async def test_an_impossible_prefix_is_refused(config: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="prefix"):
        LiveChatDirectory.parse_config(config)
    assert LiveChatDirectory.parse_config({}) == "livechat"
