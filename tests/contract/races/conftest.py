"""Services whose processes share a real database."""

from collections.abc import AsyncIterator

import pytest

from livechat_plugin.services import dispatcher
from tests.contract.races.service import Service


@pytest.fixture(autouse=True)
def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait for nothing longer than a test needs."""
    monkeypatch.setattr(dispatcher, "LOOK_EVERY", 0.02)


@pytest.fixture
async def service(database_url: str) -> AsyncIterator[Service]:
    """One live chat "support" with its people, served by two processes on one database."""
    async with Service(database_url, processes=2).working() as service:
        await service.add_live_chat()
        yield service
