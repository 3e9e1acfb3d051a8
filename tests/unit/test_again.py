"""What a person waits for is done anew when another writer was faster."""

import pytest

from livechat_plugin.core.errors import ConcurrentChange, Refused
from livechat_plugin.services import again
from livechat_plugin.services.again import anew


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(again, "PAUSE", 0)


async def test_a_lost_race_is_run_again() -> None:
    tried: list[str] = []

    @anew
    async def take(what: str) -> int:
        tried.append(what)
        if len(tried) < again.ATTEMPTS:
            raise ConcurrentChange("somebody was faster")
        return len(tried)

    assert await take("it") == again.ATTEMPTS
    assert set(tried) == {"it"}


async def test_who_loses_every_race_is_told() -> None:
    tried: list[int] = []

    @anew
    async def take() -> None:
        tried.append(1)
        raise ConcurrentChange("somebody was faster")

    with pytest.raises(ConcurrentChange):
        await take()
    assert len(tried) == again.ATTEMPTS


async def test_a_refusal_is_an_answer() -> None:
    tried: list[int] = []

    @anew
    async def take() -> None:
        tried.append(1)
        raise Refused("no")

    with pytest.raises(Refused):
        await take()
    assert tried == [1]
