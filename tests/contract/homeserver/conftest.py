"""Every promise is held against the fake homeserver and a real Synapse, one for the whole run."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from itertools import count

import aiohttp
import pytest
import pytest_asyncio

from livechat_plugin.core.naming import Naming
from livechat_plugin.demo.homeserver import Homeserver as Synapse
from livechat_plugin.matrix.client import AppserviceClient
from livechat_plugin.matrix.gateway import MatrixHomeserver
from livechat_plugin.matrix.registration import AppserviceRegistration
from tests.contract.homeserver.places import Place, SynapsePeople
from tests.fakes.homeserver import FakeHomeserver
from tests.fakes.people import FakePeople

_numbers = count(1)


@dataclass(frozen=True, slots=True)
class RunningSynapse:
    """A real homeserver, our connection to it, and the people on it."""

    synapse: Synapse
    registration: AppserviceRegistration
    naming: Naming
    client: AppserviceClient
    people: SynapsePeople


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def running_synapse(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[RunningSynapse]:
    synapse = Synapse(tmp_path_factory.mktemp("synapse"))
    file = synapse.directory / "registration.yaml"
    made = AppserviceRegistration.create(url="", server_name=synapse.server_name, prefix="livechat")
    registration = made.model_copy(update={"url": None})  # it pushes nothing: the tests ask
    registration.save(file)
    with synapse.config_path.open("a") as config:
        config.write(f'app_service_config_files: ["{file}"]\n')
    client = AppserviceClient(synapse.url, registration.as_token.get_secret_value())
    async with synapse, aiohttp.ClientSession() as session:
        await client.start()
        people = SynapsePeople(synapse, session)
        people.administrator = await people.arrive("root", is_administrator=True)
        yield RunningSynapse(synapse, registration, Naming("livechat", synapse.server_name), client, people)
        await client.close()


@pytest_asyncio.fixture(loop_scope="session")
async def real(running_synapse: RunningSynapse) -> Place:
    number = next(_numbers)
    naming, people = running_synapse.naming, running_synapse.people
    carla, dan = await people.arrive(f"carla{number}"), await people.arrive(f"dan{number}")
    homeserver = MatrixHomeserver(running_synapse.client, naming)
    await homeserver.ensure_ghost(naming.bot)
    token = people.token(people.administrator)
    trusted = MatrixHomeserver(running_synapse.client, naming, token)
    return Place(homeserver, people, naming, carla, dan, lambda: trusted, f"chat{number}")


@pytest.fixture(params=["fake", "synapse"])
def place(request: pytest.FixtureRequest) -> Place:
    if request.param == "synapse":
        found: Place = request.getfixturevalue("real")
        return found
    naming = Naming("livechat", "example.org")
    homeserver = FakeHomeserver(naming)

    def trusted() -> FakeHomeserver:
        homeserver.has_admin_token = True
        return homeserver

    people, carla, dan = FakePeople(homeserver), "@carla:example.org", "@dan:example.org"
    return Place(homeserver, people, naming, carla, dan, trusted, "support")
