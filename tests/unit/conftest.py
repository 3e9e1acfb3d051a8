"""What many tests begin with."""

from collections.abc import AsyncIterator, Iterator, MutableMapping
from typing import Any

import pytest
from structlog.testing import capture_logs

from livechat_plugin.core.naming import Naming
from livechat_plugin.services import dispatcher
from tests.unit.desk import Desk


@pytest.fixture(autouse=True)
def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait for nothing longer than a test needs."""
    monkeypatch.setattr(dispatcher, "LOOK_EVERY", 0.02)


@pytest.fixture(autouse=True)
def logged() -> Iterator[list[MutableMapping[str, Any]]]:
    """What is logged, as it was meant; writing it out beautifully takes its time."""
    with capture_logs() as entries:
        yield entries


@pytest.fixture
def naming() -> Naming:
    return Naming("livechat", "example.org")


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    """A live chat at work, without any hook, so that only what a test does happens."""
    async with Desk().working() as desk:
        await desk.set_up()
        yield desk
