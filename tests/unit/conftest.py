"""What many tests begin with."""

from collections.abc import AsyncIterator

import pytest

from livechat_plugin.core.naming import Naming
from tests.unit.desk import Desk


@pytest.fixture
def naming() -> Naming:
    return Naming("livechat", "example.org")


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    """A live chat at work, without any hook, so that only what a test does happens."""
    async with Desk().working() as desk:
        await desk.set_up()
        yield desk
