"""One installation for the whole run; tests use customers of their own, so they do not meet."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.integration.installation import Desk, Installation


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def installation(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Installation]:
    installation = Installation(tmp_path_factory.mktemp("installation"))
    try:
        await installation.set_up()
        yield installation
    finally:
        await installation.end()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def desk(installation: Installation) -> Desk:
    return await Desk.open(installation)
